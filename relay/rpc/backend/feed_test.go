package backend

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
)

func id(n byte) primitives.BlockID {
	return primitives.BlockID{Hash: primitives.Hash{n}, Number: primitives.BlockNumber(n)}
}

func imported(n byte) chain.Imported {
	return chain.Imported{Hash: id(n).Hash, Header: primitives.Header{Number: id(n).Number}, Best: id(n)}
}

// emptyFeed is that of a store without blocks.
func emptyFeed(t *testing.T) *Feed {
	t.Helper()
	s, err := store.Open(store.Config{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return NewFeed(s)
}

// TestFollowStartsWhereEventsBegin: what is not in the start comes as an event, and
// nothing comes twice.
func TestFollowStartsWhereEventsBegin(t *testing.T) {
	f := emptyFeed(t)
	f.Imported(imported(1))
	f.Imported(imported(2))
	f.Finalized(chain.Finalized{Block: id(1), Best: id(2), Canonical: []primitives.BlockID{id(1)}})
	start, follower := f.Follow(4)
	defer follower.Close()
	if start.Best != id(2) || start.Finalized != id(1) || len(start.Unfinalized) != 1 || start.Unfinalized[0].Hash != id(2).Hash {
		t.Fatalf("start %+v", start)
	}
	f.Imported(imported(3))
	f.Finalized(chain.Finalized{Block: id(2), Best: id(3), Canonical: []primitives.BlockID{id(2)}})
	e, err := follower.Next(t.Context())
	if got, ok := e.(chain.Imported); err != nil || !ok || got.Hash != id(3).Hash {
		t.Fatalf("event %v, error %v", e, err)
	}
	e, err = follower.Next(t.Context())
	if got, ok := e.(chain.Finalized); err != nil || !ok || got.Block != id(2) {
		t.Fatalf("event %v, error %v", e, err)
	}
}

// TestPrunedBlocksLeaveTheFeed: what can never be final is not in a later start.
func TestPrunedBlocksLeaveTheFeed(t *testing.T) {
	f := emptyFeed(t)
	for n := byte(1); n <= 4; n++ {
		f.Imported(imported(n))
	}
	f.Finalized(chain.Finalized{Block: id(1), Best: id(4), Canonical: []primitives.BlockID{id(1)}, Pruned: []primitives.BlockID{id(2), id(3)}})
	if left := f.At().Unfinalized; !slices.EqualFunc(left, []primitives.BlockID{id(4)}, func(b Block, want primitives.BlockID) bool { return b.Hash == want.Hash }) {
		t.Fatalf("left are %v", left)
	}
}

// TestSlowFollowerIsLetGo: it gets what it kept, then ErrBehind; the feed does not
// wait for it, and others miss nothing.
func TestSlowFollowerIsLetGo(t *testing.T) {
	f := emptyFeed(t)
	_, slow := f.Follow(2)
	defer slow.Close()
	_, quick := f.Follow(3)
	defer quick.Close()
	for n := byte(1); n <= 3; n++ {
		f.Imported(imported(n))
	}
	for n, follower := range []*Follower{slow, quick} {
		for range 2 + n {
			if _, err := follower.Next(t.Context()); err != nil {
				t.Fatalf("follower %d: %v", n, err)
			}
		}
	}
	if _, err := slow.Next(t.Context()); !errors.Is(err, ErrBehind) {
		t.Fatalf("error %v, want ErrBehind", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := quick.Next(ended); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want that of the context", err)
	}
}
