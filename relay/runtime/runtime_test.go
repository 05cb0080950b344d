package runtime_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/trie"
)

// plainCrypto accepts a signature whose first 32 bytes are the signer's key.
type plainCrypto struct{}

func (plainCrypto) Sr25519(public [32]byte, _ []byte, signature [64]byte) bool {
	return [32]byte(signature[:32]) == public
}

func (p plainCrypto) Ed25519(public [32]byte, message []byte, signature [64]byte) bool {
	return p.Sr25519(public, message, signature)
}

func (p plainCrypto) Sr25519Batch(entries []crypto.Signed) []bool {
	verdicts := make([]bool, len(entries))
	for i, e := range entries {
		verdicts[i] = p.Sr25519(e.Public, e.Message, e.Signature)
	}
	return verdicts
}

func (plainCrypto) VRFBytes(_ [32]byte, _ crypto.VRFInput, preOutput [32]byte, _ string, n int) []byte {
	return preOutput[:n]
}

// memoryView is the state after a block, all in memory.
type memoryView struct {
	frame.Memory
	nodes map[string][]byte
}

func (v *memoryView) Node(path []byte, _ [32]byte) ([]byte, error) {
	if node, ok := v.nodes[string(path)]; ok {
		return node, nil
	}
	return nil, trie.ErrMissingNode
}

func (v *memoryView) Value(key []byte, _ [32]byte) ([]byte, error) { return v.Get(key) }

func (v *memoryView) apply(o executive.Outcome) {
	v.Memory.Apply(o.Changes)
	for _, n := range o.Nodes {
		if n.Encoding == nil {
			delete(v.nodes, string(n.Path))
		} else {
			v.nodes[string(n.Path)] = n.Encoding
		}
	}
}

const slotDuration = 1000

func account(n byte) primitives.AccountID { return primitives.AccountID{n} }

// chain is a runtime with its state, grown block by block.
type chain struct {
	t       testing.TB
	runtime *runtime.Runtime
	view    *memoryView
	head    primitives.Header
	slot    primitives.Slot
	refused []error
	// bitfields and candidates go into the next block.
	bitfields  []primitives.SignedBitfield
	candidates []primitives.BackedCandidate
}

// testConfig has three validators with funds, and no paras.
func testConfig() genesis.Config {
	config := genesis.Config{
		SlotDuration: slotDuration, EpochDuration: 5, Parachains: initializer.Genesis{Host: configuration.Local()},
		BABE: primitives.BABEConfiguration{C: [2]uint64{1, 4}, AllowedSlots: primitives.PrimaryAndSecondaryVRFSlots},
	}
	for n := byte(1); n <= 3; n++ {
		config.Validators = append(config.Validators, session.Validator{Account: account(n), Keys: session.Keys{
			GRANDPA: primitives.ED25519Public{n, 2}, BABE: primitives.SR25519Public{n, 1},
			ParaValidator: primitives.SR25519Public{n, 3}, ParaAssignment: primitives.SR25519Public{n, 4}, AuthorityDiscovery: primitives.SR25519Public{n, 5}}})
		config.Balances = append(config.Balances, genesis.Balance{Account: account(n), Amount: primitives.NewBalance(1e15)})
	}
	return config
}

func newChain(t testing.TB) *chain {
	t.Helper()
	return newChainOf(t, testConfig())
}

func newChainOf(t testing.TB, config genesis.Config) *chain {
	t.Helper()
	g, err := config.Build()
	if err != nil {
		t.Fatal(err)
	}
	c := &chain{t: t, runtime: runtime.New(plainCrypto{}), view: &memoryView{frame.Memory{}, map[string][]byte{}}, head: g.Header, slot: 1_000_000}
	c.view.apply(g.Outcome)
	return c
}

// build makes the next block of extrinsics, skip slots later, without adding it.
func (c *chain) build(skip primitives.Slot, author primitives.AuthorityIndex, extrinsics ...primitives.Extrinsic) (primitives.Block, executive.Outcome) {
	c.t.Helper()
	slot := c.slot + skip
	claim := primitives.PrimaryClaim{AuthorityIndex: author, Slot: slot, VRF: primitives.VRFSignature{PreOutput: [32]byte{byte(slot)}}}
	c.refused = nil
	block, outcome, err := c.runtime.Build(c.view, c.head, runtime.Proposal{
		Claim: claim, Now: primitives.Millis(slot) * slotDuration, Bitfields: c.bitfields, Candidates: c.candidates,
		Next: func() (primitives.Extrinsic, bool) {
			if len(extrinsics) == 0 {
				return nil, false
			}
			x := extrinsics[0]
			extrinsics = extrinsics[1:]
			return x, true
		},
		Refused: func(_ primitives.Extrinsic, why error) { c.refused = append(c.refused, why) },
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return block, outcome
}

// grow builds a block, executes it as an importer would, and adds it.
func (c *chain) grow(skip primitives.Slot, author primitives.AuthorityIndex, extrinsics ...primitives.Extrinsic) primitives.Block {
	c.t.Helper()
	block, built := c.build(skip, author, extrinsics...)
	executed, err := c.runtime.Execute(c.view, c.head, block)
	if err != nil {
		c.t.Fatalf("block %d does not execute as it was built: %v", block.Header.Number, err)
	}
	if built.Root != executed.Root {
		c.t.Fatalf("block %d: built root %s, executed %s", block.Header.Number, built.Root, executed.Root)
	}
	c.view.apply(executed)
	c.head, c.slot = block.Header, c.slot+skip
	return block
}

func (c *chain) signed(signer primitives.AccountID, nonce primitives.Nonce, tip uint64, call frame.Call) primitives.Extrinsic {
	signature := primitives.Signature{}
	copy(signature[:], signer[:])
	return primitives.UncheckedExtrinsic{
		Signature: &primitives.ExtrinsicSignature{
			Signer: primitives.AddressID{ID: signer}, Signature: primitives.SR25519Signature{Signature: signature},
			Extra: primitives.SignedExtra{Nonce: nonce, Tip: primitives.NewBalance(tip)},
		},
		Call: runtime.Pallets().AppendCall(nil, call),
	}.Encode()
}

func (c *chain) account(who primitives.AccountID) system.AccountInfo {
	return runtime.NewQuery(c.view).Account(who)
}

func TestTransferMovesFundsAndPaysTheAuthor(t *testing.T) {
	c := newChain(t)
	dest := account(9)
	call := balances.TransferKeepAlive{Dest: primitives.AddressID{ID: dest}, Value: primitives.NewBalance(5e11)}
	x := c.signed(account(1), 0, 77, call)
	fee := transactionpayment.Fee(runtime.NewQuery(c.view).State(), uint64(len(x)+2), call.Info(), primitives.NewBalance(77)) // a length prefix of two bytes
	c.grow(1, 2, x)
	if got := c.account(dest).Data.Free; got != primitives.NewBalance(5e11) {
		t.Errorf("receiver has %s, want 500000000000", got)
	}
	want := primitives.NewBalance(1e15 - 5e11).SaturatingSub(fee)
	if got := c.account(account(1)); got.Data.Free != want || got.Nonce != 1 {
		t.Errorf("sender has %s, nonce %d, want %s, nonce 1", got.Data.Free, got.Nonce, want)
	}
	if got, want := c.account(account(3)).Data.Free, primitives.NewBalance(1e15).SaturatingAdd(fee); got != want {
		t.Errorf("author has %s, want %s", got, want)
	}
	if got := balances.TotalIssuance.Get(runtime.NewQuery(c.view).State()); got != primitives.NewBalance(3e15) {
		t.Errorf("total issuance %s, want 3000000000000000", got)
	}
}

func TestRefusedExtrinsicsStayOut(t *testing.T) {
	remark := system.Remark{Remark: []byte("hi")}
	poor := account(8)
	for name, test := range map[string]struct {
		make func(c *chain) primitives.Extrinsic
		want error
	}{
		"used nonce's successor": {func(c *chain) primitives.Extrinsic { return c.signed(account(1), 1, 0, remark) }, executive.ErrFuture},
		"unknown account":        {func(c *chain) primitives.Extrinsic { return c.signed(poor, 0, 0, remark) }, executive.ErrPayment},
		"tip beyond balance":     {func(c *chain) primitives.Extrinsic { return c.signed(account(1), 0, 2e15, remark) }, executive.ErrPayment},
		"garbage":                {func(*chain) primitives.Extrinsic { return primitives.Extrinsic{4, 99} }, executive.ErrCall},
		"unsigned remark":        {func(*chain) primitives.Extrinsic { return runtime.Bare(remark) }, executive.ErrUnsigned},
		"false signature": {func(c *chain) primitives.Extrinsic {
			x := c.signed(account(1), 0, 0, remark)
			x[40] ^= 1
			return x
		}, executive.ErrBadProof},
		"oversize": {func(c *chain) primitives.Extrinsic {
			return c.signed(account(1), 0, 0, system.Remark{Remark: make([]byte, 4<<20)})
		}, executive.ErrOversize},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			block := c.grow(1, 0, test.make(c))
			if len(block.Extrinsics) != 2 || len(c.refused) != 1 || !errors.Is(c.refused[0], test.want) {
				t.Errorf("got %d extrinsics, refused %v, want only the two inherents and %v", len(block.Extrinsics), c.refused, test.want)
			}
		})
	}
}

func TestTamperedBlocksAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		tamper func(b *primitives.Block)
		want   error
	}{
		"state root":      {func(b *primitives.Block) { b.Header.StateRoot[0] ^= 1 }, runtime.ErrStateRoot},
		"extrinsics root": {func(b *primitives.Block) { b.Header.ExtrinsicsRoot[0] ^= 1 }, executive.ErrExtrinsicsRoot},
		"parent":          {func(b *primitives.Block) { b.Header.ParentHash[0] ^= 1 }, executive.ErrParent},
		"number":          {func(b *primitives.Block) { b.Header.Number++ }, executive.ErrNumber},
		"digest": {func(b *primitives.Block) {
			b.Header.Digest = append(b.Header.Digest, primitives.Other{Data: []byte{1}})
		}, executive.ErrDigest},
		"no time": {func(b *primitives.Block) {
			b.Extrinsics = nil
			b.Header.ExtrinsicsRoot = executive.ExtrinsicsRoot(nil)
		}, nil},
		"time twice": {func(b *primitives.Block) {
			b.Extrinsics = append(b.Extrinsics, b.Extrinsics[0])
			b.Header.ExtrinsicsRoot = executive.ExtrinsicsRoot(b.Extrinsics)
		}, executive.ErrInherentFailed},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			block, _ := c.build(1, 0)
			test.tamper(&block)
			_, err := c.runtime.Execute(c.view, c.head, block)
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestEpochsAndSets(t *testing.T) {
	c := newChain(t)
	first := c.grow(1, 0)
	if logs, err := first.Header.BABELogs(); err != nil || len(logs) != 1 {
		t.Fatalf("block 1 announces %d epochs (%v), want 1", len(logs), err)
	}
	for range 4 {
		c.grow(1, 1)
	}
	if _, set := runtime.NewQuery(c.view).GRANDPA(); set != 0 {
		t.Fatalf("set %d before the epoch ended, want 0", set)
	}
	change := c.grow(1, 2)
	scheduled, err := change.Header.GRANDPAScheduledChange()
	if err != nil || scheduled == nil || len(scheduled.NextAuthorities) != 3 || scheduled.Delay != 0 {
		t.Fatalf("first block of epoch 1 schedules %+v (%v), want 3 authorities without delay", scheduled, err)
	}
	q := runtime.NewQuery(c.view)
	if _, set := q.GRANDPA(); set != 1 || q.SessionIndex() != 1 {
		t.Errorf("set %d, session %d, want 1 and 1", set, q.SessionIndex())
	}
	before := q.BABE().Randomness
	c.grow(17, 0) // skips epochs 2 and 3
	q = runtime.NewQuery(c.view)
	if q.SessionIndex() != 2 || q.BABE().Randomness == before {
		t.Errorf("after skipped epochs: session %d, randomness changed %t, want 2 and true", q.SessionIndex(), q.BABE().Randomness != before)
	}
}
