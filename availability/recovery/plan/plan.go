package plan

import (
	"slices"

	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/parachain/shared/chacha"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Params bound a recovery. The zero value of a field is its default.
type Params struct {
	// Parallel bounds the asks that are waited for, and again as many that are
	// late. Default 8.
	Parallel int
	// Small is the largest payload that backers are asked for first, in bytes.
	// Default 128 KiB.
	Small int
	// Patience is how long an answer is waited for before another validator is
	// asked meanwhile. Default 500 ms.
	Patience primitives.Millis
	// Pause is the time between two rounds. Default 1 s.
	Pause primitives.Millis
	// Deadline is when to give up, after Begin. Default 30 s.
	Deadline primitives.Millis
}

func (p Params) withDefaults() Params {
	if p.Parallel <= 0 {
		p.Parallel = 8
	}
	if p.Small <= 0 {
		p.Small = 128 << 10
	}
	if p.Patience == 0 {
		p.Patience = 500
	}
	if p.Pause == 0 {
		p.Pause = 1_000
	}
	if p.Deadline == 0 {
		p.Deadline = 30_000
	}
	return p
}

// Target is what is recovered.
type Target struct {
	// Validators is how many validators the data is split among.
	Validators int
	// Backers are the members of the backing group.
	Backers []primitives.ValidatorIndex
	// Own is this node among the validators, nil if it is none; it is not asked.
	Own *primitives.ValidatorIndex
	// Held are the indices of chunks that are held already.
	Held []primitives.ValidatorIndex
	// Size is the size of the payload in bytes, as far as is known; 0: unknown.
	Size int
}

// phase is what is being asked for.
type phase uint8

const (
	fromBackers phase = iota // all data, because it is small
	fromAll                  // chunks
	lastResort               // all data, because chunks are missing
)

// ask is a request under way.
type ask struct {
	id    uint64
	from  primitives.ValidatorIndex
	chunk bool
	since primitives.Millis
}

// Core plans one recovery. It is used by one goroutine.
type Core struct {
	params   Params
	target   Target
	need     int // chunks
	rand     *chacha.Rand
	now      primitives.Millis
	deadline primitives.Millis
	held     map[primitives.ValidatorIndex]bool
	liars    map[primitives.ValidatorIndex]bool
	phase    phase
	order    []primitives.ValidatorIndex // still to be asked in this phase
	rest     primitives.Millis           // the phase begins then
	asks     []ask
	ids      uint64
	over     bool
	out      []Effect
}

// New returns a Core that waits for Begin. seed decides in which order validators
// are asked. It returns erasure.ErrValidatorCount if the target has too few or too
// many validators.
func New(p Params, t Target, seed [32]byte) (*Core, error) {
	need, err := erasure.RecoveryThreshold(t.Validators)
	if err != nil {
		return nil, err
	}
	c := &Core{
		params: p.withDefaults(), target: t, need: need, rand: chacha.New(seed),
		held: map[primitives.ValidatorIndex]bool{}, liars: map[primitives.ValidatorIndex]bool{},
	}
	for _, v := range t.Held {
		c.held[v] = true
	}
	return c, nil
}

// Step takes one event and returns what to do about it, in order. now must not
// decrease. After Assemble, Accept or GiveUp nothing follows.
func (c *Core) Step(now primitives.Millis, ev Event) []Effect {
	c.now, c.out = max(c.now, now), nil
	if c.over {
		return nil
	}
	switch ev := ev.(type) {
	case Begin:
		c.deadline = c.now + c.params.Deadline
		if c.target.Size > 0 && c.target.Size <= c.params.Small {
			c.enter(fromBackers, 0)
		} else {
			c.enter(fromAll, 0)
		}
	case Chunk:
		if a, ok := c.end(ev.ID); ok {
			c.held[a.from] = true
		}
	case Data:
		if _, ok := c.end(ev.ID); ok {
			c.finish(Accept(ev))
			return c.out
		}
	case Absent:
		c.end(ev.ID)
	case Failed:
		c.end(ev.ID)
	case Lied:
		if a, ok := c.end(ev.ID); ok {
			c.liars[a.from] = true
			c.out = append(c.out, Blame(ev))
		}
	}
	switch {
	case len(c.held) >= c.need:
		c.finish(Assemble{})
	case c.now >= c.deadline:
		c.finish(GiveUp{})
	default:
		c.advance()
	}
	return c.out
}

// Next returns when Step wants a Wake; false when it is over.
func (c *Core) Next() (primitives.Millis, bool) {
	if c.over {
		return 0, false
	}
	first := c.deadline
	for _, a := range c.asks {
		if late := a.since + c.params.Patience; late > c.now {
			first = min(first, late)
		}
	}
	if c.rest > c.now {
		first = min(first, c.rest)
	}
	return first, true
}

// advance asks for what can be asked now, and goes to the next phase when all of
// this one were asked and nobody is waited for with patience.
func (c *Core) advance() {
	for c.now >= c.rest {
		c.order = slices.DeleteFunc(c.order, func(v primitives.ValidatorIndex) bool { return c.liars[v] })
		for len(c.order) > 0 && c.mayAsk() {
			c.ask()
		}
		if len(c.order) > 0 || c.patient() > 0 {
			return
		}
		switch c.phase {
		case fromBackers:
			c.enter(fromAll, c.now)
		case fromAll:
			c.enter(lastResort, c.now)
		case lastResort:
			c.enter(fromAll, c.now+c.params.Pause)
		}
	}
}

// enter begins a phase at a moment.
func (c *Core) enter(p phase, at primitives.Millis) {
	c.phase, c.rest, c.order = p, at, nil
	candidates := c.target.Backers
	if p == fromAll {
		candidates = make([]primitives.ValidatorIndex, c.target.Validators)
		for v := range candidates {
			candidates[v] = primitives.ValidatorIndex(v)
		}
	}
	for _, v := range candidates {
		own := c.target.Own != nil && v == *c.target.Own
		asked := slices.ContainsFunc(c.asks, func(a ask) bool { return a.from == v && a.chunk == (p == fromAll) })
		if !own && !asked && int64(v) < int64(c.target.Validators) && (p != fromAll || !c.held[v]) {
			c.order = append(c.order, v)
		}
	}
	c.rand.Shuffle(len(c.order), func(i, j int) { c.order[i], c.order[j] = c.order[j], c.order[i] })
}

// mayAsk says whether one more validator may be asked: of chunks, as many are
// waited for with patience as are missing; of all data, one.
func (c *Core) mayAsk() bool {
	if c.phase == fromAll {
		return c.patient() < min(c.need-len(c.held), c.params.Parallel) && len(c.asks) < 2*c.params.Parallel
	}
	data := 0
	for _, a := range c.asks {
		if !a.chunk {
			data++
		}
	}
	return c.patient() == 0 && data < 2
}

// patient returns how many asks are not late.
func (c *Core) patient() int {
	n := 0
	for _, a := range c.asks {
		if c.now < a.since+c.params.Patience {
			n++
		}
	}
	return n
}

// ask asks the next validator.
func (c *Core) ask() {
	c.ids++
	a := ask{c.ids, c.order[0], c.phase == fromAll, c.now}
	c.order, c.asks = c.order[1:], append(c.asks, a)
	if a.chunk {
		c.out = append(c.out, AskChunk{a.id, a.from})
	} else {
		c.out = append(c.out, AskData{a.id, a.from})
	}
}

// end forgets ask id and returns it; false if it is not under way.
func (c *Core) end(id uint64) (ask, bool) {
	i := slices.IndexFunc(c.asks, func(a ask) bool { return a.id == id })
	if i < 0 {
		return ask{}, false
	}
	a := c.asks[i]
	c.asks = slices.Delete(c.asks, i, i+1)
	return a, true
}

// finish breaks everything off and says how it ended.
func (c *Core) finish(last Effect) {
	for _, a := range c.asks {
		c.out = append(c.out, Drop{a.id})
	}
	c.asks, c.over = nil, true
	c.out = append(c.out, last)
}
