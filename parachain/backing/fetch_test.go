package backing_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestFetchSaysWhat: who fetches a PoV is told what it must hash to; the shell
// refuses any other answer, and reports who gave it.
func TestFetchSaysWhat(t *testing.T) {
	t.Parallel()
	c := newChain(t, 7, simParas...)
	core := backing.New(backing.Params{Keys: []primitives.SR25519Public{c.leaf.Validators[1]}, Verifier: stub, Slot: 1000}, prospective.New())
	core.Step(0, backing.ActiveLeaf{Leaf: c.leaf})
	b, _ := build(c.leaf, 2000, 0, 1, true)
	fetches := 0
	for _, e := range core.Step(0, backing.Received{From: "p", Message: statement(c, c.leaf, primitives.Seconded, 0, b)}) {
		if fetch, ok := e.(backing.FetchPoV); ok {
			fetches++
			if want := b.candidate.Descriptor.PoVHash; fetch.PoVHash != want {
				t.Errorf("PoV is to hash to %s, want %s", fetch.PoVHash, want)
			}
		}
	}
	if fetches != 1 {
		t.Errorf("%d fetches, want 1", fetches)
	}
}
