package grandpa

import "github.com/rampart-chain/rampart/relay/primitives"

// phase is one of the two votes of a round.
type phase uint8

const (
	prevote phase = iota
	precommit
)

// ballot is one vote as received: target, signature, and where the target is in
// the tree, nil as long as the block is unknown, or if it is not above the base.
type ballot struct {
	target    primitives.BlockID
	signature primitives.Signature
	at        *node
}

// ballots are the votes of one voter in one phase. Two different ones are an
// equivocation; more are not kept, for they add nothing.
type ballots struct {
	first, second *ballot
}

func (b ballots) equivocated() bool { return b.second != nil }

// each calls yield for the votes there are.
func (b ballots) each(yield func(*ballot)) {
	if b.first != nil {
		yield(b.first)
	}
	if b.second != nil {
		yield(b.second)
	}
}

// tally counts the votes of one phase.
type tally struct {
	voters *VoterSet
	base   *node
	votes  []ballots // by voter
	// seen is the weight of all voters counted, equivocators included.
	seen uint64
	// equivocated is the weight of the equivocators, who count for every block.
	equivocated uint64
	// on is, per block, the weight of the voters with one vote, for the block or
	// a descendant.
	on map[*node]uint64
	// unplaced is the number of first votes that are not in the tree.
	unplaced int
}

func newTally(voters *VoterSet, base *node) tally {
	return tally{voters: voters, base: base, votes: make([]ballots, voters.Len()), on: map[*node]uint64{}}
}

// weight returns the weight of the votes for n: for it, for a descendant, or
// equivocating.
func (t *tally) weight(n *node) uint64 { return t.on[n] + t.equivocated }

// known returns ErrDuplicate or ErrEquivocated if a vote of voter for target
// adds nothing, else nil.
func (t *tally) known(voter int, target primitives.BlockID) error {
	b := t.votes[voter]
	switch {
	case b.first == nil:
		return nil
	case b.first.target == target, b.second != nil && b.second.target == target:
		return ErrDuplicate
	case b.second != nil:
		return ErrEquivocated
	}
	return nil
}

// counted returns the votes of a voter if they count: not a single one that is not
// in the tree.
func (t *tally) counted(voter int) ballots {
	b := t.votes[voter]
	if b.first != nil && b.first.at == nil && !b.equivocated() {
		return ballots{}
	}
	return b
}

// add counts a vote that known says nothing against, and reports whether it
// makes its voter an equivocator.
func (t *tally) add(voter int, b *ballot) (equivocated bool) {
	votes, weight := &t.votes[voter], t.voters.At(voter).Weight
	if votes.first == nil {
		votes.first = b
		if b.at == nil {
			t.unplaced++
			return false
		}
		t.seen += weight
		t.mark(b.at, weight)
		return false
	}
	if votes.first.at == nil {
		t.unplaced--
		t.seen += weight
	} else {
		t.mark(votes.first.at, -weight)
	}
	votes.second = b
	t.equivocated += weight
	return true
}

// mark adds weight, modulo 2^64, to n and its ancestors down to the base.
func (t *tally) mark(n *node, weight uint64) {
	for {
		t.on[n] += weight
		if n == t.base {
			return
		}
		n = n.parent
	}
}

// place counts the votes for n, which was unknown until now.
func (t *tally) place(n *node) {
	if t.unplaced == 0 {
		return
	}
	for voter, b := range t.votes {
		if b.first == nil || b.first.at != nil || b.second != nil || b.first.target.Hash != n.id.Hash {
			continue
		}
		if b.first.target != n.id {
			t.unplaced--
			t.votes[voter] = ballots{}
			continue
		}
		if !n.descends(t.base) {
			continue
		}
		t.unplaced--
		b.first.at = n
		weight := t.voters.At(voter).Weight
		t.seen += weight
		t.mark(n, weight)
	}
}

// ghost returns the highest block from start on that holds, where holds is true
// for at most one of a block's children, or nil if not even start does.
func ghost(start *node, holds func(*node) bool) *node {
	if start == nil || !holds(start) {
		return nil
	}
	for {
		next := start
		for _, child := range start.children {
			if holds(child) {
				next = child
				break
			}
		}
		if next == start {
			return start
		}
		start = next
	}
}

// possible reports whether n could still get a supermajority of precommits:
//
//	for(n) + (total − seen) + min(seen − for(n), (total − threshold) − equivocated) ≥ threshold
//
// that is, all who were not seen vote for it, and as many of those who voted
// elsewhere as are tolerated to equivocate do so.
//
// Source: paritytech/finality-grandpa src/round.rs, update.
func (t *tally) possible(n *node) bool {
	total, threshold := t.voters.Total(), t.voters.Threshold()
	tolerated := total - threshold
	tolerated -= min(tolerated, t.equivocated)
	votes := t.weight(n)
	return votes+(total-t.seen)+min(t.seen-votes, tolerated) >= threshold
}
