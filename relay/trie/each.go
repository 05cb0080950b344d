package trie

import (
	"math/bits"
	"slices"
)

// Each calls work once with every number below n, in any order and several at a time if
// it likes, and returns when all calls have: package parallel has one.
type Each func(n int, work func(i int))

// Divide lets Update and Commit do pieces of work that do not depend on each other
// through each, which may use more processors; the Source must allow that. What they do
// is the same whatever each does. Clones inherit it.
func (t *Trie) Divide(each Each) { t.each = each }

// divisible is how many children to work on make a branch worth dividing. What changes
// is rarely spread below the root: in a state most keys of one kind share a long prefix,
// and below that a branch is wide.
const divisible = 8

// cutAll returns changes by the nibble of their keys at pos.
func cutAll(changes []Change, pos int) []piece {
	var pieces []piece
	for len(changes) > 0 {
		var p piece
		p, changes = cut(changes, pos)
		pieces = append(pieces, p)
	}
	return pieces
}

// divide is children with each piece by an updater of its own.
func (u *updater) divide(n *node, pos int, pieces []piece) (_ *node, removed uint16, err error) {
	parts := make([]updater, len(pieces))
	u.each(len(pieces), func(i int) {
		p := &pieces[i]
		parts[i].t = u.t
		p.kid, p.err = parts[i].below(n.slot(p.i), pos+1, p.changes)
	})
	for i, p := range pieces {
		if p.err != nil {
			return nil, 0, p.err
		}
		n, removed = u.hang(n, p, removed)
		u.gone = append(u.gone, parts[i].gone...)
		u.changed += parts[i].changed
	}
	return n, removed, nil
}

// divide commits the dirty children of n, each by a writer of its own that has an equal
// share of the room in w.out.
func (w *writer) divide(n *node) {
	var slots []slot
	for rest := n.kids.dirty; rest != 0; rest &= rest - 1 {
		slots = append(slots, n.slot(byte(bits.TrailingZeros16(rest))))
	}
	parts := make([]writer, len(slots))
	room := w.out[len(w.out):cap(w.out)]
	share := len(room) / len(slots)
	w.each(len(slots), func(i int) {
		part := writer{t: w.t, collect: w.collect, out: room[i*share : i*share : (i+1)*share]}
		part.path = append(slices.Clone(w.path), slots[i].i)
		part.node(slots[i])
		parts[i] = part
	})
	total, over := len(w.out), false
	for _, part := range parts {
		total += len(part.out)
		over = over || len(part.out) > share
	}
	if over { // the next part would be written over
		w.out = append(make([]NodeChange, 0, total), w.out...)
	}
	for _, part := range parts {
		w.out = append(w.out, part.out...)
		w.refs = append(w.refs, part.refs...)
	}
}
