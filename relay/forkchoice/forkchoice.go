package forkchoice

import (
	"bytes"
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Tree is the last finalized block, its root, and every known descendant. It is
// used by one goroutine.
type Tree struct {
	root  *node
	best  *node
	nodes map[primitives.Hash]*node
	limit int
	tips  int // nodes without children
}

// node is a block. weight counts primary claims from the first root on.
type node struct {
	id       primitives.BlockID
	weight   uint64
	parent   *node
	children []*node
}

// New returns a tree of finalized alone. limit bounds the blocks held besides
// it and must be positive.
func New(finalized primitives.BlockID, limit int) *Tree {
	root := &node{id: finalized}
	return &Tree{
		root:  root,
		best:  root,
		nodes: map[primitives.Hash]*node{finalized.Hash: root},
		limit: limit,
		tips:  1,
	}
}

// Insert adds block, a child of parent, whose claim weighs weight (see
// primitives.BABEPreDigest). It returns ErrKnown, ErrUnknownParent (also for a
// parent that was pruned), ErrNumber or ErrFull and then changes nothing.
func (t *Tree) Insert(block primitives.BlockID, parent primitives.Hash, weight uint32) error {
	p, ok := t.nodes[parent]
	switch {
	case t.nodes[block.Hash] != nil:
		return ErrKnown
	case !ok:
		return ErrUnknownParent
	case block.Number == 0 || block.Number-1 != p.id.Number:
		return ErrNumber
	case len(t.nodes) > t.limit:
		return ErrFull
	}
	n := &node{id: block, weight: p.weight + uint64(weight), parent: p}
	if len(p.children) > 0 {
		t.tips++
	}
	p.children = append(p.children, n)
	t.nodes[block.Hash] = n
	if n.better(t.best) {
		t.best = n
	}
	return nil
}

// better reports whether n is chosen rather than other: more weight, then the
// higher number, then the smaller hash.
func (n *node) better(other *node) bool {
	switch {
	case n.weight != other.weight:
		return n.weight > other.weight
	case n.id.Number != other.id.Number:
		return n.id.Number > other.id.Number
	}
	return bytes.Compare(n.id.Hash[:], other.id.Hash[:]) < 0
}

// Finality is what finalizing a block did: Canonical lists the blocks that
// became final, lowest first, the finalized one last; Pruned lists the blocks
// that can never become final, each after its parent.
type Finality struct {
	Canonical []primitives.BlockID
	Pruned    []primitives.BlockID
}

// Finalize makes the block with hash the root and forgets everything that does
// not descend from it. Finalizing the root again is a no-op. It returns
// ErrUnknown if hash is not in the tree.
func (t *Tree) Finalize(hash primitives.Hash) (Finality, error) {
	target, ok := t.nodes[hash]
	if !ok {
		return Finality{}, ErrUnknown
	}
	var out Finality
	keep := target
	for n := target; n != t.root; n = n.parent {
		out.Canonical = append(out.Canonical, n.id)
	}
	slices.Reverse(out.Canonical)
	for keep != t.root {
		for _, sibling := range keep.parent.children {
			if sibling != keep {
				sibling.walk(func(n *node) {
					if len(n.children) == 0 {
						t.tips--
					}
					out.Pruned = append(out.Pruned, n.id)
					delete(t.nodes, n.id.Hash)
				})
			}
		}
		keep = keep.parent
		delete(t.nodes, keep.id.Hash)
	}
	target.parent = nil
	t.root = target
	t.best = target.heaviest()
	return out, nil
}

// walk calls visit for n and its descendants, parents first, without recursion:
// a tree can be as deep as it is large.
func (n *node) walk(visit func(*node)) {
	stack := []*node{n}
	for len(stack) > 0 {
		last := stack[len(stack)-1]
		stack = append(stack[:len(stack)-1], last.children...)
		visit(last)
	}
}

// heaviest returns the best of n and its descendants.
func (n *node) heaviest() *node {
	best := n
	n.walk(func(d *node) {
		if d.better(best) {
			best = d
		}
	})
	return best
}

// Finalized returns the last finalized block.
func (t *Tree) Finalized() primitives.BlockID { return t.root.id }

// Best returns the best block, the finalized one if there is no other.
func (t *Tree) Best() primitives.BlockID { return t.best.id }

// BestContaining returns the best among the block with hash and its
// descendants, or ErrUnknown.
func (t *Tree) BestContaining(hash primitives.Hash) (primitives.BlockID, error) {
	n, ok := t.nodes[hash]
	if !ok {
		return primitives.BlockID{}, ErrUnknown
	}
	return n.heaviest().id, nil
}

// Contains reports whether the block with hash is the finalized one or a known
// descendant.
func (t *Tree) Contains(hash primitives.Hash) bool { return t.nodes[hash] != nil }

// Len returns how many blocks are held besides the finalized one.
func (t *Tree) Len() int { return len(t.nodes) - 1 }

// Block returns number and hash of the block with hash.
func (t *Tree) Block(hash primitives.Hash) (primitives.BlockID, bool) {
	n, ok := t.nodes[hash]
	if !ok {
		return primitives.BlockID{}, false
	}
	return n.id, true
}

// Parent returns the parent of the block with hash; false for the finalized
// block and for unknown ones.
func (t *Tree) Parent(hash primitives.Hash) (primitives.BlockID, bool) {
	n, ok := t.nodes[hash]
	if !ok || n.parent == nil {
		return primitives.BlockID{}, false
	}
	return n.parent.id, true
}

// Ancestor returns the block at number on the chain that ends with hash, which
// may be that block itself; false if hash is unknown, or number is above it or
// below the finalized block.
func (t *Tree) Ancestor(hash primitives.Hash, number primitives.BlockNumber) (primitives.BlockID, bool) {
	n := t.nodes[hash]
	for n != nil && n.id.Number > number {
		n = n.parent
	}
	if n == nil || n.id.Number != number {
		return primitives.BlockID{}, false
	}
	return n.id, true
}

// IsDescendent reports whether block is ancestor or descends from it. Both must
// be in the tree, else it reports false.
func (t *Tree) IsDescendent(ancestor, block primitives.Hash) bool {
	a, ok := t.nodes[ancestor]
	if !ok {
		return false
	}
	found, ok := t.Ancestor(block, a.id.Number)
	return ok && found.Hash == ancestor
}

// CommonAncestor returns the highest block that both a and b are or descend
// from; false if one of them is unknown.
func (t *Tree) CommonAncestor(a, b primitives.Hash) (primitives.BlockID, bool) {
	x, y := t.nodes[a], t.nodes[b]
	if x == nil || y == nil {
		return primitives.BlockID{}, false
	}
	for x != y {
		if x.id.Number >= y.id.Number {
			x = x.parent
		} else {
			y = y.parent
		}
	}
	return x.id, true
}

// LeafCount returns how many blocks have no children.
func (t *Tree) LeafCount() int { return t.tips }

// Leaves returns the blocks without children, best first.
func (t *Tree) Leaves() []primitives.BlockID {
	var leaves []*node
	t.root.walk(func(n *node) {
		if len(n.children) == 0 {
			leaves = append(leaves, n)
		}
	})
	slices.SortFunc(leaves, func(a, b *node) int {
		if a.better(b) {
			return -1
		}
		return 1
	})
	out := make([]primitives.BlockID, len(leaves))
	for i, n := range leaves {
		out[i] = n.id
	}
	return out
}
