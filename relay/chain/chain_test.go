package chain_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/store"
)

const (
	slotDuration = primitives.Millis(1000)
	firstSlot    = primitives.Slot(1_000_000)
)

// world is one validator's chain, on disk.
type world struct {
	t       testing.TB
	scheme  cryptotest.Scheme
	keys    cryptotest.Keys
	rules   *runtime.Runtime
	genesis genesis.Genesis
	path    string
	slot    primitives.Millis // its duration
	now     primitives.Millis
	store   *store.Store
	chain   *chain.Chain
	stop    func()
	events  []string // what listeners were told, in order
	// transactions go into the next child.
	transactions []primitives.Extrinsic
}

// newWorld returns a world with stand-in keys.
func newWorld(t testing.TB) *world {
	t.Helper()
	return newWorldOf(t, cryptotest.NewStub([32]byte{1}), slotDuration)
}

func newWorldOf(t testing.TB, scheme cryptotest.Scheme, slot primitives.Millis, funded ...primitives.AccountID) *world {
	t.Helper()
	w := &world{t: t, scheme: scheme, slot: slot, path: filepath.Join(t.TempDir(), "db"), now: primitives.Millis(firstSlot+100) * slot}
	w.keys = w.scheme.Keys([32]byte{2})
	w.rules = runtime.New(w.scheme)
	key := w.keys.Sr25519Public()
	config := genesis.Config{
		SlotDuration: slot, EpochDuration: 5, Parachains: initializer.Genesis{Host: configuration.Local()},
		BABE:     primitives.BABEConfiguration{C: [2]uint64{1, 1}, AllowedSlots: primitives.PrimaryAndSecondaryVRFSlots},
		Balances: []genesis.Balance{{Account: primitives.AccountID{9}, Amount: primitives.NewBalance(1e15)}},
		Validators: []session.Validator{{Account: primitives.AccountID{9}, Keys: session.Keys{
			BABE: key, GRANDPA: w.keys.Ed25519Public(), ParaValidator: primitives.SR25519Public{3}, ParaAssignment: primitives.SR25519Public{4}, AuthorityDiscovery: primitives.SR25519Public{5}}}},
	}
	for _, account := range funded {
		config.Balances = append(config.Balances, genesis.Balance{Account: account, Amount: primitives.NewBalance(1e15)})
	}
	var err error
	if w.genesis, err = config.Build(); err != nil {
		t.Fatal(err)
	}
	w.open()
	return w
}

// open opens the chain on disk and runs it; close ends it.
func (w *world) open() {
	w.t.Helper()
	var err error
	if w.store, err = store.Open(store.Config{Path: w.path}); err != nil {
		w.t.Fatal(err)
	}
	g := w.genesis
	if err := w.store.InitGenesis(g.Header, store.Diff{Values: g.Outcome.Changes, Nodes: g.Outcome.Nodes}); err != nil {
		w.t.Fatal(err)
	}
	w.chain, err = chain.New(chain.Config{Store: w.store, Runtime: w.rules, Verifier: w.scheme, Now: func() primitives.Millis { return w.now }})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- w.chain.Run(ctx, chain.Listener{
			Imported:  func(i chain.Imported) { w.events = append(w.events, "imported "+i.Header.Number.String()) },
			Finalized: func(f chain.Finalized) { w.events = append(w.events, "finalized "+f.Block.Number.String()) },
		})
	}()
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
		if err := w.store.Close(); err != nil {
			w.t.Error(err)
		}
	}
}

// child makes a sealed block after parent, skip slots later.
func (w *world) child(parent primitives.Hash, skip primitives.Slot) primitives.Block {
	w.t.Helper()
	header, err := w.store.Header(parent)
	if err != nil {
		w.t.Fatal(err)
	}
	stored, err := w.store.View(parent)
	if err != nil {
		w.t.Fatal(err)
	}
	view, ok := w.chain.EpochView(parent)
	if !ok {
		w.t.Fatal("parent is not in the chain")
	}
	slot := max(view.Slot, firstSlot) + skip
	epoch, err := view.Epoch(slot)
	if err != nil {
		w.t.Fatal(err)
	}
	preOutput, proof := w.keys.VRF(epoch.VRFInput(slot))
	block, _, err := w.rules.Build(stored, header, runtime.Proposal{
		Claim: primitives.PrimaryClaim{Slot: slot, VRF: primitives.VRFSignature{PreOutput: preOutput, Proof: proof}},
		Now:   primitives.Millis(slot) * w.slot,
		Next:  w.next, Refused: func(_ primitives.Extrinsic, why error) { w.t.Error(why) },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	preHash := primitives.Blake2b256(scale.Marshal(block.Header))
	block.Header = block.Header.Sealed(primitives.BABESeal(w.keys.Sr25519(preHash[:])))
	return block
}

func (w *world) next() (primitives.Extrinsic, bool) {
	if len(w.transactions) == 0 {
		return nil, false
	}
	x := w.transactions[0]
	w.transactions = w.transactions[1:]
	return x, true
}

func (w *world) take(b primitives.Block) error {
	return w.chain.Import(context.Background(), b, false)
}

// grow takes in n blocks after parent and returns the last.
func (w *world) grow(parent primitives.Hash, n int) primitives.Hash {
	w.t.Helper()
	for range n {
		b := w.child(parent, 1)
		if err := w.take(b); err != nil {
			w.t.Fatal(err)
		}
		parent = b.Header.Hash()
	}
	return parent
}

func (w *world) finalize(block primitives.Hash) {
	w.t.Helper()
	if err := w.chain.Finalize(context.Background(), block, nil); err != nil {
		w.t.Fatal(err)
	}
}

func TestBlocksSurviveARestart(t *testing.T) {
	w := newWorld(t)
	third := w.grow(w.genesis.Header.Hash(), 3)
	w.finalize(third)
	best := w.grow(third, 9) // over the ends of two epochs
	before := w.chain.Snapshot()
	w.stop()
	w.open()
	defer func() { w.stop() }()
	if after := w.chain.Snapshot(); after != before || after.Best.Hash != best || after.Finalized.Hash != third {
		t.Fatalf("after a restart %+v, before %+v", after, before)
	}
	if head := w.grow(best, 3); w.chain.Snapshot().Best.Hash != head {
		t.Error("chain does not go on after a restart")
	}
}

func TestRefusedBlocks(t *testing.T) {
	w := newWorld(t)
	defer func() { w.stop() }()
	genesisHash := w.genesis.Header.Hash()
	first := w.grow(genesisHash, 1)
	for name, test := range map[string]struct {
		make func() primitives.Block
		want error
	}{
		"known": {func() primitives.Block { b := w.child(genesisHash, 1); return b }, chain.ErrKnown},
		"unknown parent": {func() primitives.Block {
			b := w.child(first, 1)
			b.Header.ParentHash[0] ^= 1
			return b
		}, chain.ErrUnknownParent},
		"future slot": {func() primitives.Block { return w.child(first, 500) }, babe.ErrFuture},
		"seal of a changed header": {func() primitives.Block {
			b := w.child(first, 1)
			b.Header.StateRoot[0] ^= 1
			return b
		}, babe.ErrSeal},
		"body of another block": {func() primitives.Block {
			b := w.child(first, 1)
			b.Extrinsics = b.Extrinsics[:1]
			return b
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			err := w.take(test.make())
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if w.chain.Snapshot().Best.Hash != first {
				t.Error("refused block changed the best one")
			}
		})
	}
}

func TestFinalityPrunesForks(t *testing.T) {
	w := newWorld(t)
	defer func() { w.stop() }()
	first := w.grow(w.genesis.Header.Hash(), 1)
	fork := w.child(first, 2)
	second := w.grow(first, 1)
	if err := w.take(fork); err != nil {
		t.Fatal(err)
	}
	w.finalize(second)
	if w.chain.Known(fork.Header.Hash()) {
		t.Error("fork is still known after finality")
	}
	late := fork
	if err := w.take(late); !errors.Is(err, chain.ErrOld) {
		t.Errorf("fork again: got %v, want %v", err, chain.ErrOld)
	}
	w.finalize(first) // below the finalized block: nothing to do
	if got := w.chain.Snapshot().Finalized.Hash; got != second {
		t.Errorf("finality moved back to %s", got)
	}
	if err := w.chain.Finalize(context.Background(), primitives.Hash{7}, nil); !errors.Is(err, chain.ErrUnknownBlock) {
		t.Errorf("unknown block: got %v, want %v", err, chain.ErrUnknownBlock)
	}
}

func TestListenersAreToldInOrder(t *testing.T) {
	w := newWorld(t)
	second := w.grow(w.genesis.Header.Hash(), 2)
	w.finalize(second)
	w.grow(second, 1)
	w.stop()
	want := []string{"imported 1", "imported 2", "finalized 2", "imported 3"}
	if len(w.events) != len(want) {
		t.Fatalf("got %q, want %q", w.events, want)
	}
	for i := range want {
		if w.events[i] != want[i] {
			t.Errorf("event %d: got %q, want %q", i, w.events[i], want[i])
		}
	}
}
