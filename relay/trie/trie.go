package trie

import (
	"math/bits"
	"slices"
	"strings"
)

// Version is the layout of new values. Reading accepts both at once.
type Version uint8

const (
	// V0 keeps every value inside its node.
	V0 Version = 0
	// V1 detaches values longer than 32 bytes: the node has their BLAKE2b-256 hash.
	V1 Version = 1
)

// EmptyRoot is the root of a trie without keys: BLAKE2b-256 of one zero byte.
var EmptyRoot = [32]byte{
	0x03, 0x17, 0x0a, 0x2e, 0x75, 0x97, 0xb7, 0xb7, 0xe3, 0xd8, 0x4c, 0x05, 0x39, 0x1d, 0x13, 0x9a,
	0x62, 0xb1, 0x57, 0xe7, 0x87, 0x86, 0xd8, 0xc0, 0x82, 0xf2, 0x9d, 0xcf, 0x4c, 0x11, 0x13, 0x14,
}

// Trie is a mutable view of one trie, kept in memory as far as it was read or
// written. It has a single owner: even reads load nodes. Clones are independent and
// may be used by different goroutines at the same time, if the Source allows it.
//
// An error from the Source leaves the content of the trie as it was.
type Trie struct {
	src     Source
	version Version
	owner   *owner
	root    kids     // one child at nibble 0, the root; its ref is EmptyRoot if there is none
	gone    []string // paths whose stored node went away since the last commit; may hold some twice or taken again
	changed int      // nodes dirtied since the last commit, about
	path    []byte   // scratch: the nibbles of the key in hand
}

// New returns the trie with the given root over src, which may be nil if everything
// comes from Put (root is EmptyRoot then). version is the layout of values to be put.
func New(src Source, root [32]byte, version Version) *Trie {
	if src == nil {
		src = (*Proof)(nil)
	}
	t := &Trie{src: src, version: version, owner: new(owner)}
	t.root = rootOf(nil, appendRef(nil, root[:]))
	return t
}

// rootOf returns what a trie has for its root.
func rootOf(n *node, refs []byte) kids { return kids{nodes: []*node{n}, refs: refs, listed: 1} }

// top returns the slot of the root.
func (t *Trie) top() slot { return slot{k: &t.root} }

// Clone returns an independent trie with the same content, in constant time: both
// share their nodes and copy what they write from now on.
func (t *Trie) Clone() *Trie {
	t.owner = new(owner)
	t.gone = slices.Clip(t.gone)
	c := &Trie{src: t.src, version: t.version, owner: new(owner), gone: t.gone}
	c.root = rootOf(t.root.nodes[0], t.root.refs)
	return c
}

// Get returns the value at key, nil if there is none; the empty value is not nil. The
// caller must not change the result. Detached values that were not put into this trie
// since the last commit come from the Source each time.
func (t *Trie) Get(key []byte) ([]byte, error) {
	p, err := t.find(key)
	n := p.n
	if err != nil || !p.hit || n.flags&hasValue == 0 {
		return nil, err
	}
	if n.flags&valueHash == 0 {
		return []byte(n.tail()), nil
	}
	v, err := t.src.Value(key, [32]byte([]byte(n.tail())))
	if err != nil {
		return nil, err
	}
	if len(v) <= inlineValue {
		return nil, ErrBadNode
	}
	return v, nil
}

// Put sets the value at key. Putting the value that is there changes nothing, except
// that a value in the other layout's form is rewritten in this one's.
//
// Errors: ErrKeyTooLong, ErrValueTooLong, and those of the Source.
func (t *Trie) Put(key, value []byte) error {
	if len(key) > MaxKeyLen {
		return ErrKeyTooLong
	}
	if t.version == V0 && len(value) > MaxInlineLen {
		return ErrValueTooLong
	}
	return t.put(key, value)
}

func (t *Trie) put(key, value []byte) error {
	kind := valueInline
	if t.version != V0 && len(value) > inlineValue {
		kind = valueDetached
	}
	p, err := t.find(key)
	if err != nil || p.hit && p.n.flags&hasValue == kind && p.n.tail() == string(value) {
		return err
	}
	if p.n == nil {
		t.root.nodes[0] = t.leaf(t.path, kind, value)
		return nil
	}
	c := t.open(p.pos)
	n := t.touch(c)
	rest := t.path[p.pos+p.match:]
	switch {
	case p.hit:
		n.setValue(kind, value)
	case p.match < int(n.plen):
		c.set(t.split(n, p.match, rest, kind, value))
	default:
		n.insert(t.owner, rest[0], t.leaf(rest[1:], kind, value))
	}
	return nil
}

// leaf returns a new, dirty leaf.
func (t *Trie) leaf(partial []byte, kind flags, value []byte) *node {
	t.changed++
	n := &node{plen: uint16(len(partial)), flags: kind | dirty}
	var b strings.Builder
	b.Grow(packedLen(len(partial)) + len(value))
	pack(&b, partial)
	b.Write(value)
	n.data = b.String()
	return n
}

// split puts a new branch in the place of n, whose partial key agrees with that of a
// new value for m nibbles; rest is what the new key has after them.
func (t *Trie) split(n *node, m int, rest []byte, kind flags, value []byte) *node {
	var buf [64]byte
	whole := n.appendPartial(buf[:0], 0)
	old := *n
	old.setPartial(whole[m+1:])
	old.flags &^= stored
	br := newBranch(&node{data: packed(whole[:m], ""), plen: uint16(m), flags: dirty | n.flags&stored}, &kids{owner: t.owner})
	br.insert(t.owner, whole[m], &old)
	if len(rest) == 0 {
		br.setValue(kind, value)
	} else {
		br.insert(t.owner, rest[0], t.leaf(rest[1:], kind, value))
	}
	return br
}

// Delete removes the value at key; without one it does nothing. When a branch is left
// with a single child the two are merged, which reads that child from the Source.
func (t *Trie) Delete(key []byte) error {
	p, err := t.find(key)
	if err != nil || !p.hit || p.n.flags&hasValue == 0 {
		return err
	}
	switch {
	case p.n.kids != nil:
		c := t.open(p.pos)
		n := t.touch(c)
		if len(n.kids.nodes) == 1 {
			return t.merge(c, p.pos, n.bitmap)
		}
		n.setValue(0, nil)
		return nil
	case p.pos == 0:
		t.root = rootOf(nil, appendRef(nil, EmptyRoot[:]))
	default:
		i := t.path[p.pos-1]
		up := t.open(p.up)
		parent := t.touch(up)
		if len(parent.kids.nodes) > 2 || parent.flags&hasValue != 0 {
			parent.remove(i)
		} else if err := t.merge(up, p.up, parent.bitmap&^(1<<i)); err != nil {
			return err
		}
	}
	if p.n.flags&stored != 0 {
		t.gone = append(t.gone, string(t.path[:p.pos]))
	}
	return nil
}

// merge replaces the branch in c, whose path ends at pos, by its only remaining child
// (the one bit of rest): the branch loses its value and its other children.
func (t *Trie) merge(c slot, pos int, rest uint16) error {
	i := byte(bits.TrailingZeros16(rest))
	n := c.node()
	var buf [64]byte
	path := append(append(buf[:0], t.path[:pos]...), n.appendPartial(nil, 0)...)
	path = append(path, i)
	last := n.slot(i)
	kid := last.node()
	if kid == nil {
		var err error
		if kid, err = t.load(path, last.ref()); err != nil {
			return err
		}
	}
	if kid.flags&stored != 0 {
		t.gone = append(t.gone, string(path))
	}
	merged := *kid
	merged.setPartial(kid.appendPartial(path[pos:], 0))
	merged.flags = kid.flags&hasValue | n.flags&stored | dirty
	c.set(&merged)
	return nil
}

// place is where the way to a key ends. The zero place is that of every key in an
// empty trie.
type place struct {
	n     *node // the last node that there is
	pos   int   // n hangs at this many nibbles of the key, its parent at up
	up    int
	match int  // so many nibbles of n's partial key agree with those from pos on
	hit   bool // n ends where the key does
}

// find loads the nodes on the way to key, leaves key's nibbles in t.path, and returns
// where that ends; the zero place for a key too long.
func (t *Trie) find(key []byte) (place, error) {
	t.path = appendNibbles(t.path[:0], key[:min(len(key), MaxKeyLen)])
	if t.empty() || len(key) > MaxKeyLen {
		return place{}, nil
	}
	var p place
	for c, pos := t.top(), 0; ; pos++ {
		n, err := t.reach(c, t.path[:pos])
		if err != nil {
			return place{}, err
		}
		m := n.match(t.path[pos:])
		p = place{n: n, pos: pos, up: p.pos, match: m}
		pos += m
		if m < int(n.plen) {
			return p, nil
		}
		if pos == len(t.path) {
			p.hit = true
			return p, nil
		}
		if c = n.slot(t.path[pos]); c.k == nil {
			return p, nil
		}
	}
}

// open makes the nodes above the slot at t.path[:end] writable and dirty, and returns
// the slot. All of them are loaded.
func (t *Trie) open(end int) slot {
	c := t.top()
	for pos := 0; pos < end; pos++ {
		n := t.touch(c)
		pos += int(n.plen)
		i := t.path[pos]
		n.kids.dirty |= 1 << i
		c = n.slot(i)
	}
	return c
}

// reach returns the node in slot c at path, loaded if need be. All its ancestors are
// loaded.
func (t *Trie) reach(c slot, path []byte) (*node, error) {
	if n := c.node(); n != nil {
		return n, nil
	}
	n, err := t.load(path, c.ref())
	if err != nil {
		return nil, err
	}
	if c.k != &t.root && c.k.owner != t.owner {
		c = t.claim(path)
	}
	c.set(n)
	return n, nil
}

// claim returns the slot at path after making the way to it this tree's own, so that
// a clone that shares it does not see it change. All nodes above are loaded.
func (t *Trie) claim(path []byte) slot {
	c, pos := t.top(), 0
	for pos < len(path) {
		n := t.own(c.node())
		c.set(n)
		pos += int(n.plen)
		c = n.slot(path[pos])
		pos++
	}
	return c
}

// load reads the node at path from the source.
func (t *Trie) load(path, ref []byte) (*node, error) {
	enc, err := t.src.Node(path, [32]byte(ref))
	if err != nil {
		return nil, err
	}
	if len(enc) == 0 {
		return nil, ErrMissingNode
	}
	n, err := decodeNode(enc, len(path), t.owner)
	if err != nil {
		return nil, err
	}
	n.flags |= stored
	return n, nil
}

// touch makes the loaded node in c writable and dirty. c must be in an owned node.
func (t *Trie) touch(c slot) *node {
	n := t.own(c.node())
	if n.flags&dirty == 0 {
		n.flags |= dirty
		t.changed++
	}
	c.set(n)
	return n
}

// own returns n if this tree may write to it, else a copy. Leaves are always copied.
func (t *Trie) own(n *node) *node {
	k := n.kids
	if k == nil {
		own := *n
		return &own
	}
	if k.owner == t.owner {
		return n
	}
	n = newBranch(n, k)
	n.kids.owner = t.owner
	return n
}

// empty reports whether the trie has no key.
func (t *Trie) empty() bool { return t.root.nodes[0] == nil && [32]byte(t.root.ref(0)) == EmptyRoot }

// Trim forgets nodes more than depth levels below the root that are stored and
// unchanged: the Source must have them. It bounds the memory of a tree that lives
// long.
func (t *Trie) Trim(depth int) { t.trim(t.top(), depth) }

func (t *Trie) trim(c slot, depth int) {
	n := c.node()
	if n == nil {
		return
	}
	if depth < 0 && n.flags&(stored|dirty) == stored {
		c.set(nil)
		return
	}
	if n.kids == nil {
		return
	}
	n = t.own(n)
	c.set(n)
	for k := range n.kids.nodes {
		t.trim(slot{k: n.kids, at: k}, depth-1)
	}
}
