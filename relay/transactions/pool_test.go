package transactions_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/transactions"
	"github.com/rampart-chain/rampart/relay/txpool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// node is a pool beside a chain, with one neighbor.
type node struct {
	*rpctest.Chain
	*transactions.Pool
	sent      chan [][]byte
	published chan primitives.Extrinsic
	stop      func()
}

// newNode returns a pool that follows the chain and does not run yet.
func newNode(t *testing.T) *node {
	n := &node{Chain: rpctest.New(t, false), sent: make(chan [][]byte, 16), published: make(chan primitives.Extrinsic, 256)}
	n.Pool = transactions.New(transactions.Config{
		Store: n.Store, Rules: runtime.New(crypto.NewRemembering()), Params: txpool.Params{Author: true}, Slot: 1 << 40,
		Publish:   func(x primitives.Extrinsic) { n.published <- x },
		Send:      func(_ protocol.PeerID, messages [][]byte) { n.sent <- messages },
		Neighbors: func() []protocol.PeerID { return []protocol.PeerID{"neighbor"} },
		Now:       func() primitives.Millis { return 1 },
	})
	n.Listen(n.Listener(t.Context()))
	return n
}

// run runs the pool until the test ends.
func (n *node) run(t *testing.T) *node {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	n.stop = cancel
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return n
}

// await returns when the pool has x ready.
func (n *node) await(t *testing.T, x primitives.Extrinsic) {
	t.Helper()
	for {
		pending, err := n.Pending(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(pending, func(p primitives.Extrinsic) bool { return slices.Equal(p, x) }) {
			return
		}
	}
}

// TestReorganizationIsTold follows a transaction into a block, out of it with the
// fork, and into another that becomes final. Each block can be read when it is named.
func TestReorganizationIsTold(t *testing.T) {
	n := newNode(t).run(t)
	x := n.Transfer("//Alice", 0, "//Bob", 7)
	w, err := n.Watch(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if got := <-n.published; !slices.Equal(got, x) {
		t.Fatalf("gossiped %x", got)
	}
	a1 := n.Grow(n.Genesis, x)
	b1 := n.Grow(n.Genesis)
	b2 := n.Grow(b1)
	told := func(kind txpool.StatusKind, block primitives.BlockID) {
		t.Helper()
		got, err := w.Next(t.Context())
		if err != nil || got.Kind != kind || got.Block != block {
			t.Fatalf("status %+v, %v, want %s %v", got, err, kind, block)
		}
		if kind == txpool.StatusInBlock {
			body, err := n.Store.Body(block.Hash)
			if err != nil || !slices.Equal(body[got.Index], x) {
				t.Fatalf("block %v: %v", block, err)
			}
		}
	}
	none := primitives.BlockID{}
	told(txpool.StatusReady, none)
	told(txpool.StatusBroadcast, none)
	told(txpool.StatusInBlock, a1)
	told(txpool.StatusRetracted, a1)
	told(txpool.StatusReady, none)
	told(txpool.StatusBroadcast, none)
	b3 := n.Grow(b2, x)
	n.Finalize(b3, false)
	told(txpool.StatusInBlock, b3)
	told(txpool.StatusFinalized, b3)
}

// TestPrunedForkIsNotLost: the store has forgotten a fork before the pool hears that
// the chain left it; its transactions come back all the same.
func TestPrunedForkIsNotLost(t *testing.T) {
	n := newNode(t)
	x := n.Transfer("//Alice", 0, "//Bob", 7)
	a1 := n.Grow(n.Genesis, x)
	b1 := n.Grow(n.Genesis)
	n.Grow(b1)
	n.Finalize(b1, false)
	if _, err := n.Store.Body(a1.Hash); err == nil {
		t.Fatal("the fork is not pruned")
	}
	n.run(t)
	n.await(t, x)
}

// TestRefusals: users are told the runtime's reason, peers are judged by whether
// they could have known.
func TestRefusals(t *testing.T) {
	n := newNode(t).run(t)
	good := n.Transfer("//Alice", 0, "//Bob", 7)
	forged := slices.Clone(good)
	forged[40]++ // of the signature
	poor := n.Transfer("//Dave", 0, "//Bob", 7)
	for _, c := range []struct {
		name    string
		x       primitives.Extrinsic
		reason  error
		verdict protocol.Verdict
	}{
		{"good", good, nil, protocol.Accept},
		{"forged", forged, executive.ErrBadProof, protocol.Reject},
		{"not decoding", primitives.Extrinsic{1, 2, 3}, executive.ErrCall, protocol.Reject},
		{"cannot pay", poor, executive.ErrPayment, protocol.Ignore},
	} {
		t.Run(c.name, func(t *testing.T) {
			if verdict, err := n.Heard("peer", c.x); verdict != c.verdict || !errors.Is(err, c.reason) {
				t.Errorf("judged %v, %v", verdict, err)
			}
		})
	}
	if _, err := n.Submit(t.Context(), good); txpool.Code(err) != txpool.CodeAlreadyImported {
		t.Errorf("second submission: %v", err)
	}
	if _, err := n.Submit(t.Context(), forged); txpool.Code(err) != txpool.CodeBanned {
		t.Errorf("refused before: %v", err)
	}
	if _, err := n.Watch(t.Context(), n.Transfer("//Bob", 0, "//Bob", 1<<60)); err != nil {
		t.Errorf("a call that will fail: %v", err)
	}
}

// TestNeighborsMakeUpForGossip: a neighbor is sent what its summary lacks, and what a
// neighbor sends is taken in.
func TestNeighborsMakeUpForGossip(t *testing.T) {
	n := newNode(t).run(t)
	x := n.Transfer("//Alice", 0, "//Bob", 7)
	if _, err := n.Submit(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	receive := func(m transactions.Message) {
		t.Helper()
		if verdict, err := n.Receive(t.Context(), "neighbor", transactions.AppendMessage(nil, m)); verdict != protocol.Accept {
			t.Fatal(verdict, err)
		}
	}
	receive(transactions.Summary{})
	if got := <-n.sent; len(got) != 1 || !slices.Equal(got[0], transactions.AppendMessage(nil, transactions.Lacked{Extrinsic: x})) {
		t.Fatalf("sent %x", got)
	}
	n.Connected("neighbor")
	summary := <-n.sent
	y := n.Transfer("//Bob", 0, "//Alice", 7)
	receive(transactions.Lacked{Extrinsic: y})
	n.await(t, y)
	// Whoever has x and hears of the pool is sent y alone.
	if verdict, err := n.Receive(t.Context(), "neighbor", summary[0]); verdict != protocol.Accept {
		t.Fatal(verdict, err)
	}
	if got := <-n.sent; len(got) != 1 || !slices.Equal(got[0], transactions.AppendMessage(nil, transactions.Lacked{Extrinsic: y})) {
		t.Fatalf("sent %x", got)
	}
	if verdict, err := n.Receive(t.Context(), "neighbor", []byte{9}); verdict != protocol.Reject || err == nil {
		t.Errorf("a message that does not decode: %v, %v", verdict, err)
	}
}

// TestUnfitIsInvalidInTheEnd: what authors cannot apply, though the rules call it
// valid, leaves the pool the second time.
func TestUnfitIsInvalidInTheEnd(t *testing.T) {
	n := newNode(t).run(t)
	w, err := n.Watch(t.Context(), n.Transfer("//Alice", 0, "//Bob", 7))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for {
		n.Unfit([]primitives.Hash{w.Hash})
		pending, err := n.Pending(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(pending) == 0 {
			break
		}
	}
	var last txpool.Status
	for !last.Final() {
		if last, err = w.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if last.Kind != txpool.StatusInvalid || !errors.Is(last.Reason, txpool.ErrUnfit) {
		t.Errorf("ends as %+v", last)
	}
}

// TestSlowWatcherIsLetGo: who does not take statuses is told so after those kept; the
// pool does not wait.
func TestSlowWatcherIsLetGo(t *testing.T) {
	n := newNode(t).run(t)
	w, err := n.Watch(t.Context(), n.Transfer("//Alice", 0, "//Bob", 7))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	x := <-n.published
	tip, other := n.Grow(n.Genesis, x), n.Grow(n.Genesis)
	for range 40 { // out of a block and into one: two statuses or more each time
		other = n.Grow(n.Grow(other))
		tip, other = n.Grow(other, x), n.Grow(other)
	}
	n.Grow(tip)
	if _, err := n.Pending(t.Context()); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for ; err == nil; seen++ {
		_, err = w.Next(t.Context())
	}
	if !errors.Is(err, transactions.ErrBehind) || seen < 60 {
		t.Fatalf("after %d statuses: %v", seen, err)
	}
}

// TestStopEndsEverything: users that wait when the pool ends are told so.
func TestStopEndsEverything(t *testing.T) {
	n := newNode(t).run(t)
	w, err := n.Watch(t.Context(), n.Transfer("//Alice", 2, "//Bob", 7))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := w.Next(t.Context()); err != nil || s.Kind != txpool.StatusFuture {
		t.Fatal(s, err)
	}
	n.stop()
	if _, err := w.Next(t.Context()); !errors.Is(err, transactions.ErrStopped) {
		t.Errorf("watch: %v", err)
	}
	if _, err := n.Submit(t.Context(), n.Transfer("//Bob", 0, "//Alice", 7)); !errors.Is(err, transactions.ErrStopped) {
		t.Errorf("submission: %v", err)
	}
	w.Close()
}

// TestPendingIsMadeOnce: as long as nothing happens, whoever asks again gets what was
// made before, and not longer.
func TestPendingIsMadeOnce(t *testing.T) {
	n := newNode(t).run(t)
	if _, err := n.Submit(t.Context(), n.Transfer("//Alice", 0, "//Bob", 7)); err != nil {
		t.Fatal(err)
	}
	ask := func() []primitives.Extrinsic {
		t.Helper()
		pending, err := n.Pending(t.Context())
		if err != nil || len(pending) == 0 {
			t.Fatal(pending, err)
		}
		return pending
	}
	first := ask()
	if again := ask(); &again[0] != &first[0] {
		t.Error("made again although nothing happened")
	}
	if _, err := n.Submit(t.Context(), n.Transfer("//Bob", 0, "//Alice", 7)); err != nil {
		t.Fatal(err)
	}
	if now := ask(); len(now) != 2 {
		t.Errorf("%d pending, want 2", len(now))
	}
}
