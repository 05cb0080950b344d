package grandpa

import "github.com/rampart-chain/rampart/relay/primitives"

// RoundState is what a round means to the next one.
//
//frame:codec
type RoundState struct {
	// Ghost is the prevote-GHOST: the highest block with a supermajority of
	// prevotes. Without one the other fields are nil too.
	Ghost *primitives.BlockID
	// Finalized is the highest ancestor of Ghost, or Ghost, with a supermajority
	// of precommits.
	Finalized *primitives.BlockID
	// Estimate is the highest ancestor of Ghost, or Ghost, that has or could
	// still get a supermajority of precommits.
	Estimate *primitives.BlockID
	// Completable says that no block but Estimate and its ancestors can be
	// finalized in the round any more.
	Completable bool
}

// settled is the state of the round before the first of a set: base is final.
func settled(base primitives.BlockID) RoundState {
	return RoundState{Ghost: &base, Finalized: &base, Estimate: &base, Completable: true}
}

// round collects the votes of one round and knows its state.
type round struct {
	number primitives.Round
	voters *VoterSet
	base   *node
	votes  [2]tally // by phase
	// proposal is the primary's hint, if it came.
	proposal *ballot

	ghost, finalized, estimate *node
	completable                bool
}

// newRound returns the round without votes. Votes count if they are for base or
// a descendant, or equivocate.
func newRound(number primitives.Round, voters *VoterSet, base *node) *round {
	return &round{
		number: number, voters: voters, base: base,
		votes: [2]tally{newTally(voters, base), newTally(voters, base)},
	}
}

// locate returns where a vote for the block at counts, nil if nowhere: the block is
// not known, or not above the base. Such a vote is kept all the same. Nodes have
// different bases in a round; were a second vote below the base not seen here, a
// node that counts its voter for every block could go on to the next round alone.
func (r *round) locate(at *node) *node {
	if at == nil || !at.descends(r.base) {
		return nil
	}
	return at
}

// add counts a vote; see tally.add.
func (r *round) add(p phase, voter int, b *ballot) (equivocated bool) {
	equivocated = r.votes[p].add(voter, b)
	r.update()
	return equivocated
}

// place counts the votes for a block that was unknown until now.
func (r *round) place(n *node) {
	if r.proposal != nil && r.proposal.target == n.id {
		r.proposal.at = n
	}
	r.votes[prevote].place(n)
	r.votes[precommit].place(n)
	r.update()
}

// update derives the state of the round from its votes. GHOST, finalized block
// and completable only ever rise; the estimate only falls once there are
// threshold precommits.
//
// Source: paritytech/finality-grandpa src/round.rs, update.
func (r *round) update() {
	threshold := r.voters.Threshold()
	prevotes, precommits := &r.votes[prevote], &r.votes[precommit]
	if prevotes.seen < threshold {
		return
	}
	start := r.ghost
	if start == nil {
		start = r.base
	}
	r.ghost = ghost(start, func(n *node) bool { return prevotes.weight(n) >= threshold })
	if r.ghost == nil {
		return
	}
	if precommits.seen < threshold {
		r.estimate = r.ghost
		return
	}
	r.finalized = r.below(func(n *node) bool { return precommits.weight(n) >= threshold })
	// Only blocks with votes can still be possible once the threshold was seen:
	// the voters left and the equivocators tolerated are too few for another.
	r.estimate = r.below(precommits.possible)
	r.completable = r.estimate != nil && (r.estimate != r.ghost || !r.childPossible())
}

// below returns the highest of the GHOST and its ancestors that holds, or nil.
func (r *round) below(holds func(*node) bool) *node {
	for n := r.ghost; ; n = n.parent {
		if holds(n) {
			return n
		}
		if n == r.base {
			return nil
		}
	}
}

// childPossible reports whether a child of the GHOST could still be finalized.
func (r *round) childPossible() bool {
	for _, child := range r.ghost.children {
		if r.votes[precommit].possible(child) {
			return true
		}
	}
	return false
}

// state returns the state of the round for the next one.
func (r *round) state() RoundState {
	return RoundState{
		Ghost: r.ghost.name(), Finalized: r.finalized.name(), Estimate: r.estimate.name(),
		Completable: r.completable,
	}
}

// message returns a vote of phase p for target.
func (p phase) message(target primitives.BlockID) primitives.GRANDPAMessage {
	if p == prevote {
		return primitives.Prevote{TargetBlock: target}
	}
	return primitives.Precommit{TargetBlock: target}
}

// signed returns a counted vote as it was signed.
func (r *round) signed(p phase, voter int, b *ballot) primitives.SignedMessage {
	return primitives.SignedMessage{
		Message: p.message(b.target), Signature: b.signature, ID: r.voters.At(voter).Key,
	}
}

// commit returns a block above floor with precommits that prove its finality:
// the highest with a supermajority, and for each voter one precommit for it or a
// descendant. Equivocators who voted for neither are left out, so that it may be
// lower than finalized; nil if nothing above floor is proven so.
func (r *round) commit(floor primitives.BlockNumber) (*node, primitives.Commit) {
	precommits := &r.votes[precommit]
	threshold := r.voters.Threshold()
	target := ghost(r.base, func(n *node) bool { return precommits.weight(n) >= threshold })
	for n := target; n != nil && n.id.Number > floor; n = n.parent {
		c := primitives.Commit{Target: n.id}
		var weight uint64
		for voter, b := range precommits.votes {
			if signed, ok := r.precommitOn(n, voter, b); ok {
				c.Precommits = append(c.Precommits, signed)
				weight += r.voters.At(voter).Weight
			}
		}
		if weight >= threshold {
			return n, c
		}
	}
	return nil, primitives.Commit{}
}

// precommitOn returns a precommit of voter for n or a descendant.
func (r *round) precommitOn(n *node, voter int, b ballots) (signed primitives.SignedPrecommit, ok bool) {
	b.each(func(b *ballot) {
		if !ok && b.at != nil && b.at.descends(n) {
			ok = true
			signed = primitives.SignedPrecommit{
				Precommit: primitives.Precommit{TargetBlock: b.target},
				Signature: b.signature, ID: r.voters.At(voter).Key,
			}
		}
	})
	return signed, ok
}
