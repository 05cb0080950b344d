package grandpa

import "github.com/rampart-chain/rampart/relay/primitives"

// catchUpPatience is how long an unanswered request keeps others from being
// made, in gossip periods.
const catchUpPatience = 12

// catchUpRequest is the request made last; the zero value if none was.
type catchUpRequest struct {
	to    Peer
	round primitives.Round
	until primitives.Millis
}

// each calls yield for every vote.
func (m CatchUp) each(yield func(phase, primitives.SignedMessage)) {
	for _, v := range m.Prevotes {
		yield(prevote, primitives.SignedMessage{Message: v.Prevote, Signature: v.Signature, ID: v.ID})
	}
	for _, v := range m.Precommits {
		yield(precommit, primitives.SignedMessage{Message: v.Precommit, Signature: v.Signature, ID: v.ID})
	}
}

// catchUp returns the votes of r, but for those for blocks unknown here.
func (c *Core) catchUp(r *round) CatchUp {
	m := CatchUp{Set: c.set, Round: r.number}
	for voter := range r.voters.Len() {
		id := r.voters.At(voter).Key
		r.votes[prevote].counted(voter).each(func(b *ballot) {
			m.Prevotes = append(m.Prevotes, primitives.SignedPrevote{
				Prevote: primitives.Prevote{TargetBlock: b.target}, Signature: b.signature, ID: id,
			})
		})
		r.votes[precommit].counted(voter).each(func(b *ballot) {
			m.Precommits = append(m.Precommits, primitives.SignedPrecommit{
				Precommit: primitives.Precommit{TargetBlock: b.target}, Signature: b.signature, ID: id,
			})
		})
	}
	return m
}

// requestCatchUp asks a peer that is two or more rounds ahead for the round it
// has completed.
func (c *Core) requestCatchUp(now primitives.Millis, from Peer, s Summary) {
	if s.Set != c.set || s.Round < c.rounds.current.number+2 || now < c.request.until {
		return
	}
	c.request = catchUpRequest{to: from, round: s.Round - 1, until: now + catchUpPatience*c.params.Period}
	c.emit(SendTo{To: from, Messages: []Message{CatchUpRequest{Set: c.set, Round: s.Round - 1}}})
}

// catchUpRequested answers with the votes of the previous round, which is
// complete.
func (c *Core) catchUpRequested(from Peer, m CatchUpRequest) error {
	if err := c.ofSet(m.Set); err != nil {
		return err
	}
	previous := c.rounds.previous
	if previous == nil || !previous.completable || m.Round > previous.number {
		return ErrNoCatchUp
	}
	c.emit(SendTo{To: from, Messages: []Message{c.catchUp(previous)}})
	return nil
}

// catchUpReceived goes on in the round after the one the votes complete. Votes
// for unknown blocks wait for them.
func (c *Core) catchUpReceived(now primitives.Millis, from Peer, m CatchUp) (rejected bool, err error) {
	if err := c.ofSet(m.Set); err != nil {
		return false, err
	}
	if m.Round <= c.rounds.current.number {
		return false, ErrOldRound
	}
	if from != c.request.to || m.Round < c.request.round {
		// Perhaps it was: before another peer was asked, or this node started
		// again.
		return false, ErrUnrequested
	}
	limit := 2 * c.voters.Len()
	if len(m.Prevotes) > limit || len(m.Precommits) > limit {
		return true, ErrTooManyVotes
	}
	r := newRound(m.Round, c.voters, c.tree.root)
	m.each(func(p phase, s primitives.SignedMessage) {
		if err == nil {
			rejected, err = c.countCatchUp(r, p, s)
		}
	})
	if err != nil {
		return rejected, err
	}
	if !r.completable {
		return c.incomplete(from, r, m)
	}
	for _, p := range []phase{prevote, precommit} {
		for voter, b := range r.votes[p].votes {
			if b.equivocated() {
				c.emit(Equivocation{
					Set: c.set, Round: r.number,
					First: r.signed(p, voter, b.first), Second: r.signed(p, voter, b.second),
				})
			}
		}
	}
	c.request = catchUpRequest{}
	c.followFinalized(r)
	current := newRound(m.Round+1, c.voters, c.finalRound)
	if next := c.rounds.next; next != nil && next.number == current.number {
		current = next
	}
	c.begin(now, r, current)
	return false, nil
}

// incomplete judges a catch-up that completes nothing: it is the peer's fault
// only if every vote could be counted.
func (c *Core) incomplete(from Peer, r *round, m CatchUp) (rejected bool, err error) {
	err = ErrIncomplete
	var targets []primitives.BlockID
	m.each(func(_ phase, s primitives.SignedMessage) {
		target := s.Message.Target()
		targets = append(targets, target)
		if at := c.tree.nodes[target.Hash]; at == nil || !at.descends(r.base) {
			err = ErrUnknownBlock
		}
	})
	c.fetch(from, targets)
	return err == ErrIncomplete, err
}

// countCatchUp verifies and counts one vote of a catch-up.
func (c *Core) countCatchUp(r *round, p phase, s primitives.SignedMessage) (rejected bool, err error) {
	voter, ok := c.voters.Index(s.ID)
	if !ok {
		return true, ErrUnknownVoter
	}
	target := s.Message.Target()
	at, err := c.tree.find(target)
	if err == ErrWrongNumber {
		return true, err
	}
	if err := r.votes[p].known(voter, target); err != nil {
		return true, err
	}
	if !c.params.Verifier.Ed25519(s.ID, primitives.GRANDPAPayload(s.Message, r.number, c.set), s.Signature) {
		return true, ErrBadSignature
	}
	r.add(p, voter, &ballot{target: target, signature: s.Signature, at: r.locate(at)})
	return false, nil
}
