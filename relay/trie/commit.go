package trie

import (
	"bytes"
	"math/bits"
	"slices"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// Commit is what a series of changes did to the trie.
type Commit struct {
	// Root is the new root.
	Root [32]byte
	// Nodes are the changes to separately stored nodes, ascending by path, no path
	// twice. Applied to what was stored for the old root they give exactly what belongs
	// to the new one. An emptied trie stores nothing.
	Nodes []NodeChange
}

// NodeChange says what is stored at one path now.
type NodeChange struct {
	// Path is nibbles from the root, one a byte.
	Path []byte
	// Encoding is the node, nil if none is stored here any more.
	Encoding []byte
}

// Commit computes the new root and returns it with the nodes that changed since the
// last commit. The trie then counts them as stored and goes on; the caller stores them
// before the Source is asked for them. The slices are never changed afterwards, by
// either side, as those of the Source; several may share one allocation.
func (t *Trie) Commit() Commit {
	// A quarter more, so that parts that are not quite equal share it; see divide.
	w := writer{t: t, each: t.each, collect: true, out: make([]NodeChange, 0, t.changed+t.changed/4)}
	root := w.run()
	return Commit{Root: root, Nodes: mergeGone(w.out, w.gone)}
}

// writer encodes dirty nodes below a slot.
type writer struct {
	t       *Trie
	each    Each         // nil in what is itself a piece
	collect bool         // keep encodings, not only hashes
	out     []NodeChange // in pre-order, which is ascending by path
	gone    []string
	path    []byte
	refs    []byte // to the children written whose parents are not
	buf     []byte // scratch: the encoding in hand
	arena   []byte // where paths and encodings of leaves are laid down
}

func (w *writer) run() [32]byte {
	root := w.t.top()
	if n := root.node(); n != nil && n.flags&dirty != 0 {
		w.node(root)
		root.k.refs = bytes.Clone(w.refs)
	}
	w.gone, w.t.gone = w.t.gone, nil
	w.t.changed = 0
	return [32]byte(root.ref())
}

// node makes the dirty node in c, which hangs at w.path, clean, and appends to w.refs
// what its parent's encoding has for it.
func (w *writer) node(c slot) {
	n := w.t.own(c.node())
	c.set(n)
	at, depth, first := len(w.out), len(w.path), len(w.refs)
	w.out = append(w.out, NodeChange{}) // keeps the place before the children
	if n.kids != nil {
		w.children(n)
		w.path = w.path[:depth]
	}
	w.buf = appendHead(w.buf[:0], n, false)
	enc := w.buf
	if n.kids != nil {
		head := len(w.buf)
		w.buf = appendKids(w.buf, n, n.kids.dirty, w.refs[first:])
		w.refs = w.refs[:first]
		enc = bytes.Clone(w.buf)
		n.kids.refs, n.kids.listed, n.kids.dirty = enc[head:], n.bitmap, 0
	}
	n.flags &^= dirty
	keep := w.collect
	if depth > 0 && len(enc) < hashLen {
		// The parent takes the node in; nothing may stay behind at its path.
		w.refs = appendRef(w.refs, enc)
		keep = keep && n.flags&stored != 0
		n.flags &^= stored
		enc = nil
	} else {
		ref := hash.Blake2b256(enc)
		w.refs = appendRef(w.refs, ref[:])
		keep = keep && (n.flags&stored == 0 || !bytes.Equal(ref[:], c.ref()))
		n.flags |= stored
	}
	if !keep {
		w.out = slices.Delete(w.out, at, at+1)
		return
	}
	if n.kids == nil && enc != nil {
		enc = w.lay(enc)
	}
	w.out[at] = NodeChange{Path: w.lay(w.path), Encoding: enc}
}

// lay returns a copy of b in the arena.
func (w *writer) lay(b []byte) []byte {
	if len(b) > cap(w.arena)-len(w.arena) {
		w.arena = make([]byte, 0, max(len(b), min(max(1<<10, 2*cap(w.arena)), 32<<10)))
	}
	start := len(w.arena)
	w.arena = append(w.arena, b...)
	return w.arena[start:len(w.arena):len(w.arena)]
}

// children commits the dirty children of n.
func (w *writer) children(n *node) {
	w.path = n.appendPartial(w.path, 0)
	if !alone && w.each != nil && bits.OnesCount16(n.kids.dirty) >= divisible {
		w.divide(n)
		return
	}
	depth := len(w.path)
	for rest := n.kids.dirty; rest != 0; rest &= rest - 1 {
		i := byte(bits.TrailingZeros16(rest))
		w.path = append(w.path[:depth], i)
		w.node(n.slot(i))
	}
}

// mergeGone adds the paths in gone that no change is about, as deletions.
func mergeGone(changes []NodeChange, gone []string) []NodeChange {
	if len(gone) == 0 {
		return changes
	}
	gone = slices.Clone(gone)
	slices.Sort(gone)
	gone = slices.Compact(gone)
	out := make([]NodeChange, 0, len(changes)+len(gone))
	for _, p := range gone {
		path := []byte(p)
		for len(changes) > 0 && bytes.Compare(changes[0].Path, path) < 0 {
			out, changes = append(out, changes[0]), changes[1:]
		}
		if len(changes) == 0 || !bytes.Equal(changes[0].Path, path) {
			out = append(out, NodeChange{Path: path})
		}
	}
	return append(out, changes...)
}
