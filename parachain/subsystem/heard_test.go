package subsystem

import (
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/trie"
)

const index = 3

// machine is one place where the keys of //Alice are: its guards, and what signs
// under them.
type machine struct {
	*signer.Signer
	disk *signer.Memory
	key  primitives.SR25519Public
}

// newMachine opens the guards on disk; all keys are those of //Alice.
func newMachine(t *testing.T, disk *signer.Memory) machine {
	t.Helper()
	keys, err := signer.OpenKeystore(signer.KeystoreConfig{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := keys.InsertMemory(signer.ParaValidator, "//Alice")
	if err != nil {
		t.Fatal(err)
	}
	s, err := signer.Open(signer.Config{Keystore: keys, Disk: disk})
	if err != nil {
		t.Fatal(err)
	}
	return machine{s, disk, key}
}

func statementOf(candidate byte) primitives.CompactStatement {
	return primitives.CompactStatement{Kind: primitives.Valid, CandidateHash: primitives.Hash{candidate}}
}

func contextOf(block primitives.Hash) primitives.SigningContext {
	return primitives.SigningContext{SessionIndex: index, Parent: block}
}

// vote is a statement about a candidate that the machine signs, as peers see it.
func (m machine) vote(t *testing.T, block primitives.Hash, candidate byte) input {
	t.Helper()
	signature, err := m.SignBacking(m.key, contextOf(block), statementOf(candidate), 3)
	if err != nil {
		t.Fatal(err)
	}
	return statement{
		event: backing.Received{From: "p", Message: backing.Valid{Signature: signature, RelayParent: block, Candidate: primitives.Hash{candidate}}},
		reply: make(chan verdict, 1),
	}
}

func bitsOf(core int) primitives.AvailabilityBitfield {
	bits := scale.NewBitVec(2)
	bits.Set(core, true)
	return bits
}

// bitfield is one about a block that the machine signs, as peers see it.
func (m machine) bitfield(t *testing.T, block primitives.Hash, core int) input {
	t.Helper()
	signature, err := m.SignBitfield(m.key, contextOf(block), bitsOf(core))
	if err != nil {
		t.Fatal(err)
	}
	return bitfieldHeard{
		from: "p", reply: make(chan verdict, 1),
		message: signedBitfield{Block: block, Bitfield: primitives.SignedBitfield{Bitfield: bitsOf(core), Signature: signature}},
	}
}

// forged is in with a signature that nobody made.
func forged(in input) input {
	switch in := in.(type) {
	case statement:
		m := in.event.Message.(backing.Valid)
		m.Signature[0]++
		in.event.Message = m
		return in
	case bitfieldHeard:
		m := in.message.(signedBitfield)
		m.Bitfield.Signature[0]++
		in.message = m
		return in
	}
	panic("no message")
}

// ears is a Subsystem of a machine that has started in slot 15, on a chain of a
// block before that and one after.
type ears struct {
	*Subsystem
	machine
	before, since primitives.Hash
	distrusted    int
	published     []protocol.Topic
}

func newEars(t *testing.T, m machine) *ears {
	t.Helper()
	e := &ears{machine: m}
	blocks, err := store.Open(store.Config{Path: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := blocks.Close(); err != nil {
			t.Error(err)
		}
	})
	header := primitives.Header{StateRoot: trie.EmptyRoot}
	if err := blocks.InitGenesis(header, store.Diff{}); err != nil {
		t.Fatal(err)
	}
	chains := prospective.New()
	e.Subsystem = &Subsystem{
		keys: []primitives.SR25519Public{m.key}, chains: chains, started: 15, metrics: newMetrics(nil), log: zap.NewNop(),
		leaves: map[primitives.Hash]*leafState{}, bitfields: map[primitives.Hash]*bitfields{},
		config: Config{
			Store: blocks, Signer: m.Signer, Verifier: crypto.Real{}, Now: func() primitives.Millis { return 0 },
			Publish: func(topic protocol.Topic, _ []byte) { e.published = append(e.published, topic) },
			Distrust: func() error {
				e.distrusted++
				return m.Distrust(signer.ChainState{Session: index})
			},
		},
	}
	e.backing = backing.New(backing.Params{Keys: e.keys, Verifier: crypto.Real{}}, chains)
	leaf := &prospective.Leaf{Session: index, Validators: e.keys, Cores: make([]inclusion.Core, 2)}
	for _, slot := range []primitives.Slot{10, 20} {
		claim := primitives.SecondaryPlainClaim{Slot: slot}
		header = primitives.Header{
			ParentHash: header.Hash(), Number: header.Number + 1, StateRoot: trie.EmptyRoot,
			Digest: primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineBABE, Data: primitives.AppendBABEPreDigest(nil, claim)}},
		}
		block := primitives.Block{Header: header}
		if err := blocks.Import(store.Import{Block: block, Hash: header.Hash(), Best: header.Hash()}); err != nil {
			t.Fatal(err)
		}
		leaf.Hash, leaf.Number = header.Hash(), header.Number
		leaf.RelayParents = append(leaf.RelayParents, shared.RelayParent{Hash: leaf.Hash, Number: leaf.Number})
		e.leaves[leaf.Hash] = &leafState{leaf: leaf, active: true}
	}
	e.before, e.since = header.ParentHash, header.Hash()
	if err := e.stepBacking(t.Context(), backing.ActiveLeaf{Leaf: leaf}); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestHear: what an own key signed and a peer sends ends the subsystem if it was
// signed elsewhere since the start, makes all keys wait if it was signed before, and
// is nothing if it was signed here, or by nobody.
func TestHear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		hear       func(e *ears, other machine) input
		want       error
		distrusted int
	}{
		{"own vote", func(e *ears, _ machine) input { return e.machine.vote(t, e.since, 1) }, nil, 0},
		{"own vote of before", func(e *ears, _ machine) input { return e.machine.vote(t, e.before, 1) }, nil, 0},
		{"own bitfield", func(e *ears, _ machine) input { return e.machine.bitfield(t, e.since, 1) }, nil, 0},
		{"own bitfield of before", func(e *ears, _ machine) input { return e.machine.bitfield(t, e.before, 1) }, nil, 0},
		{"vote", func(e *ears, other machine) input { return other.vote(t, e.since, 1) }, signer.ErrForeign, 0},
		{"vote of before", func(e *ears, other machine) input { return other.vote(t, e.before, 1) }, nil, 1},
		{"bitfield", func(e *ears, other machine) input { return other.bitfield(t, e.since, 1) }, signer.ErrForeign, 0},
		{"bitfield of before", func(e *ears, other machine) input { return other.bitfield(t, e.before, 1) }, nil, 1},
		{"forged vote", func(e *ears, other machine) input { return forged(other.vote(t, e.since, 1)) }, nil, 0},
		{"forged bitfield", func(e *ears, other machine) input { return forged(other.bitfield(t, e.since, 1)) }, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := newEars(t, newMachine(t, signer.NewMemory()))
			in := c.hear(e, newMachine(t, signer.NewMemory()))
			for range 2 {
				if err := e.handle(t.Context(), in); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
					t.Fatalf("%v, want %v", err, c.want)
				}
				drain(in)
			}
			if (e.distrusted > 0) != (c.distrusted > 0) {
				t.Errorf("keys were distrusted %d times, want %d", e.distrusted, c.distrusted)
			}
			_, err := e.SignBacking(e.key, contextOf(e.since), statementOf(7), 3)
			if quiet := c.want == nil && c.distrusted == 0; (err == nil) != quiet {
				t.Errorf("signed afterwards: %v", err)
			}
		})
	}
}

// drain takes the verdict about in.
func drain(in input) verdict {
	switch in := in.(type) {
	case statement:
		return <-in.reply
	case bitfieldHeard:
		return <-in.reply
	}
	panic("no message")
}

// TestHearAnotherBitfield: the second of two bitfields about a block is not kept,
// and yet heard.
func TestHearAnotherBitfield(t *testing.T) {
	t.Parallel()
	e := newEars(t, newMachine(t, signer.NewMemory()))
	if err := e.signBitfield(Bitfield{Block: e.since, Session: index, Bits: bitsOf(0)}); err != nil {
		t.Fatal(err)
	}
	another := newMachine(t, signer.NewMemory()).bitfield(t, e.since, 1)
	if err := e.handle(t.Context(), forged(another)); err != nil || drain(another).judgment != protocol.Reject {
		t.Errorf("forged: %v", err)
	}
	if err := e.handle(t.Context(), another); !errors.Is(err, signer.ErrForeign) {
		t.Errorf("another bitfield: %v", err)
	}
	if kept := e.bitfieldsFor(e.since); len(kept) != 1 || kept[0].Bitfield.Get(1) {
		t.Errorf("kept: %v", kept)
	}
}

// TestHearAfterRestart: what this node signed before it started again comes back
// from its neighbors. A guard that was restored from an old copy makes its keys wait
// for the next session.
func TestHearAfterRestart(t *testing.T) {
	t.Parallel()
	e := newEars(t, newMachine(t, signer.NewMemory()))
	name := "70617261" + hex.EncodeToString(e.key[:]) // "para"
	past := []input{e.machine.vote(t, e.before, 1), e.machine.bitfield(t, e.before, 1)}
	old, err := e.disk.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	lost := []input{e.machine.vote(t, e.before, 2), e.machine.vote(t, e.since, 2), e.machine.bitfield(t, e.since, 1)}
	for _, in := range slices.Concat(past, lost) {
		again := newEars(t, newMachine(t, e.disk))
		if err := again.handle(t.Context(), in); err != nil || again.distrusted > 0 {
			t.Errorf("%T of this machine: %v", in, err)
		}
		drain(in)
	}
	for i, in := range slices.Concat(past, lost) {
		e.disk.Damage(name, func([]byte) []byte { return old })
		again := newEars(t, newMachine(t, e.disk))
		again.started = 20
		if err := again.handle(t.Context(), in); err != nil {
			t.Errorf("%T before a start: %v", in, err)
		}
		drain(in)
		if isLost := i >= len(past); (again.distrusted > 0) != isLost {
			t.Errorf("message %d: keys were distrusted %d times, lost %t", i, again.distrusted, isLost)
		}
		_, err := again.SignBitfield(again.key, contextOf(primitives.Hash{9}), bitsOf(0))
		if waits := errors.Is(err, signer.ErrWaiting); waits != (again.distrusted > 0) {
			t.Errorf("message %d: signed afterwards: %v", i, err)
		}
	}
}

// TestQuiet: what is to be signed just after a start waits until others could be
// heard.
func TestQuiet(t *testing.T) {
	t.Parallel()
	e := newEars(t, newMachine(t, signer.NewMemory()))
	e.quiet = true
	request := backing.Sign{Key: e.key, Context: contextOf(e.since), Statement: statementOf(1), MaxSeconded: 3}
	if answer, err := e.performBacking(t.Context(), request); answer != nil || err != nil {
		t.Errorf("answered %v, %v", answer, err)
	}
	if err := e.signBitfield(Bitfield{Block: e.since, Session: index, Bits: bitsOf(0)}); err != nil {
		t.Fatal(err)
	}
	other := newMachine(t, signer.NewMemory())
	if err := e.Signer.HeardStatement(e.key, request.Context, request.Statement); !errors.Is(err, signer.ErrForeign) {
		t.Errorf("signed in the quiet: %v", err)
	}
	if err := e.handle(t.Context(), other.vote(t, e.since, 1)); !errors.Is(err, signer.ErrForeign) || len(e.published) > 0 {
		t.Errorf("another node in the quiet: %v, published %v", err, e.published)
	}

	alone := newEars(t, newMachine(t, signer.NewMemory()))
	alone.quiet, alone.held = true, e.held
	if err := alone.speak(t.Context()); err != nil || alone.quiet || len(alone.published) != 1 {
		t.Errorf("spoke: %v, published %v", err, alone.published)
	}
	if err := alone.Signer.HeardStatement(alone.key, request.Context, request.Statement); err != nil {
		t.Errorf("statement was not signed after the quiet: %v", err)
	}
}
