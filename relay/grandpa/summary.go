package grandpa

import (
	"encoding/binary"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// maxMissing bounds the messages sent in answer to one summary.
const maxMissing = 4096

// Marks of a RoundSummary.
const (
	markNone = 0
	markTwo  = 255
)

// Summary returns what this node has, to be sent to a peer on connecting and to
// each neighbor once per slot.
func (c *Core) Summary() Summary {
	s := Summary{Set: c.set, Round: c.rounds.current.number, Finalized: c.final.id.Number, Salt: uint64(c.rounds.now)}
	m := newMarker(s.Salt)
	for _, r := range c.live() {
		s.Rounds = append(s.Rounds, RoundSummary{
			Round: r.number, Proposal: r.proposal != nil,
			Prevotes: m.all(&r.votes[prevote]), Precommits: m.all(&r.votes[precommit]),
		})
	}
	return s
}

// marker computes the marks of one salt.
type marker struct {
	salt  []byte
	marks map[primitives.Hash]byte
	// last is what was marked last: many vote for the same block. Its mark is 0 at
	// first, which is none.
	last     primitives.Hash
	lastMark byte
}

func newMarker(salt uint64) *marker {
	return &marker{salt: binary.LittleEndian.AppendUint64(nil, salt), marks: map[primitives.Hash]byte{}}
}

// of returns the mark of a voter's votes.
func (m *marker) of(b ballots) byte {
	switch {
	case b.first == nil:
		return markNone
	case b.equivocated():
		return markTwo
	}
	target := b.first.target.Hash
	if m.lastMark != 0 && m.last == target {
		return m.lastMark
	}
	mark, known := m.marks[target]
	if !known {
		h := primitives.Blake2b256(append(m.salt[:len(m.salt):len(m.salt)], target[:]...))
		mark = 1 + h[0]%254
		m.marks[target] = mark
	}
	m.last, m.lastMark = target, mark
	return mark
}

// all returns the marks of all voters.
func (m *marker) all(t *tally) []byte {
	marks := make([]byte, len(t.votes))
	for voter, b := range t.votes {
		marks[voter] = m.of(b)
	}
	return marks
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
	m := newMarker(s.Salt)
	for p, marks := range [][]byte{theirs.Prevotes, theirs.Precommits} {
		p := phase(p)
		for voter, b := range r.votes[p].votes {
			mark := byte(markNone)
			if len(marks) > 0 {
				mark = marks[voter]
			}
			if mark != markTwo && mark != m.of(b) {
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
		n := c.voters.Len()
		if len(r.Prevotes) != n || len(r.Precommits) != n || r.Round <= last ||
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
