package engine

import "github.com/rampart-chain/rampart/relay/primitives"

// clock is what a node takes for the time: the true time, off by a number of
// milliseconds that a step changes at once and a drift changes steadily. Like
// the clock of relay/node it never goes back within a life: after a step back
// it stands still until the time is past what was read last.
type clock struct {
	offset int64
	drift  int64 // millionths
	since  primitives.Millis
	last   primitives.Millis // read in this life
}

// read returns the node's time at the true time now.
func (c *clock) read(now primitives.Millis) primitives.Millis {
	c.last = max(c.last, c.at(now))
	return c.last
}

// at returns what an unclamped clock shows.
func (c *clock) at(now primitives.Millis) primitives.Millis {
	return primitives.Millis(max(0, int64(now)+c.offset+c.run(now)))
}

// run returns how far the drift has led since it was set.
func (c *clock) run(now primitives.Millis) int64 { return int64(now-c.since) * c.drift / 1_000_000 }

// alarm returns the true time at which a timer set at now rings: timers run for
// a duration, whatever becomes of the clock meanwhile.
func (c *clock) alarm(now, at primitives.Millis) primitives.Millis {
	if at <= c.last {
		return now
	}
	wait := int64(at-c.last) * 1_000_000
	return now + primitives.Millis((wait+999_999+max(c.drift, 0))/(1_000_000+c.drift))
}

// SetClock sets how far the clock of a node is from the true time, in
// milliseconds, and how many millionths it runs too fast. Before SetClock a
// clock is right.
func (e *Engine) SetClock(id NodeID, offset, drift int64) {
	c := &e.procs[id].clock
	c.offset, c.drift, c.since = offset, drift, e.now
}

// StepClock moves the clock of a node by milliseconds, forward or back.
func (e *Engine) StepClock(id NodeID, by int64) {
	c := &e.procs[id].clock
	c.offset, c.since = c.offset+c.run(e.now)+by, e.now
}

// Clock returns what the clock of a node shows, whether it runs or not.
func (e *Engine) Clock(id NodeID) primitives.Millis { return e.procs[id].clock.at(e.now) }
