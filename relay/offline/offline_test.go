package offline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/offline"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/trie"
)

// slotDuration of the test chain; firstSlot lies in the past, as imported blocks do.
const (
	slotDuration = primitives.Millis(1000)
	firstSlot    = primitives.Slot(1_700_000_000)
)

// author is the one validator of a chain, with real keys.
type author struct {
	keys    cryptotest.Keys
	genesis genesis.Genesis
}

func newAuthor(t *testing.T) author {
	t.Helper()
	a := author{keys: cryptotest.Real{}.Keys([32]byte{2})}
	config := genesis.Config{
		SlotDuration: slotDuration, EpochDuration: 1000, Parachains: initializer.Genesis{Host: configuration.Local()},
		BABE:     primitives.BABEConfiguration{C: [2]uint64{1, 1}, AllowedSlots: primitives.PrimaryAndSecondaryVRFSlots},
		Balances: []genesis.Balance{{Account: primitives.AccountID{9}, Amount: primitives.NewBalance(1e15)}},
		Validators: []session.Validator{{Account: primitives.AccountID{9}, Keys: session.Keys{
			BABE: a.keys.Sr25519Public(), GRANDPA: a.keys.Ed25519Public(), ParaValidator: primitives.SR25519Public{3}, ParaAssignment: primitives.SR25519Public{4}, AuthorityDiscovery: primitives.SR25519Public{5}}}},
	}
	var err error
	if a.genesis, err = config.Build(); err != nil {
		t.Fatal(err)
	}
	return a
}

// blocks makes n blocks, one a slot from the first on, in a database of its own.
func (a author) blocks(t *testing.T, first primitives.Slot, n int) []chain.StoredBlock {
	t.Helper()
	scheme := cryptotest.Real{}
	rules := runtime.New(scheme)
	st, err := store.Open(store.Config{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.InitGenesis(a.genesis.Header, store.Diff{Values: a.genesis.Outcome.Changes, Nodes: a.genesis.Outcome.Nodes}); err != nil {
		t.Fatal(err)
	}
	c, err := chain.New(chain.Config{Store: st, Runtime: rules, Verifier: scheme, Now: func() primitives.Millis { return primitives.Millis(first+1000) * slotDuration }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	parent := a.genesis.Header
	var out []chain.StoredBlock
	for i := range n {
		block := a.child(t, st, c, rules, parent, first+primitives.Slot(i))
		if err := c.Import(ctx, block, true); err != nil {
			t.Fatal(err)
		}
		parent = block.Header
		out = append(out, chain.StoredBlock{Block: block})
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	return out
}

func (a author) child(t *testing.T, st *store.Store, c *chain.Chain, rules *runtime.Runtime, parent primitives.Header, slot primitives.Slot) primitives.Block {
	t.Helper()
	view, err := st.View(parent.Hash())
	if err != nil {
		t.Fatal(err)
	}
	known, ok := c.EpochView(parent.Hash())
	if !ok {
		t.Fatal("parent is not in the chain")
	}
	var epoch *babe.Epoch
	if epoch, err = known.Epoch(slot); err != nil {
		t.Fatal(err)
	}
	output, proof := a.keys.VRF(epoch.VRFInput(slot))
	block, _, err := rules.Build(view, parent, runtime.Proposal{
		Claim: primitives.PrimaryClaim{Slot: slot, VRF: primitives.VRFSignature{PreOutput: output, Proof: proof}}, Now: primitives.Millis(slot) * slotDuration,
		Next: func() (primitives.Extrinsic, bool) { return nil, false },
	})
	if err != nil {
		t.Fatal(err)
	}
	hash := primitives.Blake2b256(scale.Marshal(block.Header))
	block.Header = block.Header.Sealed(primitives.BABESeal(a.keys.Sr25519(hash[:])))
	return block
}

// justify returns the proof of the block by the one voter, in set 0.
func (a author) justify(block primitives.BlockID) *primitives.Justification {
	vote := primitives.Precommit{TargetBlock: block}
	j := primitives.GRANDPAJustification{Round: 1, Commit: primitives.Commit{Target: block, Precommits: []primitives.SignedPrecommit{{
		Precommit: vote, Signature: a.keys.Ed25519(primitives.GRANDPAPayload(vote, 1, 0)), ID: a.keys.Ed25519Public(),
	}}}}
	return &primitives.Justification{Engine: primitives.EngineGRANDPA, Data: scale.Marshal(j)}
}

// from returns blocks one after the other.
func from(blocks ...chain.StoredBlock) func() (chain.StoredBlock, error) {
	return func() (chain.StoredBlock, error) {
		if len(blocks) == 0 {
			return chain.StoredBlock{}, io.EOF
		}
		b := blocks[0]
		blocks = blocks[1:]
		return b, nil
	}
}

func open(t *testing.T, path string, g genesis.Genesis, create bool) *offline.Chain {
	t.Helper()
	c, err := offline.Open(offline.Config{Database: path, Genesis: g, Create: create})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() }) // closing twice is a no-op
	return c
}

func TestOpenRefuses(t *testing.T) {
	a := newAuthor(t)
	path := filepath.Join(t.TempDir(), "db", "full")
	config := offline.Config{Database: path, Genesis: a.genesis}
	if _, err := offline.Open(config); !errors.Is(err, offline.ErrNoChain) {
		t.Errorf("nothing there: %v", err)
	}
	c := open(t, path, a.genesis, true)
	if _, err := offline.Open(config); !errors.Is(err, offline.ErrRunning) {
		t.Errorf("in use: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	config.Genesis.Header.StateRoot[0] ^= 1
	if _, err := offline.Open(config); !errors.Is(err, store.ErrForeignGenesis) {
		t.Errorf("another chain: %v", err)
	}
}

// TestImport takes in blocks, checks them again, and refuses what does not belong.
func TestImport(t *testing.T) {
	a := newAuthor(t)
	c := open(t, filepath.Join(t.TempDir(), "db"), a.genesis, true)
	blocks, fork := a.blocks(t, firstSlot, 4), a.blocks(t, firstSlot+500, 2)
	blocks[1].Justification = a.justify(blocks[1].Block.Header.ID())
	told := 0
	report, err := c.Import(t.Context(), from(blocks...), func(primitives.BlockID) { told++ })
	if err != nil || report.Imported != 4 || told != 4 || report.Best.Number != 4 || report.Finalized != blocks[1].Block.Header.ID() {
		t.Fatalf("%+v, told of %d, %v", report, told, err)
	}
	if report, err = c.Import(t.Context(), from(blocks...), func(primitives.BlockID) {}); err != nil || report.Known != 4 || report.Imported != 0 {
		t.Errorf("again: %+v, %v", report, err)
	}
	for _, b := range blocks {
		if err := c.Check(b.Block.Header.Hash()); err != nil {
			t.Errorf("#%d executed again: %v", b.Block.Header.Number, err)
		}
	}
	broken := blocks[3]
	broken.Block.Header.StateRoot[0] ^= 1
	forged := blocks[3]
	forged.Justification = a.justify(blocks[2].Block.Header.ID())
	unsigned := blocks[3]
	unsigned.Justification = a.justify(forged.Block.Header.ID())
	unsigned.Justification.Data[len(unsigned.Justification.Data)-40] ^= 1
	for name, test := range map[string]struct {
		block chain.StoredBlock
		want  error // nil is any
	}{
		"fork below the final block":  {fork[0], offline.ErrFork},
		"broken seal":                 {broken, nil},
		"proof of another block":      {forged, offline.ErrProof},
		"proof with a bad signature":  {unsigned, offline.ErrProof},
		"proof that is none":          {chain.StoredBlock{Block: blocks[3].Block, Justification: &primitives.Justification{Data: []byte{1}}}, offline.ErrProof},
		"block whose parent is wrong": {fork[1], offline.ErrFork},
	} {
		if _, err := c.Import(t.Context(), from(test.block), func(primitives.BlockID) {}); err == nil || test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if info := c.Info(); info.Best.Number != 4 || info.Finalized.Number != 2 || info.Unfinalized != 2 || info.Genesis != a.genesis.Header.Hash() {
		t.Errorf("after refusals: %+v", info)
	}
	empty := open(t, filepath.Join(t.TempDir(), "db"), a.genesis, true)
	if _, err := empty.Import(t.Context(), from(chain.StoredBlock{Block: primitives.Block{Header: blocks[0].Block.Header}}), func(primitives.BlockID) {}); err == nil {
		t.Error("a block without its extrinsics was taken in")
	}
}

// TestState lists a state that has the root of the block's header.
func TestState(t *testing.T) {
	a := newAuthor(t)
	c := open(t, filepath.Join(t.TempDir(), "db"), a.genesis, true)
	blocks := a.blocks(t, firstSlot, 3)
	if _, err := c.Import(t.Context(), from(blocks...), func(primitives.BlockID) {}); err != nil {
		t.Fatal(err)
	}
	head := blocks[2].Block.Header
	values := map[string][]byte{}
	last := ""
	err := c.State(head.Hash(), func(key, value []byte) error {
		if string(key) <= last {
			return fmt.Errorf("key %x after %x", key, last)
		}
		last = string(key)
		values[last] = value
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	state := trie.New(nothing{}, trie.EmptyRoot, trie.V1)
	for key, value := range values {
		if err := state.Put([]byte(key), value); err != nil {
			t.Fatal(err)
		}
	}
	if got := primitives.Hash(state.Commit().Root); got != head.StateRoot {
		t.Errorf("state of %d values has the root %s, want %s", len(values), got, head.StateRoot)
	}
	if err := c.State(primitives.Hash{7}, nil); !errors.Is(err, offline.ErrUnknownBlock) {
		t.Errorf("unknown block: %v", err)
	}
	if _, err := c.At(9); !errors.Is(err, offline.ErrUnknownBlock) {
		t.Errorf("number above the best: %v", err)
	}
	if err := c.Check(primitives.Hash{7}); !errors.Is(err, offline.ErrUnknownBlock) {
		t.Errorf("unknown block: %v", err)
	}
}

// nothing is the source of the trie without nodes.
type nothing struct{}

func (nothing) Node([]byte, [32]byte) ([]byte, error)  { return nil, trie.ErrMissingNode }
func (nothing) Value([]byte, [32]byte) ([]byte, error) { return nil, trie.ErrMissingNode }
