package forkchoice

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// naive keeps a flat list of blocks and searches it for every answer.
type naive struct {
	blocks []naiveBlock
	root   primitives.Hash
}

type naiveBlock struct {
	id     primitives.BlockID
	parent primitives.Hash
	weight uint64
}

func (m *naive) find(h primitives.Hash) (naiveBlock, bool) {
	for _, b := range m.blocks {
		if b.id.Hash == h {
			return b, true
		}
	}
	return naiveBlock{}, false
}

// chain returns the path from the block up to the root, both included.
func (m *naive) chain(h primitives.Hash) []naiveBlock {
	var out []naiveBlock
	for {
		b, ok := m.find(h)
		if !ok {
			return nil
		}
		out = append(out, b)
		if h == m.root {
			return out
		}
		h = b.parent
	}
}

func (m *naive) descends(ancestor, h primitives.Hash) bool {
	return slices.ContainsFunc(m.chain(h), func(b naiveBlock) bool { return b.id.Hash == ancestor })
}

func (m *naive) total(h primitives.Hash) uint64 {
	var sum uint64
	for _, b := range m.chain(h) {
		if b.id.Hash != m.root {
			sum += b.weight
		}
	}
	return sum
}

func (m *naive) best(under primitives.Hash) primitives.BlockID {
	var best primitives.BlockID
	first := true
	for _, b := range m.blocks {
		if !m.descends(under, b.id.Hash) {
			continue
		}
		x, y := m.total(b.id.Hash), m.total(best.Hash)
		wins := first || x > y ||
			x == y && b.id.Number > best.Number ||
			x == y && b.id.Number == best.Number && bytes.Compare(b.id.Hash[:], best.Hash[:]) < 0
		if wins {
			best, first = b.id, false
		}
	}
	return best
}

func (m *naive) finalize(h primitives.Hash) (gone []primitives.Hash) {
	var kept []naiveBlock
	for _, b := range m.blocks {
		if m.descends(h, b.id.Hash) {
			kept = append(kept, b)
		} else {
			gone = append(gone, b.id.Hash)
		}
	}
	m.blocks, m.root = kept, h
	return gone
}

func hashes(ids []primitives.BlockID) []primitives.Hash {
	var out []primitives.Hash
	for _, id := range ids {
		out = append(out, id.Hash)
	}
	return out
}

func sorted(hs []primitives.Hash) []primitives.Hash {
	out := slices.Clone(hs)
	slices.SortFunc(out, func(a, b primitives.Hash) int { return bytes.Compare(a[:], b[:]) })
	return out
}

// TestQuickTree compares a Tree with the naive model under random insertions
// and finality.
func TestQuickTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const limit = 24
		genesis := primitives.BlockID{Hash: primitives.Hash{1}}
		tree := New(genesis, limit)
		model := &naive{root: genesis.Hash, blocks: []naiveBlock{{id: genesis}}}
		pick := func(label string) primitives.BlockID {
			return rapid.SampledFrom(model.blocks).Draw(t, label).id
		}
		t.Repeat(map[string]func(*rapid.T){
			"insert": func(t *rapid.T) {
				parent := pick("parent")
				hash := primitives.Hash{byte(rapid.IntRange(0, 255).Draw(t, "h0")), byte(rapid.IntRange(0, 255).Draw(t, "h1"))}
				weight := rapid.Uint32Range(0, 1).Draw(t, "weight")
				block := primitives.BlockID{Hash: hash, Number: parent.Number + 1}
				err := tree.Insert(block, parent.Hash, weight)
				var want error
				if _, known := model.find(hash); known {
					want = ErrKnown
				} else if len(model.blocks)-1 >= limit {
					want = ErrFull
				} else {
					model.blocks = append(model.blocks, naiveBlock{block, parent.Hash, uint64(weight)})
				}
				if err != want {
					t.Fatalf("Insert(%v) = %v, want %v", block, err, want)
				}
			},
			"finalize": func(t *rapid.T) {
				target := pick("target")
				chain := model.chain(target.Hash)
				got, err := tree.Finalize(target.Hash)
				if err != nil {
					t.Fatal(err)
				}
				gone := model.finalize(target.Hash)
				var canonical []primitives.Hash
				for _, b := range slices.Backward(chain[:len(chain)-1]) {
					canonical = append(canonical, b.id.Hash)
				}
				if !slices.Equal(hashes(got.Canonical), canonical) {
					t.Fatalf("canonical %v, want %v", got.Canonical, canonical)
				}
				for _, b := range chain[1:] {
					gone = slices.DeleteFunc(gone, func(h primitives.Hash) bool { return h == b.id.Hash })
				}
				if !slices.Equal(sorted(hashes(got.Pruned)), sorted(gone)) {
					t.Fatalf("pruned %v, want %v", got.Pruned, gone)
				}
			},
			"": func(t *rapid.T) { compare(t, tree, model, pick("a"), pick("b")) },
		})
	})
}

// compare asks both for every answer about the whole tree and blocks a and b.
func compare(t *rapid.T, tree *Tree, model *naive, a, b primitives.BlockID) {
	if tree.Len() != len(model.blocks)-1 || tree.Finalized().Hash != model.root {
		t.Fatalf("%d blocks above %v, want %d above %v", tree.Len(), tree.Finalized(), len(model.blocks)-1, model.root)
	}
	if got, want := tree.Best(), model.best(model.root); got != want {
		t.Fatalf("Best = %v, want %v", got, want)
	}
	if got, err := tree.BestContaining(a.Hash); err != nil || got != model.best(a.Hash) {
		t.Fatalf("BestContaining(%v) = %v, %v, want %v", a, got, err, model.best(a.Hash))
	}
	if got, want := tree.IsDescendent(a.Hash, b.Hash), model.descends(a.Hash, b.Hash); got != want {
		t.Fatalf("IsDescendent(%v, %v) = %v, want %v", a, b, got, want)
	}
	var above []primitives.Hash
	for _, x := range model.chain(a.Hash) {
		if model.descends(x.id.Hash, b.Hash) {
			above = append(above, x.id.Hash)
		}
	}
	if got, ok := tree.CommonAncestor(a.Hash, b.Hash); !ok || got.Hash != above[0] {
		t.Fatalf("CommonAncestor(%v, %v) = %v, want %v", a, b, got, above[0])
	}
	for _, x := range model.chain(a.Hash) {
		if got, ok := tree.Ancestor(a.Hash, x.id.Number); !ok || got != x.id {
			t.Fatalf("Ancestor(%v, %d) = %v %v, want %v", a, x.id.Number, got, ok, x.id)
		}
	}
	var leaves []primitives.Hash
	for _, x := range model.blocks {
		if !slices.ContainsFunc(model.blocks, func(y naiveBlock) bool { return y.id.Hash != model.root && y.parent == x.id.Hash }) {
			leaves = append(leaves, x.id.Hash)
		}
	}
	if tree.LeafCount() != len(leaves) {
		t.Fatalf("%d leaves, want %d", tree.LeafCount(), len(leaves))
	}
	if got := hashes(tree.Leaves()); !slices.Equal(sorted(got), sorted(leaves)) {
		t.Fatalf("Leaves = %v, want %v", got, leaves)
	}
}

// TestQuickOrder checks that the choice does not depend on the order in which
// blocks were learned (invariant I-4).
func TestQuickOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		genesis := primitives.BlockID{Hash: primitives.Hash{255, 255}}
		blocks := []naiveBlock{{id: genesis}}
		for i := range rapid.IntRange(1, 20).Draw(t, "n") {
			parent := rapid.SampledFrom(blocks).Draw(t, "parent").id
			blocks = append(blocks, naiveBlock{
				id:     primitives.BlockID{Hash: primitives.Blake2b256([]byte{byte(i)}), Number: parent.Number + 1},
				parent: parent.Hash,
				weight: uint64(rapid.IntRange(0, 1).Draw(t, "weight")),
			})
		}
		learn := func(order []naiveBlock) *Tree {
			tree := New(genesis, 100)
			for len(order) > 0 {
				b := order[0]
				order = order[1:]
				if err := tree.Insert(b.id, b.parent, uint32(b.weight)); err == ErrUnknownParent {
					order = append(order, b)
				} else if err != nil {
					t.Fatal(err)
				}
			}
			return tree
		}
		first := learn(slices.Clone(blocks[1:]))
		second := learn(rapid.Permutation(blocks[1:]).Draw(t, "order"))
		if first.Best() != second.Best() || !slices.Equal(first.Leaves(), second.Leaves()) {
			t.Fatalf("best %v, leaves %v; in another order %v, %v", first.Best(), first.Leaves(), second.Best(), second.Leaves())
		}
	})
}
