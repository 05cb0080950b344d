package chainhead_test

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/v1/chainhead"
)

func hash(n byte) primitives.Hash { return primitives.Hash{n} }

func id(n byte) primitives.BlockID {
	return primitives.BlockID{Hash: hash(n), Number: primitives.BlockNumber(n)}
}

// TestStale: a pin whose state is gone stops the client at the first finality after
// it could have unpinned it, and not before.
func TestStale(t *testing.T) {
	h, _ := chainhead.New(chainhead.Start{Finalized: []primitives.BlockID{id(0)}, Best: hash(0)})
	if err := h.Unpin([]primitives.Hash{hash(0)}); err != nil {
		t.Fatal(err)
	}
	h.Imported(chainhead.Block{Hash: hash(1), Parent: hash(0)}, hash(1))
	h.Imported(chainhead.Block{Hash: hash(9), Parent: hash(0)}, hash(1))
	h.Imported(chainhead.Block{Hash: hash(2), Parent: hash(1)}, hash(2))
	if _, ok := h.Finalized(chainhead.Finality{Canonical: []primitives.BlockID{id(1)}, Pruned: []primitives.BlockID{id(9)}, Best: hash(2), Oldest: 1, Limit: 9}); !ok {
		t.Fatal("stopped although it could not unpin")
	}
	// 9 was told when 0 was final: its state goes with that of 0.
	if _, ok := h.Finalized(chainhead.Finality{Canonical: []primitives.BlockID{id(2)}, Best: hash(2), Oldest: 1, Limit: 9}); ok {
		t.Fatal("not stopped although the state of a pruned block is gone")
	}
	if err := h.Unpin([]primitives.Hash{hash(9)}); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.Finalized(chainhead.Finality{Canonical: []primitives.BlockID{id(2)}, Best: hash(2), Oldest: 1, Limit: 9}); !ok {
		t.Fatal("stopped although the state of block 1 is there")
	}
}

// TestBestAlone: another block is best although none came and none became final.
func TestBestAlone(t *testing.T) {
	h, _ := chainhead.New(chainhead.Start{Finalized: []primitives.BlockID{id(0)}, Best: hash(0)})
	h.Imported(chainhead.Block{Hash: hash(1), Parent: hash(0)}, hash(0))
	h.Imported(chainhead.Block{Hash: hash(2), Parent: hash(0)}, hash(0))
	for _, best := range []byte{1, 2, 0} {
		events, ok := h.Finalized(chainhead.Finality{Best: hash(best), Limit: 9})
		if !ok || len(events) != 1 || events[0] != (chainhead.BestBlockChanged{Best: hash(best)}) {
			t.Errorf("best is %d: told %v, %t", best, events, ok)
		}
		for _, same := range []byte{best, 7} { // 7 was never told
			if events, ok := h.Finalized(chainhead.Finality{Best: hash(same), Limit: 9}); !ok || len(events) != 0 {
				t.Errorf("best is %d, then %d: told %v, %t", best, same, events, ok)
			}
		}
	}
}

func ExampleHead() {
	genesis, a, b := id(0), id(1), id(2)
	head, events := chainhead.New(chainhead.Start{Finalized: []primitives.BlockID{genesis}, Best: genesis.Hash})
	show := func(events []chainhead.Event) {
		for _, e := range events {
			fmt.Printf("%T\n", e)
		}
	}
	show(events)
	events, _ = head.Imported(chainhead.Block{Hash: a.Hash, Parent: genesis.Hash}, a.Hash)
	show(events)
	events, _ = head.Imported(chainhead.Block{Hash: b.Hash, Parent: genesis.Hash}, a.Hash)
	show(events)
	events, _ = head.Finalized(chainhead.Finality{Canonical: []primitives.BlockID{b}, Pruned: []primitives.BlockID{a}, Best: b.Hash, Limit: 512})
	show(events)
	// Output:
	// chainhead.Initialized
	// chainhead.BestBlockChanged
	// chainhead.NewBlock
	// chainhead.BestBlockChanged
	// chainhead.NewBlock
	// chainhead.BestBlockChanged
	// chainhead.Finalized
}
