package store

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// modelBlock is a block as a naive model has it.
type modelBlock struct {
	header primitives.Header
	state  map[string][]byte
}

// model is a fork tree whose every state is a whole map.
type model struct {
	dir      string
	config   Config
	s        *Store
	blocks   map[primitives.Hash]*modelBlock // stored ones
	final    primitives.Hash
	best     primitives.Hash
	order    []primitives.Hash // all ever made
	oldViews map[*View]*modelBlock
	made     int
}

func TestModel(t *testing.T) {
	root := t.TempDir()
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		m := &model{
			dir: fmt.Sprintf("%s/%d", root, runs),
			// Small enough that layers are dropped and the cache turns over.
			config:   Config{LayerBytes: rapid.SampledFrom([]int{1, 2000, 1 << 20}).Draw(t, "layers"), CacheBytes: 64 << 10},
			blocks:   map[primitives.Hash]*modelBlock{},
			oldViews: map[*View]*modelBlock{},
		}
		// Opening and closing files takes most of the time.
		if m.config.InMemory = runs%6 != 0; !m.config.InMemory {
			m.config.Path = m.dir
		}
		m.open(t)
		defer func() { m.s.Close() }()
		m.genesis(t)
		t.Repeat(map[string]func(*rapid.T){
			"import":   m.importBlock,
			"import 2": m.importBlock, // more often than the others
			"import 3": m.importBlock,
			"finalize": m.finalize,
			"reopen":   m.reopen,
			"view":     m.view,
			"":         m.check,
		})
	})
}

func (m *model) open(t *rapid.T) {
	s, err := Open(m.config)
	if err != nil {
		t.Fatal(err)
	}
	m.s = s
}

func (m *model) reopen(t *rapid.T) {
	if m.config.InMemory {
		m.checkAll(t)
		return
	}
	if err := m.s.Close(); err != nil {
		t.Fatal(err)
	}
	clear(m.oldViews)
	m.open(t)
	m.checkAll(t)
}

var modelKeyList = []string{"", "\x00", "a", "a\x00", "aa", "ab", "abc", "b", "ba", "b\xff", "\xff", "\xff\xff"}

var (
	modelKeys   = rapid.SampledFrom(modelKeyList)
	modelValues = rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 3), rapid.SliceOfN(rapid.Byte(), 30, 40), rapid.Just([]byte(nil)))
	modelWrites = rapid.MapOfN(modelKeys, modelValues, 0, 6)
)

func (m *model) genesis(t *rapid.T) {
	state := modelWrites.Draw(t, "genesis")
	maps.DeleteFunc(state, func(_ string, v []byte) bool { return v == nil })
	d, root := m.execute(t, noState{}, trie.EmptyRoot, state)
	h := primitives.Header{StateRoot: root}
	if err := m.s.InitGenesis(h, d); err != nil {
		t.Fatal(err)
	}
	m.final, m.best = h.Hash(), h.Hash()
	m.blocks[h.Hash()] = &modelBlock{header: h, state: state}
	m.order = append(m.order, h.Hash())
}

func (m *model) execute(t *rapid.T, src trie.Source, root primitives.Hash, changes map[string][]byte) (Diff, primitives.Hash) {
	d := Diff{Values: change(changes)}
	state := trie.New(src, root, trie.V1)
	for _, c := range d.Values {
		var err error
		if c.Value == nil {
			err = state.Delete(c.Key)
		} else {
			err = state.Put(c.Key, c.Value)
		}
		if err != nil {
			t.Fatalf("trie: %v", err)
		}
	}
	c := state.Commit()
	d.Nodes = c.Nodes
	return d, c.Root
}

// above returns the finalized block and the stored blocks above it, as made.
func (m *model) above() (out []primitives.Hash) {
	for _, h := range m.order {
		if b := m.blocks[h]; b != nil && m.descends(h, m.final) {
			out = append(out, h)
		}
	}
	return out
}

func (m *model) descends(h, ancestor primitives.Hash) bool {
	for b := m.blocks[h]; b != nil; b = m.blocks[h] {
		if h == ancestor {
			return true
		}
		h = b.header.ParentHash
	}
	return false
}

func (m *model) importBlock(t *rapid.T) {
	parent := m.blocks[rapid.SampledFrom(m.above()).Draw(t, "parent")]
	changes := modelWrites.Draw(t, "changes")
	v, err := m.s.View(parent.header.Hash())
	if err != nil {
		t.Fatal(err)
	}
	d, root := m.execute(t, v, parent.header.StateRoot, changes)
	m.made++
	h := primitives.Header{
		ParentHash:     parent.header.Hash(),
		Number:         parent.header.Number + 1,
		StateRoot:      root,
		ExtrinsicsRoot: primitives.Blake2b256(fmt.Append(nil, m.made)),
	}
	b := &modelBlock{header: h, state: maps.Clone(parent.state)}
	apply(b.state, changes)
	m.blocks[h.Hash()] = b
	m.order = append(m.order, h.Hash())
	m.best = rapid.SampledFrom(m.above()).Draw(t, "best")
	if err := m.s.Import(Import{Block: primitives.Block{Header: h}, Hash: h.Hash(), Diff: d, Weight: uint32(m.made), Best: m.best}); err != nil {
		t.Fatal(err)
	}
	if v, err = m.s.View(h.Hash()); err != nil {
		t.Fatal(err)
	}
	m.compare(t, v, b)
}

func (m *model) finalize(t *rapid.T) {
	target := rapid.SampledFrom(m.above()).Draw(t, "target")
	cut, err := m.s.Finalize(Finality{Hash: target})
	if err != nil {
		t.Fatal(err)
	}
	var canonical, pruned []primitives.BlockID
	for _, h := range m.above() {
		switch id := m.blocks[h].header.ID(); {
		case h == m.final || target == m.final:
		case m.descends(target, h):
			canonical = append(canonical, id)
		case !m.descends(h, target):
			pruned = append(pruned, id)
		}
	}
	byID := func(a, b primitives.BlockID) int { return bytes.Compare(a.Hash[:], b.Hash[:]) }
	got := slices.SortedFunc(slices.Values(cut.Pruned), byID)
	if !slices.Equal(cut.Canonical, canonical) || !slices.Equal(got, slices.SortedFunc(slices.Values(pruned), byID)) {
		t.Fatalf("cut %+v, want %v and %v", cut, canonical, pruned)
	}
	for _, id := range pruned {
		delete(m.blocks, id.Hash)
	}
	m.final = target
	if !m.descends(m.best, target) {
		m.best = target
	}
	m.checkAll(t)
}

// view keeps views for later.
func (m *model) view(t *rapid.T) {
	for range 4 {
		b := m.blocks[rapid.SampledFrom(m.order).Draw(t, "block")]
		if b == nil {
			continue // pruned
		}
		v, err := m.s.View(b.header.Hash())
		if err != nil {
			t.Fatal(err)
		}
		m.oldViews[v] = b
	}
}

func (m *model) check(t *rapid.T) {
	if got := m.s.Finalized(); got != m.blocks[m.final].header.ID() {
		t.Fatalf("finalized %v", got)
	}
	if got := m.s.Best(); got != m.blocks[m.best].header.ID() {
		t.Fatalf("best %v, want %v", got, m.blocks[m.best].header.ID())
	}
	if got, want := len(m.s.Unfinalized()), len(m.above())-1; got != want {
		t.Fatalf("%d unfinalized blocks, want %d", got, want)
	}
}

// checkAll compares all states and views kept.
func (m *model) checkAll(t *rapid.T) {
	for h, b := range m.blocks {
		v, err := m.s.View(h)
		if err != nil {
			t.Fatal(err)
		}
		m.compare(t, v, b)
	}
	for v, b := range m.oldViews {
		m.compare(t, v, b)
	}
}

// compare checks every key, the order and the trie of v.
func (m *model) compare(t *rapid.T, v *View, b *modelBlock) {
	sorted := change(b.state)
	state := trie.New(v, b.header.StateRoot, trie.V1)
	for _, key := range append([]string{"never"}, modelKeyList...) {
		want, ok := b.state[key]
		got, err := v.Get([]byte(key))
		if err != nil || !bytes.Equal(got, want) || (got != nil) != ok {
			t.Fatalf("block %d: %q is %q, want %q: %v", b.header.Number, key, got, want, err)
		}
		got, err = state.Get([]byte(key))
		if err != nil || !bytes.Equal(got, want) || (got != nil) != ok {
			t.Fatalf("block %d: trie: %q is %q, want %q: %v", b.header.Number, key, got, want, err)
		}
		next, ok, err := v.Next([]byte(key))
		i := slices.IndexFunc(sorted, func(c frame.Change) bool { return string(c.Key) > key })
		if err != nil || ok != (i >= 0) || ok && !bytes.Equal(next, sorted[i].Key) {
			t.Fatalf("block %d: after %q comes %q, %v: %v", b.header.Number, key, next, ok, err)
		}
	}
	if root, err := trie.Root(trie.V1, sorted); err != nil || root != b.header.StateRoot {
		t.Fatalf("block %d: root %x, header %s: %v", b.header.Number, root, b.header.StateRoot, err)
	}
}

// In a finality stall reads stay short and memory bounded, and every block's state
// can be had, also after a restart.
func TestStall(t *testing.T) {
	const blocks = 280
	changes := func(n int) map[string][]byte {
		m := crashChanges(n)
		delete(m, "large")
		return m
	}
	state := func(n int) map[string][]byte {
		m := crashState(n)
		delete(m, "large")
		return m
	}
	for _, limit := range []int{20_000, 64 << 20} {
		t.Run(fmt.Sprintf("limit=%d", limit), func(t *testing.T) {
			t.Parallel()
			config := Config{Path: t.TempDir(), LayerBytes: limit}
			s := open(t, config)
			headers := []primitives.Header{initGenesis(t, s, crashGenesis())}
			for n := 1; n <= blocks; n++ {
				headers = append(headers, grow(t, s, headers[n-1], "", changes(n)))
			}
			for range 2 {
				for n := blocks; n > 0; n -= 33 {
					v := view(t, s, headers[n])
					if len(v.layers) > overlayEvery {
						t.Fatalf("%d layers", len(v.layers))
					}
					checkState(t, v, headers[n].StateRoot, state(n))
				}
				if s.tree.held > limit {
					t.Fatalf("%d bytes held", s.tree.held)
				}
				s = reopen(t, s, config)
			}
			old := view(t, s, headers[100])
			finalize(t, s, Finality{Hash: headers[blocks-10].Hash()})
			if s.tree.held > limit {
				t.Fatalf("%d bytes held", s.tree.held)
			}
			for _, n := range []int{blocks - Retained, 100, blocks - 10, blocks} {
				checkState(t, view(t, s, headers[n]), headers[n].StateRoot, state(n))
			}
			if _, err := old.Get([]byte("never")); !errors.Is(err, ErrStateDiscarded) {
				t.Fatal(err) // it lay over genesis
			}
		})
	}
}

// Readers see whole states only, whatever the writer does.
func TestHammer(t *testing.T) {
	blocks := 400
	if testing.Short() {
		blocks = 100
	}
	s := open(t, Config{})
	h := initGenesis(t, s, map[string][]byte{"a": {0, 0}, "b": {0, 0}})
	heads := make(chan primitives.Header, 8)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			var held []*View
			var numbers []primitives.BlockNumber
			for h := range heads {
				v, err := s.View(h.Hash())
				if errors.Is(err, ErrUnknownBlock) {
					continue // pruned meanwhile
				}
				if err != nil {
					t.Error(err)
					continue
				}
				held, numbers = append(held, v), append(numbers, h.Number)
				i := rand.IntN(len(held))
				a, errA := held[i].Get([]byte("a"))
				b, errB := held[i].Get([]byte("b"))
				_, _, errN := held[i].Next([]byte("a"))
				if err := errors.Join(errA, errB, errN); errors.Is(err, ErrStateDiscarded) {
					continue
				} else if err != nil {
					t.Error(err)
				}
				want := []byte{byte(numbers[i] >> 8), byte(numbers[i])}
				if !bytes.Equal(a, want) || !bytes.Equal(b, want) {
					t.Errorf("block %d: %x %x", numbers[i], a, b)
				}
			}
		})
	}
	parents := []primitives.Header{h}
	for n := 1; n <= blocks; n++ {
		value := []byte{byte(n >> 8), byte(n)}
		changes := map[string][]byte{"a": value, "b": value}
		h = grow(t, s, h, "", changes)
		heads <- h
		heads <- grow(t, s, parents[len(parents)-1], "fork", changes)
		parents = append(parents, h)
		if n%3 == 0 {
			finalize(t, s, Finality{Hash: parents[n-1].Hash()})
		}
	}
	close(heads)
	readers.Wait()
}
