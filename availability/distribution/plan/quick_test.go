package plan

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// conduct is what a validator does when it is asked.
type conduct uint8

const (
	has conduct = iota
	absent
	silent
	lying
)

// pending is a fetch that ends at a moment.
type pending struct {
	Fetch
	at primitives.Millis
}

// world is a validator and those it asks. It checks every effect.
type world struct {
	r        *rapid.T
	core     *Core
	parallel int
	n        int
	own      primitives.ValidatorIndex
	conducts []conduct
	now      primitives.Millis
	wanted   int
	running  []pending
	held     map[primitives.Hash]bool
	due      map[primitives.Hash]primitives.Millis // of bitfields
	lies     int                                   // less blames
	liars    map[Fetch]bool                        // by candidate and from
}

const quickSlot = 1200

func newWorld(r *rapid.T) *world {
	n := rapid.IntRange(2, 20).Draw(r, "validators")
	w := &world{
		r: r, n: n, parallel: rapid.IntRange(1, 6).Draw(r, "parallel"),
		own:      primitives.ValidatorIndex(rapid.IntRange(0, n-1).Draw(r, "own")),
		conducts: rapid.SliceOfN(rapid.SampledFrom([]conduct{has, absent, silent, lying}), n, n).Draw(r, "conducts"),
		held:     map[primitives.Hash]bool{}, due: map[primitives.Hash]primitives.Millis{}, liars: map[Fetch]bool{},
	}
	w.core = New(Params{Slot: quickSlot, Parallel: w.parallel, Depth: 1000}, [32]byte{rapid.Byte().Draw(r, "seed")})
	return w
}

func (w *world) step(ev Event) {
	for _, effect := range w.core.Step(w.now, ev) {
		switch e := effect.(type) {
		case Fetch:
			w.fetch(e)
		case Drop:
			w.running = slices.DeleteFunc(w.running, func(p pending) bool { return p.ID == e.ID })
		case Blame:
			w.lies--
		case Held:
			w.held[e.Candidate] = true
		case Bitfield:
			w.bitfield(e)
		}
	}
	if len(w.running) > w.parallel {
		w.r.Fatalf("%d fetches at once", len(w.running))
	}
	if w.lies != 0 {
		w.r.Fatalf("%d lies more than blames", w.lies)
	}
}

func (w *world) fetch(e Fetch) {
	if e.From == w.own || e.Index != w.own || w.held[e.Candidate] || w.liars[Fetch{Candidate: e.Candidate, From: e.From}] {
		w.r.Fatalf("fetch of chunk %d from %d, held %t", e.Index, e.From, w.held[e.Candidate])
	}
	delay := rapid.IntRange(1, quickSlot/6).Draw(w.r, "delay")
	if w.conducts[e.From] == silent {
		delay = quickSlot / 2
	}
	w.running = append(w.running, pending{e, w.now + primitives.Millis(delay)})
}

func (w *world) bitfield(e Bitfield) {
	if at, open := w.due[e.Block]; !open || w.now > at {
		w.r.Fatalf("bitfield of block %d at %d, due at %d, first %t", e.Number, w.now, at, open)
	}
	delete(w.due, e.Block)
	for i := range e.Bits.Len() {
		if e.Bits.Get(i) != w.held[primitives.Hash{byte(e.Number), byte(i)}] {
			w.r.Fatalf("bit %d of block %d is %t", i, e.Number, e.Bits.Get(i))
		}
	}
}

// show imports a block with candidates, of each of which another than this node
// has the data, unless it is held already.
func (w *world) show(number int) {
	b := Block{Hash: primitives.Hash{255, byte(number)}, Number: primitives.BlockNumber(number), Validators: w.n, Own: &w.own, Cores: 3}
	index := rapid.Map(rapid.IntRange(0, w.n-1), func(v int) primitives.ValidatorIndex { return primitives.ValidatorIndex(v) })
	for i := range rapid.IntRange(0, 3).Draw(w.r, "candidates") {
		c := Candidate{Core: primitives.CoreIndex(i), Hash: primitives.Hash{byte(number), byte(i)}}
		c.Backers = rapid.SliceOfNDistinct(index, 1, w.n, rapid.ID).Draw(w.r, "backers")
		c.Held = !slices.ContainsFunc(c.Backers, func(v primitives.ValidatorIndex) bool { return v != w.own && w.conducts[v] == has })
		b.Occupied = append(b.Occupied, c)
		w.wanted++
	}
	if len(b.Occupied) > 0 {
		w.due[b.Hash] = w.now + quickSlot/4
	}
	w.step(b)
}

// next lets happen what happens next, not later than a moment; false if nothing
// does.
func (w *world) next(until primitives.Millis) bool {
	i := -1
	for j, p := range w.running {
		if i < 0 || p.at < w.running[i].at {
			i = j
		}
	}
	wake, any := w.core.Next()
	switch {
	case i >= 0 && w.running[i].at <= until && (!any || w.running[i].at <= wake):
		p := w.running[i]
		w.running = slices.Delete(w.running, i, i+1)
		w.now = p.at
		outcome := map[conduct]Outcome{has: Fetched, absent: Absent, silent: Failed, lying: Lied}[w.conducts[p.From]]
		if outcome == Fetched && !slices.Contains(w.core.task(p.Candidate).Backers, p.From) {
			outcome = Absent // others than backers hold their own chunk only
		}
		if outcome == Fetched && rapid.IntRange(0, 2).Draw(w.r, "luck") == 0 {
			outcome = Failed
		}
		if outcome == Lied {
			w.lies++
			w.liars[Fetch{Candidate: p.Candidate, From: p.From}] = true
		}
		w.step(Ended{p.ID, outcome})
	case any && wake <= until:
		w.now = wake
		w.step(Wake{})
	default:
		return false
	}
	return true
}

// TestQuickEveryChunkIsFetched shows a validator blocks with candidates. It must
// hold every chunk in the end, send the bitfield of each block once and in time,
// saying what it holds, blame liars and nobody else, and keep within its bounds.
func TestQuickEveryChunkIsFetched(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(r)
		for number := range rapid.IntRange(1, 4).Draw(r, "blocks") {
			w.show(number)
			until := w.now + primitives.Millis(rapid.IntRange(0, quickSlot).Draw(r, "pause"))
			for w.next(until) {
			}
			w.now = until
		}
		for len(w.held) < w.wanted || len(w.due) > 0 {
			if !w.next(2_000 * quickSlot) {
				r.Fatalf("holds %d of %d chunks at %d, %d bitfields are open", len(w.held), w.wanted, w.now, len(w.due))
			}
		}
		if w.core.Pending() != 0 || len(w.core.fetches) != 0 {
			r.Fatalf("%d chunks pending, %d fetches under way", w.core.Pending(), len(w.core.fetches))
		}
	})
}
