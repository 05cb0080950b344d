package txpool

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// returns are the transactions of retracted blocks that are in no other block of
// the view, in the order in which they were left; nil if the shell did not give
// the extrinsic.
type returns struct {
	extrinsics map[primitives.Hash]primitives.Extrinsic
	order      []primitives.Hash
}

func (r *returns) add(hash primitives.Hash, x primitives.Extrinsic) {
	if old, ok := r.extrinsics[hash]; !ok {
		r.order = append(r.order, hash)
	} else if old != nil {
		return
	}
	r.extrinsics[hash] = x
}

// comeBack puts the transactions of retracted blocks back into the pool, as many
// as it has room for.
func (c *Core) comeBack() {
	count, bytes := 0, 0
	for _, hash := range c.returns.order {
		x, ok := c.returns.extrinsics[hash]
		if _, included := c.view.where[hash]; !ok || included || c.pool[hash] != nil {
			continue
		}
		delete(c.returns.extrinsics, hash)
		count, bytes = count+1, bytes+len(x)
		switch {
		case x == nil:
			c.notify(hash, Status{Kind: StatusDropped, Reason: ErrLost})
		case len(x) > c.params.MaxSize || c.params.Ready.exceeded(count, bytes):
			c.notify(hash, Status{Kind: StatusDropped, Reason: ErrDropped})
		default:
			t := c.add(hash, x, origin{source: InBlock, local: c.watches.of[hash] != nil})
			t.sent = !t.local // all that left the block have it
			c.validate(t)
		}
	}
	clear(c.returns.extrinsics)
	c.returns.order = nil
}

// repeat is an extrinsic that a user wants in the pool until Stop.
type repeat struct {
	hash      primitives.Hash
	extrinsic primitives.Extrinsic
}

// repeats are all of them; order is that of the requests.
type repeats struct {
	of    map[RequestID]repeat
	order []RequestID
	bytes int
}

// repeat takes up a Repeat.
func (c *Core) repeat(e Repeat) {
	hash, err := c.size(e.Extrinsic)
	r := &c.repeats
	if _, used := r.of[e.Request]; err == nil && (used || len(r.of) >= maxRepeats || r.bytes+len(e.Extrinsic) > maxRepeatsBytes) {
		err = ErrRepeats
	}
	if err != nil {
		c.emit(Refused{e.Request, hash, err})
		return
	}
	r.of[e.Request] = repeat{hash, e.Extrinsic}
	r.order = append(r.order, e.Request)
	r.bytes += len(e.Extrinsic)
	c.emit(Accepted{e.Request, hash})
	c.again(r.of[e.Request])
}

// stop ends a Repeat. The transaction stays where it is, and is gossiped again
// only if it is watched or repeated otherwise.
func (c *Core) stop(e Stop) {
	r := &c.repeats
	x, ok := r.of[e.Request]
	if !ok {
		c.emit(Refused{e.Request, primitives.Hash{}, ErrUnknownRequest})
		return
	}
	delete(r.of, e.Request)
	r.order = slices.DeleteFunc(r.order, func(id RequestID) bool { return id == e.Request })
	r.bytes -= len(x.extrinsic)
	c.emit(Accepted{e.Request, x.hash})
	if t := c.pool[x.hash]; t != nil && c.watches.of[x.hash] == nil && !r.has(x.hash) {
		c.unqueue(t)
	}
}

func (r *repeats) has(hash primitives.Hash) bool {
	for _, x := range r.of {
		if x.hash == hash {
			return true
		}
	}
	return false
}

// repeatAll puts every repeated extrinsic into the pool that is not there.
func (c *Core) repeatAll() {
	for _, id := range c.repeats.order {
		c.again(c.repeats.of[id])
	}
}

// again puts a repeated extrinsic into the pool, whatever became of it before.
func (c *Core) again(x repeat) {
	if t := c.pool[x.hash]; t != nil {
		if t.place == nowhere {
			t.local, t.sent = true, false
		} else {
			c.adopt(t)
		}
		return
	}
	_, included := c.view.where[x.hash]
	if included || c.validating.Count >= maxValidating || c.validating.Bytes+len(x.extrinsic) > maxValidatingBytes {
		return
	}
	c.validate(c.add(x.hash, x.extrinsic, origin{source: Local, local: true}))
}
