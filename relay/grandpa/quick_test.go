package grandpa

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// naive is a round by the definitions, without anything kept between votes.
type naive struct {
	set    *VoterSet
	blocks []*node
	votes  [2]map[int][]*node
}

func (v naive) weight(p phase, n *node) (w uint64) {
	for voter, targets := range v.votes[p] {
		if len(targets) > 1 || targets[0].descends(n) {
			w += v.set.At(voter).Weight
		}
	}
	return w
}

func (v naive) seen(p phase) (w uint64) {
	for voter := range v.votes[p] {
		w += v.set.At(voter).Weight
	}
	return w
}

// possible: is there a way in which n gets a supermajority of precommits, if the
// voters not seen vote for it and as many of the others equivocate as tolerated?
func (v naive) possible(n *node) bool {
	var equivocated, elsewhere uint64
	for voter, targets := range v.votes[precommit] {
		switch w := v.set.At(voter).Weight; {
		case len(targets) > 1:
			equivocated += w
		case !targets[0].descends(n):
			elsewhere += w
		}
	}
	tolerated := v.set.Total() - v.set.Threshold()
	left := tolerated - equivocated
	return v.weight(precommit, n)+v.set.Total()-v.seen(precommit)+min(elsewhere, left) >= v.set.Threshold()
}

func (v naive) state() (ghost, finalized, estimate *node, completable bool) {
	highest := func(among func(*node) bool) (best *node) {
		for _, n := range v.blocks {
			if among(n) && (best == nil || n.id.Number > best.id.Number) {
				best = n
			}
		}
		return best
	}
	threshold := v.set.Threshold()
	ghost = highest(func(n *node) bool { return v.weight(prevote, n) >= threshold })
	if ghost == nil {
		return nil, nil, nil, false
	}
	finalized = highest(func(n *node) bool { return ghost.descends(n) && v.weight(precommit, n) >= threshold })
	if v.seen(precommit) < threshold {
		return ghost, finalized, ghost, false
	}
	estimate = highest(func(n *node) bool { return ghost.descends(n) && v.possible(n) })
	child := highest(func(n *node) bool { return n != ghost && n.descends(ghost) && v.possible(n) })
	return ghost, finalized, estimate, estimate != nil && (estimate != ghost || child == nil)
}

func TestQuickRound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tree := newTree(primitives.BlockID{Number: 9}, nil)
		blocks := []*node{tree.root}
		for i := range rapid.IntRange(0, 15).Draw(t, "blocks") {
			parent := blocks[rapid.IntRange(max(0, len(blocks)-4), len(blocks)-1).Draw(t, "parent")]
			n, _ := tree.insert(primitives.Hash{byte(i + 1)}, primitives.Header{ParentHash: parent.id.Hash, Number: parent.id.Number + 1})
			blocks = append(blocks, n)
		}
		var authorities []primitives.GRANDPAAuthority
		for i, w := range rapid.SliceOfN(rapid.Uint64Range(1, 6), 1, 9).Draw(t, "weights") {
			authorities = append(authorities, primitives.GRANDPAAuthority{Key: voterKey(i), Weight: w})
		}
		set, _ := NewVoterSet(authorities)
		v := naive{set: set, blocks: blocks, votes: [2]map[int][]*node{{}, {}}}
		r := newRound(1, set, tree.root)
		bad := [2]uint64{}
		for range rapid.IntRange(1, 40).Draw(t, "votes") {
			p := phase(rapid.IntRange(0, 1).Draw(t, "phase"))
			voter := rapid.IntRange(0, set.Len()-1).Draw(t, "voter")
			target := blocks[rapid.IntRange(0, len(blocks)-1).Draw(t, "target")]
			before := v.votes[p][voter]
			if len(before) > 1 || len(before) == 1 && before[0] == target {
				if r.votes[p].known(voter, target.id) == nil {
					t.Fatal("a vote that adds nothing is taken as new")
				}
				continue
			}
			if len(before) == 1 {
				if bad[p]+set.At(voter).Weight > set.Total()-set.Threshold() {
					continue // more than a third equivocate: nothing is promised
				}
				bad[p] += set.At(voter).Weight
			}
			v.votes[p][voter] = append(before, target)
			vote(r, p, voter, target)
			ghost, finalized, estimate, completable := v.state()
			if r.ghost != ghost || r.finalized != finalized || r.estimate != estimate || r.completable != completable {
				t.Fatalf("got %+v, want ghost %v finalized %v estimate %v completable %v",
					r.state(), ghost.name(), finalized.name(), estimate.name(), completable)
			}
		}
	})
}
