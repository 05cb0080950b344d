package plan

import (
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/parachain/shared/chacha"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Params bound the work. The zero value of a field is its default.
type Params struct {
	// Slot is the duration of a slot. Default 6 s.
	Slot primitives.Millis
	// Patience is how long a validator is waited for before another is asked
	// meanwhile. Default an eighth of a slot.
	Patience primitives.Millis
	// Parallel bounds the fetches under way. Default 16.
	Parallel int
	// Spread bounds the fetches of one chunk under way. Default 2.
	Spread int
	// Strangers is how many validators outside the backing group are asked in a
	// round. Default 4.
	Strangers int
	// Depth is how many blocks below the highest one a block may be for what it
	// shows pending to be fetched. Default 8.
	Depth primitives.BlockNumber
	// KeepSessions is how many sessions before the finalized one are kept: as many
	// as disputes may go back. Default 6.
	KeepSessions primitives.SessionIndex
}

func (p Params) withDefaults() Params {
	if p.Slot == 0 {
		p.Slot = 6_000
	}
	if p.Patience == 0 {
		p.Patience = max(p.Slot/8, 1)
	}
	if p.Parallel <= 0 {
		p.Parallel = 16
	}
	if p.Spread <= 0 {
		p.Spread = 2
	}
	if p.Strangers <= 0 {
		p.Strangers = 4
	}
	if p.Depth == 0 {
		p.Depth = 8
	}
	if p.KeepSessions == 0 {
		p.KeepSessions = 6
	}
	return p
}

// block is an imported block that is recent.
type block struct {
	Block
	due  primitives.Millis // of its bitfield
	sent bool              // or there is none
}

// Core plans the fetches of one node. It is used by one goroutine.
type Core struct {
	params  Params
	rand    *chacha.Rand
	now     primitives.Millis
	highest primitives.BlockNumber
	blocks  []*block // in order of arrival
	tasks   []*task  // in order of arrival
	fetches map[uint64]*fetch
	ids     uint64
	last    map[primitives.SessionIndex]primitives.BlockNumber // finalized
	out     []Effect
}

// New returns a Core. seed decides in which order validators are asked; nodes
// should have different ones.
func New(p Params, seed [32]byte) *Core {
	return &Core{
		params: p.withDefaults(), rand: chacha.New(seed), fetches: map[uint64]*fetch{},
		last: map[primitives.SessionIndex]primitives.BlockNumber{},
	}
}

// Step takes one event and returns what to do about it, in order. now must not
// decrease.
func (c *Core) Step(now primitives.Millis, ev Event) []Effect {
	c.now, c.out = max(c.now, now), nil
	switch ev := ev.(type) {
	case Block:
		c.block(ev)
	case Stored:
		if t := c.task(ev.Candidate); t != nil {
			c.held(t)
		}
	case Ended:
		c.ended(ev)
	case Finalized:
		c.finalized(ev)
	}
	for _, t := range c.tasks {
		c.pursue(t)
	}
	c.bitfields()
	return c.out
}

// Next returns when Step wants a Wake; false if only events matter.
func (c *Core) Next() (primitives.Millis, bool) {
	var first primitives.Millis
	found := false
	at := func(t primitives.Millis) {
		if t > c.now && (!found || t < first) {
			first, found = t, true
		}
	}
	for _, b := range c.blocks {
		if !b.sent {
			at(b.due)
		}
	}
	for _, t := range c.tasks {
		if !t.held {
			at(t.rest)
		}
	}
	for f := range maps.Values(c.fetches) {
		at(f.since + c.params.Patience)
	}
	return first, found
}

// Pending returns how many chunks are wanted and not held.
func (c *Core) Pending() int {
	n := 0
	for _, t := range c.tasks {
		if !t.held {
			n++
		}
	}
	return n
}

// block takes in what a block shows pending.
func (c *Core) block(in Block) {
	known := slices.ContainsFunc(c.blocks, func(b *block) bool { return b.Hash == in.Hash })
	if known || in.Own == nil || in.Number+c.params.Depth < c.highest {
		return
	}
	b := &block{Block: in, due: c.now + c.params.Slot/4, sent: len(in.Occupied) == 0}
	c.blocks = append(c.blocks, b)
	for _, candidate := range in.Occupied {
		t := c.task(candidate.Hash)
		if t == nil {
			t = newTask(b, candidate)
			c.tasks = append(c.tasks, t)
		}
		if candidate.Held {
			c.held(t)
		}
	}
	if in.Number > c.highest {
		c.highest = in.Number
		c.forget()
	}
}

// forget drops blocks that are too far below the highest one, and the tasks that
// no other block shows.
func (c *Core) forget() {
	c.blocks = slices.DeleteFunc(c.blocks, func(b *block) bool { return b.Number+c.params.Depth < c.highest })
	shown := map[primitives.Hash]bool{}
	for _, b := range c.blocks {
		for _, candidate := range b.Occupied {
			shown[candidate.Hash] = true
		}
	}
	c.tasks = slices.DeleteFunc(c.tasks, func(t *task) bool {
		if !shown[t.Hash] {
			c.drop(t)
		}
		return !shown[t.Hash]
	})
}

// bitfields sends the bitfields that are due.
func (c *Core) bitfields() {
	for _, b := range c.blocks {
		if b.sent {
			continue
		}
		held := map[primitives.CoreIndex]bool{}
		for _, candidate := range b.Occupied {
			if c.task(candidate.Hash).held {
				held[candidate.Core] = true
			}
		}
		if len(held) < len(b.Occupied) && c.now < b.due {
			continue
		}
		b.sent = true
		c.out = append(c.out, Bitfield{
			Block: b.Hash, Number: b.Number, Session: b.Session, Own: *b.Own,
			Bits: bitfield.New(b.Cores, func(core primitives.CoreIndex) bool { return held[core] }),
		})
	}
}

// finalized prunes the sessions that are more than KeepSessions before the one
// that is final now.
func (c *Core) finalized(ev Finalized) {
	c.last[ev.Session] = max(c.last[ev.Session], ev.Number)
	var upTo primitives.BlockNumber
	for session, last := range c.last {
		if uint64(session)+uint64(c.params.KeepSessions) < uint64(ev.Session) {
			upTo = max(upTo, last)
			delete(c.last, session)
		}
	}
	if upTo > 0 {
		c.out = append(c.out, Prune{upTo})
	}
}

// task returns the task of a candidate, or nil.
func (c *Core) task(candidate primitives.Hash) *task {
	i := slices.IndexFunc(c.tasks, func(t *task) bool { return t.Hash == candidate })
	if i < 0 {
		return nil
	}
	return c.tasks[i]
}
