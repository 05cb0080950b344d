package grandpa

import "github.com/rampart-chain/rampart/relay/primitives"

// maxReach bounds how far above the last final block a vote reaches, in blocks,
// so that a justification's ancestry stays within its bound of 1024 headers.
const maxReach = 512

// kind is what a voter may sign once per round: the two phases, and the
// primary's proposal.
const (
	proposal = phase(2)
	kinds    = 3
)

// stage is how far a key's message of one kind is in the current round.
type stage uint8

const (
	idle stage = iota
	asked
	done // signed and sent, or given up
)

// ownKey is a key of this node that is in the voter set.
type ownKey struct {
	voter  int
	stages [kinds]stage
	// resign are votes made before the restart.
	resign []Sign
}

// kindOf returns the kind of a vote.
func kindOf(m primitives.GRANDPAMessage) phase {
	switch m.(type) {
	case primitives.Prevote:
		return prevote
	case primitives.Precommit:
		return precommit
	}
	return proposal
}

// lastState returns the state of the round before the current one, or nil if it
// is not known. Its estimate is there.
func (c *Core) lastState() *RoundState {
	r := &c.rounds
	if r.previous != nil && r.previous.completable {
		state := r.previous.state()
		return &state
	}
	if r.inherited != nil && r.inherited.Estimate != nil {
		return r.inherited
	}
	return nil
}

// lastKnown reports whether lastState is not nil.
func (c *Core) lastKnown() bool {
	r := &c.rounds
	return r.previous != nil && r.previous.completable || r.inherited != nil && r.inherited.Estimate != nil
}

// voteTime returns the next time at which a vote of the current round is due.
// Votes that wait for something else are not.
func (c *Core) voteTime() (at primitives.Millis, due bool) {
	if !c.lastKnown() {
		return 0, false
	}
	at = ^primitives.Millis(0)
	for _, k := range c.own {
		switch {
		case k.stages[prevote] == idle && !c.rounds.prevoteDue:
			at, due = min(at, c.rounds.started+2*c.params.Period), true
		case k.stages[prevote] == done && k.stages[precommit] == idle && !c.rounds.precommitDue:
			at, due = min(at, c.rounds.started+4*c.params.Period), true
		}
	}
	return at, due
}

// vote asks for the signatures of the votes that are due.
func (c *Core) vote(now primitives.Millis) {
	r := &c.rounds
	r.prevoteDue = now >= r.started+2*c.params.Period || r.current.completable
	r.precommitDue = now >= r.started+4*c.params.Period || r.current.completable
	last := c.lastState()
	if last == nil || c.disk.done != c.disk.asked {
		return
	}
	for i := range c.own {
		k := &c.own[i]
		c.propose(k, last)
		if target := c.prevoteTarget(k, last); target != nil {
			c.ask(k, prevote, primitives.Prevote{TargetBlock: target.id})
		}
		if target := c.precommitTarget(k, last); target != nil {
			c.ask(k, precommit, primitives.Precommit{TargetBlock: target.id})
		}
	}
}

// ask emits Sign, unless the key is known to have voted: then that vote stands.
func (c *Core) ask(k *ownKey, kind phase, m primitives.GRANDPAMessage) {
	if kind != proposal && c.rounds.current.votes[kind].votes[k.voter].first != nil {
		k.stages[kind] = done
		return
	}
	k.stages[kind] = asked
	c.emit(Sign{Set: c.set, Round: c.rounds.current.number, Key: c.voters.At(k.voter).Key, Message: m})
}

// propose hints at the estimate of the last round if this node is the primary
// and the estimate is not known to be final.
func (c *Core) propose(k *ownKey, last *RoundState) {
	r := c.rounds.current
	if k.stages[proposal] != idle || k.stages[prevote] != idle || k.voter != c.voters.Primary(r.number) {
		return
	}
	if last.Finalized != nil && last.Estimate.Number <= last.Finalized.Number {
		return
	}
	c.ask(k, proposal, primitives.PrimaryPropose{TargetBlock: *last.Estimate})
}

// prevoteTarget returns what k is to prevote now, or nil: the best block that
// contains the last round's estimate, or the primary's proposal if that lies
// between the estimate and the last round's prevote-GHOST. It never lies past
// the next set change. If the best block lies below or elsewhere, the estimate
// itself is voted for, which is all that is known to be allowed.
//
// Source: paritytech/finality-grandpa src/voter/voting_round.rs,
// construct_prevote.
func (c *Core) prevoteTarget(k *ownKey, last *RoundState) *node {
	r := &c.rounds
	if k.stages[prevote] != idle || !r.prevoteDue {
		return nil
	}
	from, _ := c.tree.find(*last.Estimate)
	if from == nil {
		return nil
	}
	if p := r.current.proposal; p != nil && p.at != nil && p.at.descends(from) {
		if ghost, _ := c.tree.find(*last.Ghost); ghost != nil && ghost.descends(p.at) {
			from = p.at
		}
	}
	switch {
	case c.final.descends(from):
		from = c.final
	case !from.descends(c.final):
		return nil // the estimate will fall to an ancestor of the final block
	}
	best := c.tree.nodes[c.best]
	if best == nil || !best.descends(from) {
		return from
	}
	end := c.final.id.Number + maxReach
	if change := c.tree.limit(best); change != nil {
		end = min(end, change.Effective)
	}
	end = max(end, from.id.Number)
	if best.id.Number > end {
		best = best.at(end)
	}
	return best
}

// precommitTarget returns what k is to precommit now, or nil: the prevote-GHOST,
// once it contains the last round's estimate.
func (c *Core) precommitTarget(k *ownKey, last *RoundState) *node {
	r := &c.rounds
	if k.stages[prevote] != done || k.stages[precommit] != idle || !r.precommitDue || r.current.ghost == nil {
		return nil
	}
	estimate, _ := c.tree.find(*last.Estimate)
	if estimate == nil || !r.current.ghost.descends(estimate) {
		return nil
	}
	return r.current.ghost
}

// signAgain asks once more for the signatures of votes made before a restart, in
// the current and the previous round.
func (c *Core) signAgain() {
	for i := range c.own {
		k := &c.own[i]
		for _, s := range k.resign {
			current := s.Round == c.rounds.current.number
			if current {
				k.stages[kindOf(s.Message)] = asked
			}
			if current || c.rounds.previous != nil && s.Round == c.rounds.previous.number {
				c.emit(s)
			}
		}
		k.resign = nil
	}
}

// signed counts and sends a vote of this node.
func (c *Core) signed(ev Signed) {
	s := ev.Request
	voter, ok := c.voters.Index(s.Key)
	r, err := c.round(s.Round)
	if s.Set != c.set || !ok || err != nil {
		return
	}
	kind := kindOf(s.Message)
	for i := range c.own {
		if c.own[i].voter == voter && r == c.rounds.current {
			c.own[i].stages[kind] = done
		}
	}
	if ev.Refused {
		c.alarm(ErrSignRefused, s.Message.Target())
		return
	}
	target := s.Message.Target()
	at, _ := c.tree.find(target)
	b := &ballot{target: target, signature: ev.Signature, at: at}
	switch {
	case kind == proposal:
		r.proposal = b
	case r.votes[kind].known(voter, target) == nil:
		b.at = r.locate(at)
		r.add(kind, voter, b)
	}
	c.emit(Broadcast{Vote{Set: c.set, Round: s.Round, Signed: primitives.SignedMessage{
		Message: s.Message, Signature: ev.Signature, ID: s.Key,
	}}})
}
