package backing_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestDisabled: what a validator says that is disabled is ignored, and what it said
// before does not count where it is disabled.
func TestDisabled(t *testing.T) {
	t.Parallel()
	c := newChain(t, 7, simParas...)
	before := *c.leaf
	c.grow(nil)
	after := *c.leaf
	after.Disabled = []primitives.ValidatorIndex{1}
	core := backing.New(backing.Params{Verifier: stub, Slot: 1000}, prospective.New())
	b, _ := build(&before, 2000, 0, 1, true)
	core.Step(0, backing.ActiveLeaf{Leaf: &before})
	say := func(leaf *prospective.Leaf, kind primitives.StatementKind, v primitives.ValidatorIndex, b built) (reason error) {
		for _, e := range core.Step(0, backing.Received{From: "p", Message: statement(c, leaf, kind, v, b)}) {
			if verdict, ok := e.(backing.Verdict); ok {
				reason = verdict.Reason
			}
		}
		return reason
	}
	if err := say(&before, primitives.Seconded, 0, b); err != nil {
		t.Fatal(err)
	}
	if err := say(&before, primitives.Valid, 1, b); err != nil {
		t.Fatal(err)
	}
	core.Step(0, backing.ActiveLeaf{Leaf: &after})
	if n := len(core.BackedCandidates(before.Hash)); n != 1 {
		t.Errorf("%d candidates backed where nobody is disabled, want 1", n)
	}
	if n := len(core.BackedCandidates(after.Hash)); n != 0 {
		t.Errorf("%d candidates backed by a disabled validator", n)
	}
	if err := say(&before, primitives.Valid, 2, b); err != nil {
		t.Fatal(err)
	}
	backed := core.BackedCandidates(after.Hash)
	if len(backed) != 1 || len(backed[0].ValidityVotes) != 2 {
		t.Errorf("got %v, want the two votes that count", backed)
	}
	core.Step(0, backing.LeafGone{Leaf: before.Hash})
	fresh, _ := build(&after, 2000, 0, 2, true)
	for _, kind := range []primitives.StatementKind{primitives.Seconded, primitives.Valid} {
		if kind == primitives.Valid {
			if err := say(&after, primitives.Seconded, 0, fresh); err != nil {
				t.Fatal(err)
			}
		}
		if err := say(&after, kind, 1, fresh); err != backing.ErrDisabled {
			t.Errorf("statement of a disabled validator: got %v", err)
		}
	}
	// A disabled node does not vote.
	own := backing.New(backing.Params{Keys: []primitives.SR25519Public{after.Validators[1]}, Verifier: stub, Slot: 1000}, prospective.New())
	own.Step(0, backing.ActiveLeaf{Leaf: &after})
	for _, e := range own.Step(0, backing.Received{From: "p", Message: statement(c, &after, primitives.Seconded, 0, fresh)}) {
		if _, ok := e.(backing.FetchPoV); ok {
			t.Error("a disabled node looks at a candidate")
		}
	}
}
