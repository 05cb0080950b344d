package trie

import (
	"bytes"
	"math/bits"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// Change is a new value of a key. Value is nil if the key has none any more; the empty
// value is not nil.
type Change struct {
	Key   []byte
	Value []byte
}

// Put sets the value at key; nil is the empty value. Of a detached value the trie keeps
// the hash alone: the Source has to have it when it is read. Putting the value that is there
// changes nothing, except that a value in the other layout's form is rewritten in this
// one's.
//
// Errors: ErrKeyTooLong, ErrValueTooLong, and those of the Source.
func (t *Trie) Put(key, value []byte) error { return t.Update([]Change{change(key, value)}) }

// change returns the change that sets a value; nil is the empty value.
func change(key, value []byte) Change {
	if value == nil {
		value = []byte{}
	}
	return Change{key, value}
}

// Delete removes the value at key; without one it does nothing. When a branch is left
// with a single child the two are merged, which reads that child from the Source.
func (t *Trie) Delete(key []byte) error { return t.Update([]Change{{Key: key}}) }

// Update makes changes, which must be ascending by key, no key twice, in one walk: what
// Put and Delete do one by one, except that a branch that loses a child and gets another
// is not merged in between.
//
// An error leaves the content as it was if there is one change. After an error of the
// Source in several the trie must not be used any more.
//
// Errors: ErrOrder, ErrKeyTooLong, ErrValueTooLong, and those of the Source.
func (t *Trie) Update(changes []Change) error {
	for i, c := range changes {
		switch {
		case i > 0 && bytes.Compare(changes[i-1].Key, c.Key) >= 0:
			return ErrOrder
		case c.Value != nil && len(c.Key) > MaxKeyLen:
			return ErrKeyTooLong
		case t.version == V0 && len(c.Value) > MaxInlineLen:
			return ErrValueTooLong
		}
	}
	return t.update(changes)
}

// update is Update for changes in order, with values of any length.
func (t *Trie) update(changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	top := t.top()
	if t.empty() {
		top = slot{}
	}
	u := updater{t: t, each: t.each, path: t.path}
	n, err := u.below(top, 0, changes)
	t.path = u.path
	if err != nil {
		return err
	}
	t.gone = append(t.gone, u.gone...)
	t.changed += u.changed
	if n == nil {
		t.root = rootOf(nil, appendRef(nil, EmptyRoot[:]))
	} else {
		t.root.nodes[0] = n
	}
	return nil
}

// updater makes changes below a slot. Its methods get changes whose keys agree up to
// where they are, and return the node that is there then, nil if none is; the caller hangs
// it up. What they return is n itself if nothing changed.
type updater struct {
	t       *Trie
	each    Each
	gone    []string // as in Trie
	changed int      // as in Trie
	path    []byte   // scratch
	hash    [32]byte // scratch
}

// below makes changes in slot c, at pos nibbles. The zero slot has nothing in it.
func (u *updater) below(c slot, pos int, changes []Change) (*node, error) {
	if c.k == nil {
		return u.build(pos, changes)
	}
	n := c.node()
	if n == nil {
		u.path = appendNibbles(u.path[:0], changes[0].Key, pos)
		var err error
		if n, err = u.t.load(u.path, c.ref()); err != nil {
			return nil, err
		}
	}
	return u.node(n, pos, changes)
}

// build makes changes where nothing is, at pos nibbles.
func (u *updater) build(pos int, changes []Change) (*node, error) {
	for len(changes) > 0 && changes[0].Value == nil {
		changes = changes[1:]
	}
	for len(changes) > 0 && changes[len(changes)-1].Value == nil {
		changes = changes[:len(changes)-1]
	}
	if len(changes) == 0 {
		return nil, nil
	}
	u.changed++
	key, value := changes[0].Key, changes[0].Value
	if len(changes) == 1 {
		kind, kept := u.keep(value)
		return &node{data: packedKey(key, pos, kept), plen: uint16(2*len(key) - pos), flags: kind | dirty}, nil
	}
	last, end := changes[len(changes)-1].Key, pos
	for end < 2*len(key) && nibble(key, end) == nibble(last, end) {
		end++
	}
	return u.inside(u.branch(appendNibbles(nil, key, end)[pos:], dirty), pos, changes)
}

// branch returns a new branch that has nothing yet.
func (u *updater) branch(partial []byte, f flags) *node {
	return newBranch(&node{data: packed(partial, ""), plen: uint16(len(partial)), flags: f}, &kids{owner: u.t.owner})
}

// node makes changes at and below n, which is at pos nibbles.
func (u *updater) node(n *node, pos int, changes []Change) (*node, error) {
	// Of the changes that are not below n, deletions change nothing.
	m := n.match(changes[0].Key, pos)
	for m < int(n.plen) && changes[0].Value == nil {
		if changes = changes[1:]; len(changes) == 0 {
			return n, nil
		}
		m = n.match(changes[0].Key, pos)
	}
	for last := len(changes) - 1; last > 0; last-- {
		of := n.match(changes[last].Key, pos)
		if of == int(n.plen) || changes[last].Value != nil {
			m = min(m, of)
			break
		}
		changes = changes[:last]
	}
	if m < int(n.plen) {
		n = u.split(n, m)
	}
	return u.inside(n, pos, changes)
}

// split returns a new branch for the place of n, with the first m nibbles of its partial
// key, and with n below.
func (u *updater) split(n *node, m int) *node {
	var buf [64]byte
	whole := n.appendPartial(buf[:0], 0)
	old := *n
	old.setPartial(whole[m+1:])
	old.flags = n.flags&hasValue | dirty
	u.changed += 2
	b := u.branch(whole[:m], n.flags&stored|dirty)
	b.insert(u.t.owner, whole[m], &old)
	return b
}

// inside makes changes that are at or below the end of n, which is at pos nibbles.
func (u *updater) inside(n *node, pos int, changes []Change) (*node, error) {
	key, end := changes[0].Key, pos+int(n.plen)
	drop := false
	if 2*len(key) == end {
		if value := changes[0].Value; value != nil {
			n = u.setValue(n, value)
		} else {
			drop = n.flags&hasValue != 0
		}
		changes = changes[1:]
	}
	n, removed, err := u.children(n, end, changes)
	if err != nil || removed == 0 && !drop {
		return n, err
	}
	left := n.bitmap &^ removed
	if n.flags&hasValue == 0 || drop {
		switch bits.OnesCount16(left) {
		case 0:
			if n.flags&stored != 0 {
				u.gone = append(u.gone, string(appendNibbles(u.path[:0], key, pos)))
			}
			return nil, nil
		case 1:
			return u.merge(n, key, end, byte(bits.TrailingZeros16(left)))
		}
	}
	n = u.touch(n)
	if drop {
		n.setValue(0, nil)
	}
	for ; removed != 0; removed &= removed - 1 {
		n.remove(byte(bits.TrailingZeros16(removed)))
	}
	return n, nil
}

// piece is what happens to one child of a branch.
type piece struct {
	i       byte // its nibble
	changes []Change
	kid     *node // what hangs there then
	err     error
}

// cut returns the first of changes with one nibble at pos, and the others.
func cut(changes []Change, pos int) (piece, []Change) {
	i, n := nibble(changes[0].Key, pos), 1
	for n < len(changes) && nibble(changes[n].Key, pos) == i {
		n++
	}
	return piece{i: i, changes: changes[:n]}, changes[n:]
}

// children makes changes below n, which ends at pos nibbles. It returns n with the
// children that there are then, and still with those in removed, which are gone.
func (u *updater) children(n *node, pos int, changes []Change) (_ *node, removed uint16, err error) {
	if !alone && u.each != nil && len(changes) >= divisible {
		if pieces := cutAll(changes, pos); len(pieces) >= divisible {
			return u.divide(n, pos, pieces)
		}
	}
	for len(changes) > 0 {
		var p piece
		p, changes = cut(changes, pos)
		if p.kid, err = u.below(n.slot(p.i), pos+1, p.changes); err != nil {
			return nil, 0, err
		}
		n, removed = u.hang(n, p, removed)
	}
	return n, removed, nil
}

// hang returns n with what hangs in p's place now, or p's place in removed.
func (u *updater) hang(n *node, p piece, removed uint16) (*node, uint16) {
	c, bit := n.slot(p.i), uint16(1)<<p.i
	switch {
	case p.kid == nil:
		return n, removed | n.bitmap&bit
	case c.k == nil:
		n = u.touch(n)
		n.insert(u.t.owner, p.i, p.kid)
		return n, removed
	case p.kid.flags&dirty != 0 && c.k.dirty&bit == 0:
		n = u.touch(n)
		n.kids.dirty |= bit
	case p.kid == c.node():
		return n, removed
	default:
		n = u.t.own(n)
	}
	n.slot(p.i).set(p.kid)
	return n, removed
}

// merge returns what is in the place of the branch n, which ends at pos nibbles of key,
// when only its child at nibble i is left.
func (u *updater) merge(n *node, key []byte, pos int, i byte) (*node, error) {
	u.path = append(appendNibbles(u.path[:0], key, pos), i)
	last := n.slot(i)
	kid := last.node()
	if kid == nil {
		var err error
		if kid, err = u.t.load(u.path, last.ref()); err != nil {
			return nil, err
		}
	}
	if kid.flags&stored != 0 {
		u.gone = append(u.gone, string(u.path))
	}
	merged := *kid
	merged.setPartial(kid.appendPartial(append(n.appendPartial(nil, 0), i), 0))
	merged.flags = kid.flags&hasValue | n.flags&stored | dirty
	u.changed++
	return &merged, nil
}

// setValue returns n with the value.
func (u *updater) setValue(n *node, value []byte) *node {
	kind, kept := u.keep(value)
	if n.flags&hasValue == kind && n.tail() == string(kept) {
		return n
	}
	n = u.touch(n)
	n.setValue(kind, kept)
	return n
}

// touch returns n, or a copy, writable and dirty.
func (u *updater) touch(n *node) *node {
	n = u.t.own(n)
	if n.flags&dirty == 0 {
		n.flags |= dirty
		u.changed++
	}
	return n
}

// keep returns what a node keeps of the value, which is valid until the next call: in
// layout V1 of a long one its hash.
func (u *updater) keep(value []byte) (flags, []byte) {
	if u.t.version == V0 || len(value) <= inlineValue {
		return valueInline, value
	}
	u.hash = hash.Blake2b256(value)
	return valueHash, u.hash[:]
}
