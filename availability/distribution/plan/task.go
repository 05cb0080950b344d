package plan

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// task is the own chunk of a candidate that a recent block shows pending.
type task struct {
	Candidate
	block   *block // that showed it first
	held    bool
	order   []primitives.ValidatorIndex // still to be asked in this round
	rest    primitives.Millis           // the next round begins then
	fetches []*fetch                    // under way
	liars   []primitives.ValidatorIndex
}

// fetch is a request for a chunk that is under way.
type fetch struct {
	id    uint64
	task  *task
	from  primitives.ValidatorIndex
	since primitives.Millis
}

func newTask(b *block, candidate Candidate) *task { return &task{Candidate: candidate, block: b} }

// round returns whom to ask in a round: the backing group in random order, then
// some other validators.
func (c *Core) round(t *task) []primitives.ValidatorIndex {
	out := func(v primitives.ValidatorIndex) bool {
		return v == *t.block.Own || int64(v) >= int64(t.block.Validators) || slices.Contains(t.liars, v)
	}
	order := slices.DeleteFunc(slices.Clone(t.Backers), out)
	c.rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	var others []primitives.ValidatorIndex
	for v := range primitives.ValidatorIndex(t.block.Validators) {
		if !out(v) && !slices.Contains(t.Backers, v) {
			others = append(others, v)
		}
	}
	n := min(c.params.Strangers, len(others))
	c.rand.PartialShuffle(len(others), n, func(i, j int) { others[i], others[j] = others[j], others[i] })
	return append(order, others[len(others)-n:]...)
}

// pursue asks for the chunk of t what can be asked now.
func (c *Core) pursue(t *task) {
	for !t.held && c.now >= t.rest && len(c.fetches) < c.params.Parallel && c.mayAsk(t) {
		if len(t.order) == 0 {
			if len(t.fetches) > 0 {
				return
			}
			t.order = c.round(t)
			t.rest = c.now
			if len(t.order) == 0 { // nobody else is there
				t.rest = c.now + c.params.Slot/2
				return
			}
		}
		from := t.order[0]
		t.order = t.order[1:]
		c.ids++
		f := &fetch{c.ids, t, from, c.now}
		c.fetches[f.id], t.fetches = f, append(t.fetches, f)
		c.out = append(c.out, Fetch{
			ID: f.id, Candidate: t.Hash, Root: t.Root, Session: t.block.Session, Validators: t.block.Validators,
			Index: *t.block.Own, From: from, Number: t.block.Number,
		})
	}
}

// mayAsk says whether another validator may be asked: if none is being waited for
// with patience, and there are not too many.
func (c *Core) mayAsk(t *task) bool {
	patient := func(f *fetch) bool { return c.now < f.since+c.params.Patience }
	return len(t.fetches) < c.params.Spread && !slices.ContainsFunc(t.fetches, patient)
}

// ended takes in how a fetch ended.
func (c *Core) ended(ev Ended) {
	f := c.fetches[ev.ID]
	if f == nil {
		return
	}
	t := f.task
	delete(c.fetches, f.id)
	t.fetches = slices.DeleteFunc(t.fetches, func(other *fetch) bool { return other == f })
	switch ev.Outcome {
	case Fetched:
		c.held(t)
		return
	case Lied:
		t.liars = append(t.liars, f.from)
		c.out = append(c.out, Blame{f.id})
	}
	if len(t.order) == 0 && len(t.fetches) == 0 {
		t.rest = c.now + c.params.Slot/2
	}
}

// held notes that the own chunk of t is stored.
func (c *Core) held(t *task) {
	if t.held {
		return
	}
	t.held = true
	c.drop(t)
	c.out = append(c.out, Held{t.Hash})
}

// drop breaks off the fetches of t.
func (c *Core) drop(t *task) {
	for _, f := range t.fetches {
		delete(c.fetches, f.id)
		c.out = append(c.out, Drop{f.id})
	}
	t.fetches = nil
}
