package txpool

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// poolWith returns a pool on G, and its world.
func poolWith(p Params) (*Core, *world) {
	w := newWorld()
	p.Provides = w.provides
	return New(p, w.id("G")), w
}

// enter defines name as the n-th of alice and brings it into the pool.
func enter(c *Core, w *world, request RequestID, name string, d definition) {
	w.define(name, d)
	c.Step(0, Submit{request, w.extrinsic(name), true})
	c.Step(0, Validated{w.hash(name), c.Best(), w.validity(name, c.Best().Hash)})
}

// kinds returns the statuses among effects, in order.
func kinds(effects []Effect) (out []string) {
	for _, e := range effects {
		if n, ok := e.(Notify); ok {
			out = append(out, string(n.Status.Kind))
		}
	}
	return out
}

// TestFinalityTimeout: 512 blocks after its block a transaction's watcher waits
// no longer, and what required it keeps what it has.
func TestFinalityTimeout(t *testing.T) {
	t.Parallel()
	c, w := poolWith(Params{})
	enter(c, w, 1, "a", definition{signer: "alice", longevity: 9999, priority: 1})
	enter(c, w, 2, "a1", definition{signer: "alice", nonce: 1, longevity: 9999, priority: 1})
	for n := 1; n <= maxView+1; n++ {
		b := Block{ID: primitives.BlockID{Hash: primitives.Hash{byte(n), byte(n >> 8), 1}, Number: primitives.BlockNumber(n)}}
		want := ""
		switch n {
		case 1:
			b.Body = []primitives.Extrinsic{w.extrinsic("a")}
			want = "inBlock"
		case maxView + 1:
			want = "finalityTimeout"
		}
		effects := c.Step(0, NewBest{Enacted: []Block{b}})
		if got := strings.Join(kinds(effects), " "); got != want {
			t.Fatalf("block %d: %q, want %q", n, got, want)
		}
	}
	if err := check(c); err != nil {
		t.Fatal(err)
	}
	if n := c.Counts(); n.Ready != 1 || n.Watchers != 1 {
		t.Errorf("%+v, want a1 ready and watched", n)
	}
}

// TestBounds fills everything that has a bound.
func TestBounds(t *testing.T) {
	t.Parallel()
	x := func(i int) primitives.Extrinsic { return primitives.Extrinsic(fmt.Sprint("x", i)) }
	refusal := func(effects []Effect) error {
		for _, e := range effects {
			switch e := e.(type) {
			case Refused:
				return e.Reason
			case Judged:
				return e.Reason
			}
		}
		return nil
	}
	for name, test := range map[string]struct {
		n    int // that are taken
		want Reason
		step func(c *Core, i int) []Effect
	}{
		"validating": {maxValidating, ErrBusy, func(c *Core, i int) []Effect { return c.Step(0, Submit{RequestID(i), x(i), false}) }},
		"validating of a peer": {maxValidatingPeer, ErrPeerShare, func(c *Core, i int) []Effect {
			return c.Step(0, Heard{"p", x(i)})
		}},
		"validating of peers": {maxValidating, ErrBusy, func(c *Core, i int) []Effect {
			return c.Step(0, Heard{Peer(fmt.Sprint(i / 100)), x(i)})
		}},
		"bytes": {maxValidatingBytes / (3 << 20), ErrBusy, func(c *Core, i int) []Effect {
			return c.Step(0, Submit{RequestID(i), append(make([]byte, 3<<20-2), byte(i), 1), false})
		}},
		"bytes of a peer": {1, ErrPeerShare, func(c *Core, i int) []Effect {
			return c.Step(0, Heard{"p", append(make([]byte, 3<<20-2), byte(i), 1)})
		}},
		"who awaits": {maxWaiters, ErrBusy, func(c *Core, i int) []Effect { return c.Step(0, Submit{RequestID(i), x(0), false}) }},
		"peers that await": {maxWaiters, ErrAlreadyImported, func(c *Core, i int) []Effect {
			return c.Step(0, Heard{Peer(fmt.Sprint(i)), x(0)})
		}},
		"repeats": {maxRepeats, ErrRepeats, func(c *Core, i int) []Effect { return c.Step(0, Repeat{RequestID(i), x(i)}) }},
		"watchers of one": {maxPerTransaction, ErrWatchers, func(c *Core, i int) []Effect {
			effects := c.Step(0, Submit{RequestID(i), x(0), true})
			return append(effects, c.Step(0, Validated{Hash(x(0)), c.Best(), Valid{Provides: []Tag{"t"}, Longevity: 9, Propagate: true}})...)
		}},
		"watchers": {5, ErrWatchers, func(c *Core, i int) []Effect {
			effects := c.Step(0, Submit{RequestID(i), x(i), true})
			return append(effects, c.Step(0, Validated{Hash(x(i)), c.Best(), Valid{Provides: []Tag{Tag(x(i))}, Longevity: 9, Propagate: true}})...)
		}},
		"size":  {0, ErrSize, func(c *Core, i int) []Effect { return c.Step(0, Submit{1, make([]byte, 5<<20/4*3+1), false}) }},
		"empty": {0, ErrSize, func(c *Core, i int) []Effect { return c.Step(0, Heard{"p", nil}) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Params{}
			if name == "watchers" {
				p.MaxWatchers = 5
			}
			c, _ := poolWith(p)
			for i := range test.n {
				if err := refusal(test.step(c, i)); err != nil {
					t.Fatalf("%d: %v", i, err)
				}
			}
			if err := refusal(test.step(c, test.n)); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// TestBansAreBounded: the oldest ban gives way, and time ends the others.
func TestBansAreBounded(t *testing.T) {
	t.Parallel()
	b := bans{until: map[primitives.Hash]primitives.Millis{}}
	hash := func(i int) primitives.Hash { return primitives.Hash{byte(i), byte(i >> 8)} }
	for i := range maxBans {
		b.add(hash(i), primitives.Millis(i), 10_000)
	}
	b.add(hash(0), maxBans, 10_000) // renewed: the place of its first ban is empty
	b.add(hash(maxBans), maxBans, 10_000)
	if !b.has(hash(0), maxBans) || b.has(hash(1), maxBans) || !b.has(hash(2), maxBans) || len(b.order) > maxBans {
		t.Errorf("0: %t, 1: %t, 2: %t, of %d", b.has(hash(0), maxBans), b.has(hash(1), maxBans), b.has(hash(2), maxBans), len(b.order))
	}
	if b.has(hash(2), 10_002) {
		t.Error("a ban outlasts its time")
	}
	b.add(hash(0), 30_000, 1)
	if len(b.until) != 1 || len(b.order) != 1 {
		t.Errorf("%d bans kept that have ended", len(b.until))
	}
}

// TestTags: validities whose tags cannot be.
func TestTags(t *testing.T) {
	t.Parallel()
	many := make([]Tag, maxTags+1)
	for i := range many {
		many[i] = Tag(fmt.Sprint(i))
	}
	long := Tag(strings.Repeat("x", maxTagSize+1))
	for name, test := range map[string]struct {
		valid Valid
		want  error
	}{
		"one":          {Valid{Provides: []Tag{"a"}}, nil},
		"most":         {Valid{Provides: many[:maxTags], Requires: []Tag{long[1:]}}, nil},
		"none":         {Valid{Requires: []Tag{"a"}}, ErrNoTags},
		"too many":     {Valid{Provides: many}, ErrTags},
		"requires too": {Valid{Provides: []Tag{"a"}, Requires: many}, ErrTags},
		"long":         {Valid{Provides: []Tag{long}}, ErrTags},
		"empty":        {Valid{Provides: []Tag{""}}, ErrTags},
		"twice":        {Valid{Provides: []Tag{"a", "a"}}, ErrTags},
		"own":          {Valid{Provides: []Tag{"a", "b"}, Requires: []Tag{"b"}}, ErrCycle},
	} {
		if got := test.valid.check(); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// TestCodes: what JSON-RPC answers.
func TestCodes(t *testing.T) {
	t.Parallel()
	for want, reasons := range map[int][]error{
		CodeInvalid:         {ErrInvalid, because(ErrInvalid, errStale), ErrSize, ErrStale, ErrTags, ErrIncluded, ErrUnfit},
		CodeUnknown:         {ErrUnknown, because(ErrUnknown, errors.New("disk")), errors.New("disk")},
		CodeBanned:          {ErrBanned},
		CodeAlreadyImported: {ErrAlreadyImported},
		CodePriorityTooLow:  {ErrPriorityTooLow, PriorityError{2, 1}},
		CodeCycle:           {ErrCycle},
		CodeDropped:         {ErrDropped, ErrBusy, ErrPeerShare, ErrWatchers, ErrRepeats, ErrLost},
		CodeUnactionable:    {ErrUnactionable},
		CodeNoTags:          {ErrNoTags},
	} {
		for _, reason := range reasons {
			if got := Code(reason); got != want {
				t.Errorf("%v: %d, want %d", reason, got, want)
			}
		}
	}
	if err := because(ErrInvalid, errStale); !errors.Is(err, errStale) || !errors.Is(err, ErrInvalid) {
		t.Errorf("%v hides its cause", err)
	}
}

// TestReadyIsASnapshot: what happens to the pool afterwards does not change it.
func TestReadyIsASnapshot(t *testing.T) {
	t.Parallel()
	c, w := poolWith(Params{})
	for i := range 4 {
		enter(c, w, RequestID(i), fmt.Sprint("a", i), definition{signer: "alice", nonce: i, longevity: 99, priority: uint64(i) + 1})
	}
	r := c.Ready()
	first, _ := r.Next()
	w.block("B1", "G", []string{"a0", "a1"})
	c.Step(0, w.route("G", "B1"))
	got := nameOf(first.Extrinsic)
	for {
		x, ok := r.Next()
		if !ok {
			break
		}
		got += nameOf(x.Extrinsic)
	}
	if got != "a0a1a2a3" {
		t.Errorf("got %s", got)
	}
}

// TestRevalidation: each transaction has its turn in about twenty blocks.
func TestRevalidation(t *testing.T) {
	t.Parallel()
	const n = 100
	c, w := poolWith(Params{})
	for i := range n {
		enter(c, w, RequestID(i), fmt.Sprint("x", i), definition{signer: fmt.Sprint(i), longevity: 999, priority: 1})
	}
	asked, last := map[primitives.Hash]int{}, "G"
	for b := 1; b <= revalidation; b++ {
		name := fmt.Sprint("B", b)
		w.block(name, last, nil)
		for _, e := range c.Step(0, w.route(last, name)) {
			v := e.(Validate)
			asked[v.Hash]++
			c.Step(0, Validated{v.Hash, v.At, w.validity(nameOf(v.Extrinsic), v.At.Hash)})
		}
		last = name
	}
	if len(asked) != n {
		t.Errorf("%d of %d were validated again", len(asked), n)
	}
}

// TestRetractedWhileValidating: an answer of a block that was left is asked for
// again, and not for ever.
func TestRetractedWhileValidating(t *testing.T) {
	t.Parallel()
	c, w := poolWith(Params{})
	w.define("a", definition{signer: "alice", longevity: 99, priority: 1})
	w.block("X0", "G", nil)
	c.Step(0, w.route("G", "X0"))
	effects := c.Step(0, Submit{1, w.extrinsic("a"), false})
	last := "X0"
	for i := 1; i <= maxAttempts; i++ {
		v, ok := effects[0].(Validate)
		if !ok || len(effects) != 1 {
			t.Fatalf("attempt %d: %v", i, effects)
		}
		next := fmt.Sprint("X", i)
		w.block(next, "G", nil)
		c.Step(0, w.route(last, next))
		last = next
		effects = c.Step(0, Validated{v.Hash, v.At, w.validity("a", v.At.Hash)})
	}
	if r, ok := effects[0].(Refused); !ok || !errors.Is(r.Reason, ErrUnknown) {
		t.Errorf("got %v, want a refusal", effects)
	}
}

// TestViewIsBounded: final blocks push out the lowest ones, and many transactions
// those of the lowest ones that nobody watches.
func TestViewIsBounded(t *testing.T) {
	t.Parallel()
	c := New(Params{Provides: func(x primitives.Extrinsic) []Tag { return []Tag{Tag(x)} }}, primitives.BlockID{})
	id := func(n int) primitives.BlockID {
		return primitives.BlockID{Hash: primitives.Hash{byte(n), 1}, Number: primitives.BlockNumber(n)}
	}
	body := func(b, n int) (out []primitives.Extrinsic) {
		for i := range n {
			out = append(out, primitives.Extrinsic(fmt.Sprint(b, " ", i)))
		}
		return out
	}
	for n := 1; n <= 6; n++ {
		c.Step(0, NewBest{Enacted: []Block{{id(n), body(n, maxViewTx/4)}}})
		if n == 1 {
			c.Step(0, Submit{1, body(1, 8)[7], true})
		}
	}
	if c.view.count != maxViewTx/4*3+1 || len(c.view.where) != c.view.count || len(c.graph.included) != c.view.count || len(c.view.blocks) != 7 {
		t.Errorf("%d transactions, %d found, %d tags, in %d blocks", c.view.count, len(c.view.where), len(c.graph.included), len(c.view.blocks))
	}
	effects := c.Step(0, Finalized{[]primitives.BlockID{id(1)}})
	if len(effects) != 1 || effects[0].(Notify).Status.Kind != StatusFinalized || effects[0].(Notify).Status.Index != 7 {
		t.Errorf("got %v", effects)
	}
	for n := 7; n <= 200; n++ {
		c.Step(0, NewBest{Enacted: []Block{{ID: id(n)}}})
		c.Step(0, Finalized{[]primitives.BlockID{id(n)}})
	}
	if c.view.finals > maxFinalKept || len(c.view.blocks) > maxFinalKept {
		t.Errorf("%d final of %d blocks", c.view.finals, len(c.view.blocks))
	}
	for n := range 2 * maxFinalSeen {
		c.Step(0, Finalized{[]primitives.BlockID{{Hash: primitives.Hash{byte(n), byte(n >> 8), 2}, Number: 9999}}})
	}
	if len(c.view.seen) != maxFinalSeen || len(c.view.seenHash) != maxFinalSeen {
		t.Errorf("%d final blocks remembered", len(c.view.seen))
	}
}

// TestEmptyView: even with no block left a validity on the best one counts.
func TestEmptyView(t *testing.T) {
	t.Parallel()
	c, w := poolWith(Params{})
	c.Step(0, NewBest{Retracted: []Block{w.full("G")}})
	enter(c, w, 1, "a", definition{signer: "alice", longevity: 9, priority: 1})
	if n := c.Counts(); n.Ready != 1 {
		t.Errorf("%+v", n)
	}
}

// TestTagOfALaterLife: what a block provided counts for a validity read before
// it, and not for one read after it: then an account began again with its nonces.
func TestTagOfALaterLife(t *testing.T) {
	t.Parallel()
	for number, want := range map[primitives.BlockNumber]Counts{0: {Ready: 1}, 1: {Future: 1}} {
		c, w := poolWith(Params{})
		w.define("a", definition{signer: "alice", longevity: 9})
		w.define("a1", definition{signer: "alice", nonce: 1})
		w.block("B1", "G", []string{"a"})
		if number == 0 {
			c.Step(0, Submit{1, w.extrinsic("a1"), false})
		}
		c.Step(0, w.route("G", "B1"))
		at := w.id("G")
		if number == 1 {
			c.Step(0, Submit{1, w.extrinsic("a1"), false})
			at = w.id("B1")
		}
		c.Step(0, Validated{w.hash("a1"), at, Valid{Priority: 1, Requires: []Tag{"alice/0"}, Provides: []Tag{"alice/1"}, Longevity: 9, Propagate: true}})
		if n := c.Counts(); n.Ready != want.Ready || n.Future != want.Future {
			t.Errorf("read after block %d: %+v, want %+v", number, n, want)
		}
	}
}

// TestWatchersThatAwait: the bound holds for those accepted together, too.
func TestWatchersThatAwait(t *testing.T) {
	t.Parallel()
	c, w := poolWith(Params{MaxWatchers: 1})
	w.define("a", definition{signer: "alice", longevity: 9, priority: 1})
	c.Step(0, Submit{1, w.extrinsic("a"), true})
	c.Step(0, Submit{2, w.extrinsic("a"), true})
	effects := c.Step(0, Validated{w.hash("a"), c.Best(), w.validity("a", c.Best().Hash)})
	if r, ok := effects[1].(Refused); !ok || r.Request != 2 || r.Reason != ErrWatchers {
		t.Errorf("got %v", effects)
	}
	if err := check(c); err != nil {
		t.Error(err)
	}
}

// TestRepeatsAreBoundedInBytes: and what was stopped makes room.
func TestRepeatsAreBoundedInBytes(t *testing.T) {
	t.Parallel()
	c, _ := poolWith(Params{})
	for i := range 3 * maxRepeatsBytes >> 20 {
		x := append(make([]byte, 1<<20-2), byte(i), 1)
		if _, ok := c.Step(0, Repeat{RequestID(i), x})[0].(Accepted); ok != (i <= maxRepeatsBytes>>20) {
			t.Fatalf("repeat %d is accepted: %t", i, ok)
		}
		if i == 0 {
			c.Step(0, Stop{0})
		}
	}
}

// TestSummaryIsAnsweredInPart: a peer is sent the best, as much as may be.
func TestSummaryIsAnsweredInPart(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ n, size, want int }{{300, 10, maxMissing}, {12, 100_000, maxMissingBytes / 100_000}, {2, 2 << 20, 1}} {
		c, w := poolWith(Params{})
		for i := range test.n {
			enter(c, w, RequestID(i), fmt.Sprint("x", i), definition{signer: fmt.Sprint(i), longevity: 9, priority: uint64(i), size: test.size})
		}
		effects := c.Step(0, SummaryHeard{"p", nil})
		if s := effects[0].(SendTo); len(s.Extrinsics) != test.want || nameOf(s.Extrinsics[0]) != fmt.Sprint("x", test.n-1) {
			t.Errorf("%d of %d extrinsics of %d bytes, want %d", len(s.Extrinsics), test.n, test.size, test.want)
		}
		if len(c.Summary()) != test.n || len(c.Step(0, SummaryHeard{"p", c.Summary()})) != 0 {
			t.Error("who has everything is sent something")
		}
	}
	c, w := poolWith(Params{Author: true})
	enter(c, w, 1, "private", definition{signer: "a", longevity: 9, priority: 1, private: true})
	if len(c.Summary()) != 0 || len(c.Step(0, SummaryHeard{"p", nil})) != 0 {
		t.Error("what may not be sent on is offered or sent")
	}
	enter(c, w, 2, "public", definition{signer: "b", longevity: 9, priority: 1})
	if effects := c.Step(0, SummaryHeard{"p", make(Summary, maxSummary+1)}); len(effects) != 0 {
		t.Error("a summary beyond its bound is answered")
	}
}

// TestNext: the pool wakes for what was gossiped longest ago.
func TestNext(t *testing.T) {
	t.Parallel()
	c, w := poolWith(Params{Regossip: 100})
	if _, ok := c.Next(); ok {
		t.Error("an empty pool wants to be woken")
	}
	w.define("a", definition{signer: "a", longevity: 9, priority: 1})
	w.define("b", definition{signer: "b", longevity: 9, priority: 1})
	for now, name := range []string{"a", "b"} {
		c.Step(primitives.Millis(now), Submit{RequestID(now), w.extrinsic(name), false})
		c.Step(primitives.Millis(now), Validated{w.hash(name), c.Best(), w.validity(name, c.Best().Hash)})
	}
	for _, want := range []primitives.Millis{100, 101, 200} {
		next, ok := c.Next()
		if !ok || next != want {
			t.Fatalf("woken at %d, want %d", next, want)
		}
		if effects := c.Step(next, Wake{}); len(effects) != 1 {
			t.Errorf("at %d: %v", next, effects)
		}
	}
}
