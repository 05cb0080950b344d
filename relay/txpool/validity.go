package txpool

import (
	"math"
	"math/bits"
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// validated takes what the runtime said of a transaction.
func (c *Core) validated(e Validated) {
	t := c.pool[e.Hash]
	if t == nil || !t.asked || e.At != t.askedAt {
		return // of a transaction that left, or left and came back
	}
	t.asked = false
	if !c.view.known(e.At) {
		if t.attempts++; t.attempts < maxAttempts {
			c.validate(t)
			return
		}
		e.Validity = Unknown{}
	}
	t.attempts = 0
	switch v := e.Validity.(type) {
	case Valid:
		c.valid(t, v, e.At)
	case Invalid:
		c.bans.add(t.hash, c.now, c.params.BanTime)
		j := Ignore
		if v.Always {
			j = Reject
		}
		c.refuse(t, because(ErrInvalid, v.Reason), j)
	case Unknown:
		if t.place == nowhere {
			c.refuse(t, because(ErrUnknown, v.Reason), Ignore)
		}
	default:
		if t.place == nowhere {
			c.refuse(t, ErrUnknown, Ignore)
		}
	}
	c.graph.settle()
	c.enforce()
	if c.pool[t.hash] == t && t.place != nowhere {
		c.accepted(t)
	}
}

// refuse takes t out of the pool as invalid.
func (c *Core) refuse(t *transaction, reason error, j Judgment) {
	c.respond(t, reason, j)
	c.leave(t, Status{Kind: StatusInvalid, Reason: reason})
}

// valid puts t into its place by a validity read after block.
func (c *Core) valid(t *transaction, v Valid, block primitives.BlockID) {
	till := saturatingAdd(uint64(block.Number), v.Longevity)
	if err := c.fits(v, block, till); err != nil {
		c.refuse(t, err, Ignore)
		return
	}
	rivals, sum := c.rivals(t, v)
	if len(rivals) > 0 && sum >= v.Priority {
		c.respond(t, PriorityError{Old: sum, New: v.Priority}, Ignore)
		if t.place == nowhere && c.watches.of[t.hash] == nil {
			c.remove(t)
			return
		}
		c.leave(t, Status{Kind: StatusUsurped, By: rivals[0].hash, Reason: ErrReplaced})
		return
	}
	next := &transaction{valid: v, checking: checking{block: block}}
	keep := true // what depends on t, or on its rival, stays as it is
	if t.place == nowhere {
		c.account(t, -1)
	} else {
		keep = len(rivals) == 0 && c.graph.inherits(next, t)
		c.graph.unlink(t)
	}
	for _, rival := range rivals {
		keep = keep && len(rivals) == 1 && c.graph.inherits(next, rival)
		c.leave(rival, Status{Kind: StatusUsurped, By: t.hash, Reason: ErrReplaced})
	}
	if !keep {
		c.graph.settle()
	}
	changed := !slices.Equal(t.valid.Requires, v.Requires)
	t.valid, t.block, t.till, t.checked, t.doubted = v, block, till, block.Number, false
	if t.peer != nil {
		c.peers[t.peer.name] = t.peer // a rival may have been the last of its own
	}
	c.graph.link(t)
	if changed || t.place == future {
		t.unfit = false
	}
}

// fits returns why a transaction cannot be in the pool.
func (c *Core) fits(v Valid, block primitives.BlockID, till uint64) error {
	if err := v.check(); err != nil {
		return err
	}
	if !v.Propagate && !c.params.Author {
		return ErrUnactionable
	}
	if till <= uint64(c.view.best.Number) {
		return ErrStale
	}
	for _, tag := range v.Provides {
		if number, ok := c.graph.included[tag]; ok && number > block.Number {
			return ErrIncluded
		}
	}
	return nil
}

// rivals returns the others that provide a tag of v, in the order of its tags,
// and the sum of their priorities.
func (c *Core) rivals(t *transaction, v Valid) (rivals []*transaction, sum uint64) {
	for _, tag := range v.Provides {
		if p := c.graph.provider[tag]; p != nil && p != t && !slices.Contains(rivals, p) {
			rivals = append(rivals, p)
			sum = saturatingAdd(sum, p.valid.Priority)
		}
	}
	return rivals, sum
}

func saturatingAdd(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	if carry != 0 {
		return math.MaxUint64
	}
	return sum
}
