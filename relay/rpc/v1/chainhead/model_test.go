package chainhead_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/v1/chainhead"
)

// world is a chain, as its node knows it.
type world struct {
	t         *rapid.T
	blocks    map[primitives.Hash]chainhead.Block
	numbers   map[primitives.Hash]primitives.BlockNumber
	open      []primitives.Hash // unfinalized, each after its parent
	finalized primitives.Hash
	best      primitives.Hash
	last      uint16
}

func (w *world) id(h primitives.Hash) primitives.BlockID {
	return primitives.BlockID{Hash: h, Number: w.numbers[h]}
}

// grow adds a child of any block that can have one; it may become best.
func (w *world) grow() chainhead.Block {
	w.last++
	b := chainhead.Block{Hash: primitives.Hash{byte(w.last >> 8), byte(w.last)}, Parent: rapid.SampledFrom(append([]primitives.Hash{w.finalized}, w.open...)).Draw(w.t, "parent")}
	w.blocks[b.Hash], w.numbers[b.Hash] = b, w.numbers[b.Parent]+1
	w.open = append(w.open, b.Hash)
	w.best = rapid.SampledFrom([]primitives.Hash{w.best, b.Hash}).Draw(w.t, "best")
	return b
}

// descends reports whether h is a or above it.
func (w *world) descends(h, a primitives.Hash) bool {
	for h != a {
		b, ok := w.blocks[h]
		if !ok {
			return false
		}
		h = b.Parent
	}
	return true
}

// finalize makes an open block final.
func (w *world) finalize(limit int) chainhead.Finality {
	target := rapid.SampledFrom(w.open).Draw(w.t, "final")
	f := chainhead.Finality{Limit: limit}
	var open []primitives.Hash
	for _, h := range w.open {
		switch {
		case w.descends(target, h):
			f.Canonical = append(f.Canonical, w.id(h))
		case w.descends(h, target):
			open = append(open, h)
		default:
			f.Pruned = append(f.Pruned, w.id(h))
		}
	}
	w.open, w.finalized = open, target
	if !w.descends(w.best, target) {
		w.best = rapid.SampledFrom(append([]primitives.Hash{target}, open...)).Draw(w.t, "new best")
	}
	f.Best = w.best
	return f
}

// client believes what it is told, and checks that the specification allows it.
type client struct {
	t         *rapid.T
	began     bool
	told      map[primitives.Hash]bool // and whether it is open
	finalized primitives.Hash
	best      primitives.Hash
	pinned    map[primitives.Hash]bool
}

func (c *client) hear(events []chainhead.Event) {
	for _, e := range events {
		if _, first := e.(chainhead.Initialized); first == c.began {
			c.t.Fatalf("event %T at the wrong time", e)
		}
		switch e := e.(type) {
		case chainhead.Initialized:
			c.began, c.finalized = true, e.Finalized[len(e.Finalized)-1]
			for _, h := range e.Finalized {
				c.told[h], c.pinned[h] = false, true
			}
		case chainhead.NewBlock:
			if _, again := c.told[e.Hash]; again || !c.told[e.Parent] && e.Parent != c.finalized {
				c.t.Fatalf("new block %v", e)
			}
			c.told[e.Hash], c.pinned[e.Hash] = true, true
		case chainhead.BestBlockChanged:
			if e.Best == c.best || !c.told[e.Best] && e.Best != c.finalized {
				c.t.Fatalf("best block %v", e)
			}
			c.best = e.Best
		case chainhead.Finalized:
			c.final(e)
		}
	}
}

func (c *client) final(e chainhead.Finalized) {
	for _, h := range slices.Concat(e.Finalized, e.Pruned) {
		if !c.told[h] {
			c.t.Fatalf("block %v is final or pruned twice, or was not told", h)
		}
		c.told[h] = false
	}
	c.finalized = e.Finalized[len(e.Finalized)-1]
	if !c.told[c.best] && c.best != c.finalized {
		c.t.Fatalf("best block %v is %v", c.best, e)
	}
}

// TestModel plays random chains, of which some blocks are gone before their turn
// comes, to a client that checks every rule of the specification and unpins at random.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		genesis := primitives.Hash{0xff}
		w := &world{t: t, blocks: map[primitives.Hash]chainhead.Block{}, numbers: map[primitives.Hash]primitives.BlockNumber{genesis: 0}, finalized: genesis, best: genesis}
		start := chainhead.Start{Finalized: []primitives.BlockID{w.id(genesis)}}
		for range rapid.IntRange(0, 6).Draw(t, "at start") {
			start.Unfinalized = append(start.Unfinalized, w.grow())
		}
		start.Best = w.best
		c := &client{t: t, told: map[primitives.Hash]bool{}, pinned: map[primitives.Hash]bool{}}
		head, events := chainhead.New(start)
		c.hear(events)
		if c.best != w.best || len(c.told) != len(start.Unfinalized)+1 {
			t.Fatalf("start %+v: %v", start, events)
		}
		stopped := false
		lost := map[primitives.Hash]bool{} // blocks that the client is not told of
		t.Repeat(map[string]func(*rapid.T){
			"import": func(t *rapid.T) {
				if w.t = t; stopped {
					return
				}
				b := w.grow()
				lost[b.Hash] = lost[b.Parent] || rapid.IntRange(0, 9).Draw(t, "gone") == 0
				if lost[b.Hash] && !lost[b.Parent] {
					return // the shell did not find it
				}
				events, told := head.Imported(b, w.best)
				c.t = t
				c.hear(events)
				if told == lost[b.Hash] || told != c.told[b.Hash] {
					t.Fatalf("told %v, lost %v", told, lost[b.Hash])
				}
			},
			"finalize": func(t *rapid.T) {
				if w.t = t; stopped || len(w.open) == 0 {
					return
				}
				done := 0
				for h := range c.pinned {
					if !c.told[h] {
						done++
					}
				}
				f := w.finalize(12)
				f.Oldest = w.numbers[w.finalized] / 2
				stale := false
				for h := range c.pinned {
					stale = stale || !c.told[h] && slices.Contains(start.Finalized, w.id(h)) && w.numbers[h] < f.Oldest
				}
				events, ok := head.Finalized(f)
				unknown := slices.ContainsFunc(f.Canonical, func(id primitives.BlockID) bool { return lost[id.Hash] })
				if must := done > 12 || unknown || stale; must && ok {
					t.Fatalf("not stopped: %d pinned, unknown %v, stale %v", done, unknown, stale)
				} else if !ok && !must && f.Oldest == 0 {
					t.Fatal("stopped without reason")
				}
				if stopped = !ok; stopped {
					return
				}
				c.t = t
				c.hear(events)
				if c.finalized != w.finalized {
					t.Fatalf("final is %v, want %v", c.finalized, w.finalized)
				}
				if !lost[w.best] && c.best != w.best {
					t.Fatalf("best is %v, want %v", c.best, w.best)
				}
			},
			"unpin": func(t *rapid.T) {
				var list []primitives.Hash
				for _, h := range slices.SortedFunc(maps.Keys(c.told), func(a, b primitives.Hash) int { return bytes.Compare(a[:], b[:]) }) {
					if rapid.Bool().Draw(t, "this") {
						list = append(list, h)
					}
				}
				var want error
				if slices.ContainsFunc(list, func(h primitives.Hash) bool { return !c.pinned[h] }) {
					want = chainhead.ErrNotPinned
				}
				if len(list) > 0 && rapid.IntRange(0, 9).Draw(t, "twice") == 0 {
					list, want = append(list, list[0]), chainhead.ErrTwice
				}
				if err := head.Unpin(list); err != want {
					t.Fatalf("unpin %v: %v, want %v", list, err, want)
				}
				if want == nil {
					for _, h := range list {
						delete(c.pinned, h)
					}
				}
			},
			"": func(t *rapid.T) {
				for h := range c.told {
					if head.Pinned(h) != c.pinned[h] {
						t.Fatalf("block %v pinned: %v", h, head.Pinned(h))
					}
				}
			},
		})
	})
}
