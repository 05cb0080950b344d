package txpool

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// follows are the statuses that may come after another; "" is the start.
var follows = map[StatusKind][]StatusKind{
	"":              {StatusFuture, StatusReady, StatusInBlock},
	StatusFuture:    {StatusReady, StatusInBlock, StatusUsurped, StatusDropped, StatusInvalid},
	StatusReady:     {StatusBroadcast, StatusFuture, StatusInBlock, StatusUsurped, StatusDropped, StatusInvalid},
	StatusBroadcast: {StatusBroadcast, StatusFuture, StatusInBlock, StatusUsurped, StatusDropped, StatusInvalid},
	StatusInBlock:   {StatusRetracted, StatusFinalized, StatusFinalityTimeout},
	StatusRetracted: {StatusFuture, StatusReady, StatusInBlock, StatusUsurped, StatusDropped, StatusInvalid},
}

// run is a random history of two pools that are told the same.
type run struct {
	t       *rapid.T
	world   *world
	core    *Core
	twin    *Core
	now     primitives.Millis
	best    string
	final   string
	names   []string // transactions
	pending []Validate
	// requests and heard are what is not answered yet, and last the status of
	// each watcher.
	requests map[RequestID]bool
	heard    map[Peer]int
	last     map[RequestID]StatusKind
	watching map[RequestID]bool
	next     RequestID
}

func newRun(t *rapid.T) *run {
	w := newWorld()
	p := Params{
		Ready: Limit{rapid.IntRange(1, 12).Draw(t, "ready"), 200}, Future: Limit{rapid.IntRange(1, 6).Draw(t, "future"), 100},
		MaxSize: 32, BanTime: 50, Regossip: 40, MaxWatchers: 20, Author: rapid.Bool().Draw(t, "author"), Provides: w.provides,
	}
	r := &run{t: t, world: w, core: New(p, w.id("G")), twin: New(p, w.id("G")), best: "G", final: "G",
		requests: map[RequestID]bool{}, heard: map[Peer]int{}, last: map[RequestID]StatusKind{}, watching: map[RequestID]bool{}}
	for i := range rapid.IntRange(3, 24).Draw(t, "transactions") {
		d := definition{
			priority: rapid.Uint64Range(1, 5).Draw(t, "priority"), longevity: 1000,
			dies: primitives.BlockNumber(rapid.SampledFrom([]int{0, 0, 3, 6}).Draw(t, "dies")),
			size: rapid.IntRange(1, 30).Draw(t, "size"), private: rapid.IntRange(0, 9).Draw(t, "private") == 0,
			bad: rapid.IntRange(0, 9).Draw(t, "bad") == 0,
		}
		if rapid.IntRange(0, 3).Draw(t, "nonced") > 0 {
			d.signer, d.nonce = rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "signer"), rapid.IntRange(0, 4).Draw(t, "nonce")
		} else {
			tag := rapid.SampledFrom([]Tag{"u", "v", "w", "x", "y", "z"})
			d.provides = rapid.SliceOfNDistinct(tag, 1, 3, rapid.ID).Draw(t, "provides")
			d.requires = rapid.SliceOfNDistinct(tag, 0, 2, rapid.ID).Draw(t, "requires")
		}
		name := fmt.Sprint("t", i)
		w.define(name, d)
		r.names = append(r.names, name)
	}
	return r
}

// act draws one event.
func (r *run) act() {
	t := r.t
	name := rapid.SampledFrom(r.names)
	switch rapid.IntRange(0, 12).Draw(t, "event") {
	case 0, 1, 2:
		r.next++
		watch := rapid.Bool().Draw(t, "watch")
		r.requests[r.next] = watch
		r.step(Submit{r.next, r.world.extrinsic(name.Draw(t, "submitted")), watch})
	case 3, 4:
		peer := rapid.SampledFrom([]Peer{"p", "q"}).Draw(t, "peer")
		r.heard[peer]++
		r.step(Heard{peer, r.world.extrinsic(name.Draw(t, "heard"))})
	case 5, 6, 7:
		r.answer(rapid.IntRange(0, 5).Draw(t, "answers"))
	case 8, 9:
		r.grow()
	case 10:
		r.finalize()
	case 11:
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			r.step(Sent{r.world.hash(name.Draw(t, "sent")), []Peer{"p"}})
		case 1:
			r.step(Unfit{[]primitives.Hash{r.world.hash(name.Draw(t, "unfit"))}})
		case 2:
			r.next++
			r.requests[r.next] = false
			r.step(Repeat{r.next, r.world.extrinsic(name.Draw(t, "repeated"))})
		case 3:
			id := RequestID(rapid.IntRange(1, 9).Draw(t, "stopped"))
			if _, open := r.requests[id]; !open {
				r.requests[id] = false
				r.step(Stop{id})
			}
		case 4:
			id := RequestID(rapid.IntRange(1, 9).Draw(t, "unwatched"))
			delete(r.watching, id)
			r.step(Unwatch{id})
		}
	case 12:
		r.now += primitives.Millis(rapid.IntRange(0, 60).Draw(t, "time"))
		r.step(Wake{})
	}
}

// answer answers n of what is to be validated, in any order.
func (r *run) answer(n int) {
	for ; n > 0 && len(r.pending) > 0; n-- {
		i := rapid.IntRange(0, len(r.pending)-1).Draw(r.t, "answered")
		v := r.pending[i]
		r.pending = slices.Delete(r.pending, i, i+1)
		answer := Validated{v.Hash, v.At, r.world.validity(nameOf(v.Extrinsic), v.At.Hash)}
		if rapid.IntRange(0, 19).Draw(r.t, "unknown") == 0 {
			answer.Validity = Unknown{}
		}
		r.step(answer)
	}
}

// grow makes a block on one of the last few and takes it as the best.
func (r *run) grow() {
	parent := r.best
	for n := rapid.IntRange(0, 2).Draw(r.t, "back"); n > 0 && parent != r.final; n-- {
		parent = r.world.blocks[parent].parent
	}
	var body []string
	name := fmt.Sprint("b", len(r.world.blocks))
	r.world.block(name, parent, nil)
	for _, x := range rapid.SliceOfNDistinct(rapid.SampledFrom(r.names), 0, 4, rapid.ID).Draw(r.t, "body") {
		// A block has what is valid, in order.
		if v, ok := r.world.validity(x, r.world.id(name).Hash).(Valid); ok && len(v.Requires) == 0 && v.check() == nil {
			body = append(body, x)
			r.world.block(name, parent, body)
		}
	}
	e := r.world.route(r.best, name)
	r.best = name
	if rapid.IntRange(0, 9).Draw(r.t, "lossy") == 0 {
		e.Retracted = nil
	}
	r.step(e)
}

// finalize makes an ancestor of the best block final.
func (r *run) finalize() {
	var e Finalized
	for b := r.best; b != r.final; b = r.world.blocks[b].parent {
		e.Blocks = append(e.Blocks, r.world.id(b))
	}
	slices.Reverse(e.Blocks)
	e.Blocks = e.Blocks[:rapid.IntRange(0, len(e.Blocks)).Draw(r.t, "finals")]
	if len(e.Blocks) > 0 {
		r.final = r.world.blockNames[e.Blocks[len(e.Blocks)-1].Hash]
	}
	r.step(e)
}

func (r *run) step(e Event) {
	effects := r.core.Step(r.now, e)
	twin := r.twin.Step(r.now, e)
	if a, b := fmt.Sprint(effects), fmt.Sprint(twin); a != b {
		r.t.Fatalf("%T: two pools differ:\n%s\n%s", e, a, b)
	}
	for _, effect := range effects {
		r.take(effect)
	}
	if err := check(r.core); err != nil {
		r.t.Fatalf("after %T: %v", e, err)
	}
	r.compare()
}

func (r *run) take(effect Effect) {
	switch e := effect.(type) {
	case Validate:
		r.pending = append(r.pending, e)
	case Accepted:
		r.answered(e.Request)
		if r.requests[e.Request] {
			r.watching[e.Request] = true
		}
		delete(r.requests, e.Request)
	case Refused:
		r.answered(e.Request)
		delete(r.requests, e.Request)
	case Judged:
		if r.heard[e.From]--; r.heard[e.From] < 0 || (e.Judgment == Accept) != (e.Reason == nil) {
			r.t.Fatalf("%+v", e)
		}
	case Notify:
		for _, id := range e.Watchers {
			if !r.watching[id] || !slices.Contains(follows[r.last[id]], e.Status.Kind) {
				r.t.Fatalf("watcher %d of %s: %s after %q", id, r.world.names[e.Hash], e.Status.Kind, r.last[id])
			}
			if r.last[id] = e.Status.Kind; e.Status.Final() {
				delete(r.watching, id)
			}
		}
	}
}

func (r *run) answered(id RequestID) {
	if _, ok := r.requests[id]; !ok {
		r.t.Fatalf("request %d answered twice", id)
	}
}

// compare compares the pool with a naive one: ready are those that can be put in
// some order in which each has what it requires, from others or from the chain.
func (r *run) compare() {
	isReady := map[*transaction]bool{}
	has := func(t *transaction, tag Tag) bool {
		for other := range isReady {
			if slices.Contains(other.valid.Provides, tag) {
				return true
			}
		}
		for b := r.best; r.world.blocks[b].number > t.block.Number; b = r.world.blocks[b].parent {
			for _, x := range r.world.blocks[b].body {
				if slices.Contains(r.world.definitions[x].provides, tag) {
					return true
				}
			}
		}
		return false
	}
	for again := true; again; {
		again = false
		for _, t := range r.core.pool {
			if t.place != nowhere && !isReady[t] && !slices.ContainsFunc(t.valid.Requires, func(tag Tag) bool { return !has(t, tag) }) {
				isReady[t], again = true, true
			}
		}
	}
	for _, t := range r.core.pool {
		if t.place != nowhere && isReady[t] != (t.place == ready) {
			r.t.Fatalf("%q in place %d, ready is %t", t.extrinsic, t.place, isReady[t])
		}
	}
	for id := range r.watching {
		hash := r.core.watches.by[id]
		if _, ok := r.core.watches.by[id]; !ok {
			r.t.Fatalf("watcher %d is forgotten after %s", id, r.last[id])
		}
		t := r.core.pool[hash]
		want := StatusRetracted // while it awaits validity again
		switch {
		case t == nil:
			want = StatusInBlock
		case t.place == ready:
			want = StatusReady
		case t.place == future:
			want = StatusFuture
		}
		if last := r.last[id]; last != want && !(last == StatusBroadcast && want == StatusReady) {
			r.t.Fatalf("watcher %d last heard %s, want %s", id, last, want)
		}
	}
}

// TestQuickHistories: whatever happens in whatever order, the pool is what a
// naive one is, within its bounds; every question has one answer; every watcher
// sees a path of the automaton that ends where the transaction is; and two pools
// do the same.
func TestQuickHistories(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(t)
		for range rapid.IntRange(1, 80).Draw(t, "events") {
			r.act()
		}
		for len(r.pending) > 0 {
			r.answer(len(r.pending))
		}
		if len(r.requests) > 0 || r.heard["p"]+r.heard["q"] > 0 {
			t.Fatalf("not answered: %v, %v", r.requests, r.heard)
		}
		for r.final != r.best {
			r.finalize()
		}
		for id := range r.watching {
			if r.last[id] == StatusInBlock {
				t.Fatalf("watcher %d does not know that the block is final", id)
			}
		}
	})
}

// TestQuickOrder compares what an author gets with the best of what is left,
// chosen again and again.
func TestQuickOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(t)
		for _, name := range r.names {
			r.next++
			r.requests[r.next] = false
			r.step(Submit{r.next, r.world.extrinsic(name), false})
			r.answer(1)
		}
		refused := map[string]bool{}
		for _, name := range rapid.SliceOf(rapid.SampledFrom(r.names)).Draw(t, "refused") {
			refused[name] = true
		}
		var left []*transaction
		left = append(left, r.core.graph.ready.items...)
		given := map[Tag]bool{}
		for it := r.core.Ready(); ; {
			best := -1
			for i, x := range left {
				open := !slices.ContainsFunc(x.needs, func(n need) bool { return !given[n.tag] })
				if open && (best < 0 || precedes(x, left[best])) {
					best = i
				}
			}
			got, ok := it.Next()
			if !ok {
				if best >= 0 {
					t.Fatalf("no more, want %q", left[best].extrinsic)
				}
				return
			}
			if best < 0 || got.Hash != left[best].hash {
				t.Fatalf("got %q", got.Extrinsic)
			}
			if refused[nameOf(got.Extrinsic)] {
				it.Refuse()
			} else {
				for _, tag := range left[best].valid.Provides {
					given[tag] = true
				}
			}
			left = slices.Delete(left, best, best+1)
		}
	})
}

func precedes(a, b *transaction) bool {
	switch {
	case a.valid.Priority != b.valid.Priority:
		return a.valid.Priority > b.valid.Priority
	case a.till != b.till:
		return a.till < b.till
	}
	return a.sequence < b.sequence
}
