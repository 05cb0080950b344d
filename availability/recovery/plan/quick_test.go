package plan

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/availability/erasure"
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

// pending is an ask that ends at a moment.
type pending struct {
	id    uint64
	from  primitives.ValidatorIndex
	chunk bool
	at    primitives.Millis
}

// world is who recovers and whom it asks. It checks every effect.
type world struct {
	r        *rapid.T
	core     *Core
	target   Target
	parallel int
	conducts []conduct
	full     bool // a backer that has a chunk has all data
	now      primitives.Millis
	running  []pending
	chunks   map[primitives.ValidatorIndex]bool
	liars    map[primitives.ValidatorIndex]bool
	lies     int // less blames
	end      Effect
}

func newWorld(r *rapid.T) *world {
	n := rapid.IntRange(1, 30).Draw(r, "validators")
	w := &world{
		r: r, parallel: rapid.IntRange(1, 8).Draw(r, "parallel"), full: rapid.Bool().Draw(r, "full"),
		conducts: rapid.SliceOfN(rapid.SampledFrom([]conduct{has, has, absent, silent, lying}), n, n).Draw(r, "conducts"),
		chunks:   map[primitives.ValidatorIndex]bool{}, liars: map[primitives.ValidatorIndex]bool{},
		target: Target{Validators: n, Size: rapid.SampledFrom([]int{0, 1000, 1 << 20}).Draw(r, "size")},
	}
	index := rapid.Map(rapid.IntRange(0, n-1), func(v int) primitives.ValidatorIndex { return primitives.ValidatorIndex(v) })
	w.target.Backers = rapid.SliceOfNDistinct(index, 0, min(n, 5), rapid.ID).Draw(r, "backers")
	if rapid.Bool().Draw(r, "validator") {
		own := index.Draw(r, "own")
		w.target.Own = &own
		if rapid.Bool().Draw(r, "held") {
			w.target.Held, w.chunks[own] = []primitives.ValidatorIndex{own}, true
		}
	}
	var err error
	if w.core, err = New(Params{Parallel: w.parallel}, w.target, [32]byte{rapid.Byte().Draw(r, "seed")}); err != nil {
		r.Fatal(err)
	}
	return w
}

func (w *world) step(ev Event) {
	for _, effect := range w.core.Step(w.now, ev) {
		if w.end != nil {
			w.r.Fatalf("%T after the end", effect)
		}
		switch e := effect.(type) {
		case AskChunk:
			if w.chunks[e.From] {
				w.r.Fatalf("chunk %d is asked for again", e.From)
			}
			w.ask(pending{id: e.ID, from: e.From, chunk: true})
		case AskData:
			w.ask(pending{id: e.ID, from: e.From})
		case Drop:
			w.running = slices.DeleteFunc(w.running, func(p pending) bool { return p.id == e.ID })
		case Blame:
			w.lies--
		default:
			w.end = effect
		}
	}
	if len(w.running) > 2*w.parallel+2 {
		w.r.Fatalf("%d asks at once", len(w.running))
	}
	if w.lies != 0 {
		w.r.Fatalf("%d lies more than blames", w.lies)
	}
}

func (w *world) ask(p pending) {
	if w.liars[p.from] || w.target.Own != nil && *w.target.Own == p.from {
		w.r.Fatalf("%d is asked", p.from)
	}
	delay := rapid.IntRange(1, 700).Draw(w.r, "delay")
	if w.conducts[p.from] == silent {
		delay = 3_000
	}
	p.at = w.now + primitives.Millis(delay)
	w.running = append(w.running, p)
}

// next lets happen what happens next.
func (w *world) next() {
	i := -1
	for j, p := range w.running {
		if i < 0 || p.at < w.running[i].at {
			i = j
		}
	}
	wake, any := w.core.Next()
	if i < 0 || any && wake < w.running[i].at {
		if !any || wake < w.now {
			w.r.Fatal("core waits for nothing")
		}
		w.now = wake
		w.step(Wake{})
		return
	}
	p := w.running[i]
	w.running = slices.Delete(w.running, i, i+1)
	w.now = p.at
	switch c := w.conducts[p.from]; {
	case c == lying:
		w.lies++
		w.liars[p.from] = true
		w.step(Lied{p.id})
	case c == silent:
		w.step(Failed{p.id})
	case c == absent, !p.chunk && !w.full:
		w.step(Absent{p.id})
	case p.chunk:
		w.chunks[p.from] = true
		w.step(Chunk{p.id})
	default:
		w.step(Data{p.id})
	}
}

// available says whether enough validators have a chunk, or one that is asked has
// all data.
func (w *world) available() bool {
	k, _ := erasure.RecoveryThreshold(w.target.Validators)
	chunks := len(w.target.Held)
	for v, c := range w.conducts {
		own := w.target.Own != nil && int(*w.target.Own) == v
		if c == has && !own {
			chunks++
		}
		if c == has && !own && w.full && slices.Contains(w.target.Backers, primitives.ValidatorIndex(v)) {
			return true
		}
	}
	return chunks >= k
}

// TestQuickRecoversWhatIsAvailable: if enough validators have a chunk, or a backer
// has all data, it comes, whatever the others do; else the core gives up at the
// deadline. Liars are blamed and nobody else.
func TestQuickRecoversWhatIsAvailable(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(r)
		w.step(Begin{})
		for steps := 0; w.end == nil; steps++ {
			if steps > 50_000 {
				r.Fatalf("no end at %d", w.now)
			}
			w.next()
		}
		if _, any := w.core.Next(); any || len(w.running) > 0 {
			r.Fatalf("%d asks go on after the end", len(w.running))
		}
		k, _ := erasure.RecoveryThreshold(w.target.Validators)
		_, gaveUp := w.end.(GiveUp)
		_, assemble := w.end.(Assemble)
		if gaveUp == w.available() || assemble && len(w.chunks) != k || gaveUp && w.now != 30_000 {
			r.Fatalf("ends with %T at %d with %d of %d chunks, available %t", w.end, w.now, len(w.chunks), k, w.available())
		}
	})
}
