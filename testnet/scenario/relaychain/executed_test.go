package relaychain

import (
	"cmp"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// claimed returns a block number 1 of an author in a slot.
func claimed(w *World, author int, slot primitives.Slot) primitives.Block {
	claim := primitives.SecondaryPlainClaim{AuthorityIndex: primitives.AuthorityIndex(author), Slot: slot}
	return primitives.Block{Header: primitives.Header{
		ParentHash: w.genesis.Hash(), Number: 1,
		Digest: primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineBABE, Data: primitives.AppendBABEPreDigest(nil, claim)}},
	}}
}

// A block is executed by its author and two others, by turns all of them; by all
// nodes of a thorough simulation.
func TestExecutors(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 4, 7, 30} {
		w := NewWorld(1, n, Paras{})
		often := make([]int, n)
		for slot := range primitives.Slot(500) {
			author := int(slot) % n
			h := claimed(w, author, slot).Header
			count := 0
			for id := range n {
				if w.executes(engine.NodeID(id), h.Hash(), h) {
					count++
					often[id]++
				} else if id == author {
					t.Fatalf("n=%d: author %d does not execute its block", n, id)
				}
			}
			if want := min(n, 1+executors); count != want {
				t.Fatalf("n=%d: %d nodes execute a block, want %d", n, count, want)
			}
		}
		for id, times := range often {
			if times < 500/n {
				t.Errorf("n=%d: node %d executes %d of 500 blocks", n, id, times)
			}
		}
		w.thorough = true
		for id := range n {
			if h := claimed(w, 0, 1).Header; !w.executes(engine.NodeID(id), h.Hash(), h) {
				t.Errorf("n=%d: node %d of a thorough simulation does not execute a block", n, id)
			}
		}
	}
}

// Only what another node executed itself counts as compared.
func TestExecutedAgain(t *testing.T) {
	t.Parallel()
	o := NewObserver(NewWorld(1, 4, Paras{}), t.Fatalf)
	note := executedNote{block: claimed(o.world, 0, 1)}
	taken := note
	taken.taken = true
	o.observe(Start, 0, note)
	o.observe(Start, 0, note) // after a restart
	o.observe(Start, 1, taken)
	if o.executedAgain != 0 {
		t.Errorf("%d comparisons, want none", o.executedAgain)
	}
	o.observe(Start, 2, note)
	if o.executedAgain != 1 {
		t.Errorf("%d comparisons, want 1", o.executedAgain)
	}
}

// In a network without faults every block is compared twice, and by all others if
// nodes are thorough.
func TestBlocksAreCompared(t *testing.T) {
	t.Parallel()
	for name, thorough := range map[string]bool{"by some": false, "by all": true} {
		t.Run(name, func(t *testing.T) {
			const n = 7
			s := run(t, Config{Seed: 1, Nodes: n, Thorough: thorough})
			s.Run(20*SlotMillis + SlotMillis/2) // the last block is everywhere
			want := len(s.roots) * executors
			if thorough {
				want = len(s.roots) * (n - 1)
			}
			if s.executedAgain != want || want < 30 {
				t.Errorf("%d comparisons of %d blocks, want %d", s.executedAgain, len(s.roots), want)
			}
		})
	}
}

// A node whose state is another one is seen, though few execute a block.
func TestOtherStateIsSeen(t *testing.T) {
	t.Parallel()
	said := ""
	s := New(Config{Seed: 1, Nodes: 7, Fail: func(reason string) { said = cmp.Or(said, reason) }})
	s.Transact(true)
	for range 20 {
		s.Run(SlotMillis)
		n := s.nodes[0]
		best := n.tree.Best().Hash
		n.states[best] = changed(n.states[best], func(state *frame.State) {
			balances.TotalIssuance.Put(state, primitives.NewBalance(1<<63))
		})
	}
	if !containsText(said, "rejected an honest block") {
		t.Errorf("said %q, want that an honest block was rejected", said)
	}
}
