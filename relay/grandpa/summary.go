package grandpa

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// maxMissing bounds the messages sent in answer to one summary.
const maxMissing = 4096

// Summary returns what this node has, to be sent to a peer on connecting and to
// each neighbor once per slot.
func (c *Core) Summary() Summary {
	s := Summary{Set: c.set, Round: c.rounds.current.number, Finalized: c.final.id.Number}
	for _, r := range c.live() {
		s.Rounds = append(s.Rounds, RoundSummary{
			Round: r.number, Proposal: r.proposal != nil,
			Prevotes: r.votes[prevote].held(), Precommits: r.votes[precommit].held(),
		})
	}
	return s
}

// held returns two bits per voter: has voted, has equivocated.
func (t *tally) held() scale.BitVec {
	bits := scale.NewBitVec(2 * len(t.votes))
	for voter, b := range t.votes {
		bits.Set(2*voter, b.first != nil)
		bits.Set(2*voter+1, b.equivocated())
	}
	return bits
}

// Missing returns what a peer with summary s lacks and this node has, at most
// 4096 messages: the last commit, and votes of the rounds both follow. Whoever
// is further behind asks for a catch-up.
func (c *Core) Missing(s Summary) []Message {
	var missing []Message
	last := c.commits.last
	if last.Round != 0 && last.Set == s.Set && last.Commit.Target.Number > s.Finalized {
		missing = append(missing, last)
	}
	if s.Set != c.set || c.checkSummary(s) != nil {
		return missing
	}
	for _, r := range c.live() {
		if r.number+1 < s.Round || r.number > s.Round+1 {
			continue
		}
		missing = append(missing, c.missingOf(r, s)...)
	}
	return missing[:min(len(missing), maxMissing)]
}

// missingOf returns the votes of r that a peer with summary s lacks.
func (c *Core) missingOf(r *round, s Summary) []Message {
	var missing []Message
	send := func(m primitives.SignedMessage) {
		missing = append(missing, Vote{Set: c.set, Round: r.number, Signed: m})
	}
	var theirs RoundSummary
	for _, t := range s.Rounds {
		if t.Round == r.number {
			theirs = t
		}
	}
	if r.proposal != nil && !theirs.Proposal {
		send(primitives.SignedMessage{
			Message:   primitives.PrimaryPropose{TargetBlock: r.proposal.target},
			Signature: r.proposal.signature, ID: c.voters.At(c.voters.Primary(r.number)).Key,
		})
	}
	for _, p := range []phase{prevote, precommit} {
		held := [...]scale.BitVec{theirs.Prevotes, theirs.Precommits}[p]
		for voter, b := range r.votes[p].votes {
			has := func(bit int) bool { return held.Len() > 0 && held.Get(2*voter+bit) }
			if b.first != nil && !has(0) || b.equivocated() && !has(1) {
				b.each(func(b *ballot) { send(r.signed(p, voter, b)) })
			}
		}
	}
	return missing
}

// checkSummary returns ErrBadSummary if s, of this set, does not fit it.
func (c *Core) checkSummary(s Summary) error {
	last := primitives.Round(0)
	for _, r := range s.Rounds {
		bits := 2 * c.voters.Len()
		if r.Prevotes.Len() != bits || r.Precommits.Len() != bits || r.Round <= last ||
			r.Round+1 < s.Round || r.Round > s.Round+1 {
			return ErrBadSummary
		}
		last = r.Round
	}
	return nil
}

// summaryReceived sends a peer what it lacks, and asks for what only a catch-up
// gives.
func (c *Core) summaryReceived(now primitives.Millis, from Peer, s Summary) (rejected bool, err error) {
	if s.Set == c.set {
		if err := c.checkSummary(s); err != nil {
			return true, err
		}
	}
	if missing := c.Missing(s); len(missing) > 0 {
		c.emit(SendTo{To: from, Messages: missing})
	}
	c.fetch(from, c.unplaced())
	c.requestCatchUp(now, from, s)
	return false, nil
}
