package grandpa

import (
	"encoding/binary"
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// commits is the commit protocol: who finalizes a block in a round tells the
// others after a delay, unless someone else did.
type commits struct {
	// last is the commit of the block finalized last, if it was finalized by
	// votes; Round 0 if there is none.
	last CommitMessage
	// heard is the highest block a peer's commit proved.
	heard primitives.BlockNumber
	due   bool
	at    primitives.Millis
}

// advance draws all conclusions from what is known at time now.
func (c *Core) advance(now primitives.Millis) {
	for {
		c.finalizeRounds(now)
		c.vote(now)
		if !c.roundOver() {
			break
		}
		c.nextRound(now)
	}
	if c.commits.due && now >= c.commits.at {
		c.commits.due = false
		if c.commits.heard < c.commits.last.Commit.Target.Number {
			c.emit(Broadcast{c.commits.last})
		}
	}
}

// finalizeRounds finalizes what the votes of the previous and current round
// prove.
func (c *Core) finalizeRounds(now primitives.Millis) {
	for _, r := range []*round{c.rounds.previous, c.rounds.current} {
		if r == nil || r.voters != c.voters {
			continue
		}
		if n, commit := r.commit(c.final.id.Number); n != nil {
			j, ok := c.justify(r.number, commit)
			if ok && c.finalize(now, n, j) && len(c.own) > 0 {
				c.commits.due, c.commits.at = true, now+c.commitDelay(r.number)
			}
		}
		c.followFinalized(r)
	}
}

// followFinalized raises the base of later rounds to what r finalized, if that
// is proven.
func (c *Core) followFinalized(r *round) {
	if n := r.finalized; n != nil && n.descends(c.finalRound) && c.final.descends(n) {
		c.finalRound = n
	}
}

// commitDelay returns how long to hold a commit back, 0 to Period: different for
// each voter and round, the same each time.
func (c *Core) commitDelay(round primitives.Round) primitives.Millis {
	key := c.voters.At(c.own[0].voter).Key
	seed := binary.LittleEndian.AppendUint64(key[:], uint64(c.set))
	seed = binary.LittleEndian.AppendUint64(seed, uint64(round))
	h := primitives.Blake2b256(seed)
	return primitives.Millis(binary.LittleEndian.Uint64(h[:]) % uint64(c.params.Period+1))
}

// finalize makes n final, proven by j, and reports whether it did. A block that
// conflicts with finality, or lies past a set change, raises an alarm.
func (c *Core) finalize(now primitives.Millis, n *node, j primitives.GRANDPAJustification) bool {
	if !n.descends(c.final) {
		c.alarm(ErrConflict, n.id)
		return false
	}
	change := c.tree.limit(n)
	if change != nil && n.id.Number > change.Effective {
		c.alarm(ErrPastSetChange, n.id)
		return false
	}
	enacts := change != nil && n.id.Number == change.Effective
	period := c.params.JustificationPeriod
	keep := enacts || period > 0 && n.id.Number/period > c.final.id.Number/period
	c.final = n
	c.commits.last = CommitMessage{Set: c.set, Round: j.Round, Commit: compact(j.Commit)}
	c.emit(Finalize{Block: n.id, Set: c.set, Round: j.Round, Justification: j, Keep: keep})
	if enacts {
		c.enact(now, n)
	}
	return true
}

// enact takes up the authority set that the finality of n puts in force.
func (c *Core) enact(now primitives.Millis, n *node) {
	change := c.tree.enact(n)
	voters, err := NewVoterSet(change.Authorities)
	if err != nil {
		panic("an authority change was let into the tree unchecked")
	}
	c.final, c.finalRound = n, n
	c.enter(c.set+1, voters)
	c.rounds.started = now
	c.emit(SetChanged{Block: n.id, Set: c.set, Authorities: change.Authorities})
	c.persist(State{Authorities: change.Authorities, Previous: settled(n.id)})
}

// finalizedElsewhere takes a block as final, enacting the set changes on the
// way.
func (c *Core) finalizedElsewhere(now primitives.Millis, block primitives.BlockID) {
	n, err := c.tree.find(block)
	if n == nil {
		if block.Number > c.final.id.Number {
			c.alarm(err, block)
		}
		return
	}
	if c.final.descends(n) {
		return
	}
	if !n.descends(c.final) {
		c.alarm(ErrConflict, block)
		return
	}
	for {
		change := c.tree.limit(n)
		if change == nil || change.Effective > n.id.Number {
			break
		}
		c.enact(now, n.at(change.Effective))
	}
	c.final = n
}

// roundOver reports whether the next round is to begin: the current one is
// completable, and this node waits for no signature or write with which it could
// vote in it.
//
// A vote that still cannot be made, because the last round's estimate is not in
// the chain of the GHOST, is given up: the estimate may be too high here for want
// of an equivocator's second vote that only those had who are ahead. For the same
// reason a round does not wait until the estimate of the one before is final, as
// finality-grandpa does; safety rests on each round's votes containing the
// estimate of the round before, and nothing else.
func (c *Core) roundOver() bool {
	if !c.rounds.current.completable {
		return false
	}
	if !c.lastKnown() || len(c.own) == 0 {
		return true
	}
	for _, k := range c.own {
		if slices.Contains(k.stages[:], asked) {
			return false
		}
	}
	return c.disk.done == c.disk.asked
}

// nextRound begins the round after the current, completable one.
func (c *Core) nextRound(now primitives.Millis) {
	next := c.rounds.next
	if next == nil {
		next = newRound(c.rounds.current.number+1, c.voters, c.finalRound)
	}
	c.begin(now, c.rounds.current, next)
}

// begin makes current the current round and previous, which must be completable,
// the one before it.
func (c *Core) begin(now primitives.Millis, previous, current *round) {
	c.rounds = rounds{previous: previous, current: current, started: now, now: now, running: true}
	for i := range c.own {
		c.own[i].stages = [kinds]stage{}
	}
	c.tree.advance(previous.base)
	c.persist(State{Authorities: c.voters.voters, Previous: previous.state(), Votes: c.catchUp(previous)})
}

// persist asks for s, completed by what is common to all states, to be made
// durable. Votes wait for that.
func (c *Core) persist(s State) {
	s.Base, s.Set, s.Pending = c.tree.root.id, c.set, c.tree.pending
	c.disk.asked++
	c.emit(Persist{Sequence: c.disk.asked, State: s})
}
