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
// last commit. The trie then counts them as stored and goes on, without the
// detached values; the caller stores them, and the values put, before the Source
// is asked for them. The slices are the caller's; several may share one
// allocation.
func (t *Trie) Commit() Commit {
	w := writer{t: t, collect: true, out: make([]NodeChange, 0, t.changed)}
	root := w.run()
	return Commit{Root: root, Nodes: mergeGone(w.out, w.gone)}
}

// writer encodes dirty nodes below a slot.
type writer struct {
	t       *Trie
	collect bool         // keep encodings, not only hashes
	out     []NodeChange // in pre-order, which is ascending by path
	gone    []string
	path    []byte
	arena   []byte // where paths and encodings are laid down
}

func (w *writer) run() [32]byte {
	if n := w.t.top().node(); n != nil && n.flags&dirty != 0 {
		w.node(w.t.top())
	}
	w.gone, w.t.gone = w.t.gone, nil
	w.t.changed = 0
	return w.t.root.refs[0]
}

// node makes the dirty node in c, which hangs at w.path, clean, and tells whether it
// goes inline.
func (w *writer) node(c slot) (inline bool) {
	n := w.t.own(c.node())
	c.set(n)
	at, depth := len(w.out), len(w.path)
	w.out = append(w.out, NodeChange{}) // keeps the place before the children
	if n.kids != nil {
		w.children(n)
		w.path = w.path[:depth]
	}
	if cap(w.arena)-len(w.arena) < 1<<10 {
		w.arena = make([]byte, 0, min(max(4<<10, 2*cap(w.arena)), 32<<10))
	}
	n.detach(w.arena)
	start := len(w.arena)
	mid := start + depth
	w.arena = appendNode(append(w.arena, w.path...), n, 0, false)
	end := len(w.arena)
	enc := w.arena[mid:end:end]
	change := NodeChange{Path: w.arena[start:mid:mid], Encoding: enc}
	n.flags &^= dirty
	keep := w.collect
	inline = depth > 0 && len(enc) < hashLen
	if inline {
		// The parent takes the node in; nothing may stay behind at its path.
		keep = keep && n.flags&stored != 0
		change.Encoding = nil
		n.flags &^= stored
		copy(c.ref()[:], enc)
		c.ref()[hashLen-1] = byte(len(enc))
	} else {
		ref := hash.Blake2b256(enc)
		keep = keep && (n.flags&stored == 0 || ref != *c.ref())
		n.flags |= stored
		*c.ref() = ref
	}
	if !keep {
		w.arena = w.arena[:start]
		w.out = slices.Delete(w.out, at, at+1)
		return inline
	}
	w.out[at] = change
	return inline
}

// detach puts the hash in the place of a detached value, which is the source's to
// keep from now on. The free end of scratch may be written over.
func (n *node) detach(scratch []byte) {
	if n.flags&valueDetached == 0 {
		return
	}
	h := hash.Blake2b256(append(scratch, n.tail()...)[len(scratch):])
	n.setValue(valueHash, h[:])
}

// children commits the dirty children of n.
func (w *writer) children(n *node) {
	w.path = n.appendPartial(w.path, 0)
	depth := len(w.path)
	for rest := n.kids.dirty; rest != 0; rest &= rest - 1 {
		i := byte(bits.TrailingZeros16(rest))
		w.path = append(w.path[:depth], i)
		if w.node(n.slot(i)) {
			n.kids.inline |= 1 << i
		} else {
			n.kids.inline &^= 1 << i
		}
	}
	n.kids.dirty = 0
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
