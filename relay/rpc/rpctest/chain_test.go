package rpctest_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// TestReorganization grows two forks, of which the second becomes best and final,
// and looks at states, at what the feed told and at the justification.
func TestReorganization(t *testing.T) {
	c := rpctest.New(t, false)
	start, follower := c.Feed.Follow(16)
	defer follower.Close()
	if start.Best != c.Genesis || start.Finalized != c.Genesis {
		t.Fatalf("start is %+v", start)
	}
	a1 := c.Grow(c.Genesis, c.Transfer("//Alice", 0, "//Dave", 1e12))
	b1 := c.Grow(c.Genesis)
	b2 := c.Grow(b1, c.Transfer("//Alice", 0, "//Dave", 2e12))
	c.Finalize(b1, true)

	for _, want := range []struct{ block, best primitives.BlockID }{{a1, a1}, {b1, a1}, {b2, b2}} {
		e, err := follower.Next(t.Context())
		if got, ok := e.(chain.Imported); err != nil || !ok || got.Hash != want.block.Hash || got.Best != want.best {
			t.Fatalf("told %+v, %v, want %+v", e, err, want)
		}
	}
	e, err := follower.Next(t.Context())
	if got, ok := e.(chain.Finalized); err != nil || !ok || got.Block != b1 || got.Best != b2 || len(got.Pruned) != 1 || got.Pruned[0] != a1 {
		t.Fatalf("told %+v, %v", e, err)
	}
	if _, err := c.Store.Header(a1.Hash); !errors.Is(err, store.ErrUnknownBlock) {
		t.Errorf("pruned block is there: %v", err)
	}
	view, err := c.Store.View(b2.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if free := runtime.NewQuery(view).Account(rpctest.Account(t, "//Dave")).Data.Free; free != primitives.NewBalance(2e12) {
		t.Errorf("Dave has %v", free)
	}
	j, ok, err := c.Store.Justification(b1.Hash)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	var proof primitives.GRANDPAJustification
	if err := scale.Unmarshal(j.Data, &proof); err != nil {
		t.Fatal(err)
	}
	authorities, set := runtime.NewQuery(view).GRANDPA()
	voters, err := grandpa.NewVoterSet(authorities)
	if err != nil {
		t.Fatal(err)
	}
	if err := grandpa.VerifyJustification(voters, set, proof, crypto.Real{}); err != nil {
		t.Errorf("justification: %v", err)
	}
}

// TestLongChain passes ends of sessions, with every other block final.
func TestLongChain(t *testing.T) {
	c := rpctest.New(t, false)
	for range 20 {
		id := c.GrowBest(1)
		if id.Number%2 == 0 {
			c.Finalize(id, true)
		}
	}
	if best, final := c.Store.Best(), c.Store.Finalized(); best.Number != 20 || final != best {
		t.Fatalf("best %v, final %v", best, final)
	}
}

// TestTransactions watches a transfer from the pool into a block that becomes final.
func TestTransactions(t *testing.T) {
	c := rpctest.New(t, false)
	pool := c.Transactions(txpool.Params{Author: true})
	x := c.Transfer("//Alice", 0, "//Bob", 7)
	w, err := pool.Watch(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	pending, err := pool.Pending(t.Context())
	if err != nil || len(pending) != 1 {
		t.Fatal(pending, err)
	}
	b := c.Grow(c.Genesis, pending...)
	c.Finalize(b, false)
	for _, want := range []txpool.StatusKind{txpool.StatusReady, txpool.StatusInBlock, txpool.StatusFinalized} {
		if s, err := w.Next(t.Context()); err != nil || s.Kind != want {
			t.Fatalf("status %+v, %v, want %s", s, err, want)
		}
	}
}

// TestPrunedBlocksAreStillRead: what clients were told of can be read for a while after
// it was pruned, and what became final is read from the store.
func TestPrunedBlocksAreStillRead(t *testing.T) {
	c := rpctest.New(t, false)
	x := c.Transfer("//Alice", 0, "//Dave", 1e12)
	a1 := c.Grow(c.Genesis, x)
	b1 := c.Grow(c.Genesis)
	c.Grow(b1)
	c.Finalize(b1, false)
	if _, err := c.Store.Header(a1.Hash); !errors.Is(err, store.ErrUnknownBlock) {
		t.Fatalf("the store has the pruned block: %v", err)
	}
	if _, header, err := c.Header(&a1.Hash); err != nil || header.Hash() != a1.Hash {
		t.Errorf("header %v, %v", header, err)
	}
	if body, err := c.Body(a1.Hash); err != nil || string(body[len(body)-1]) != string(x) {
		t.Errorf("body %x, %v", body, err)
	}
	state, err := c.State(&a1.Hash)
	if err != nil {
		t.Fatal(err)
	}
	if free := runtime.NewQuery(state.View).Account(rpctest.Account(t, "//Dave")).Data.Free; free != primitives.NewBalance(1e12) {
		t.Errorf("Dave has %v", free)
	}
	for range 70 { // forks
		c.Grow(b1)
	}
	if _, _, err := c.Header(&a1.Hash); !errors.Is(err, store.ErrUnknownBlock) {
		t.Errorf("after 70 more blocks: %v", err)
	}
}
