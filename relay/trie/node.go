package trie

import (
	"math/bits"
	"slices"
	"strings"
)

// flags of a node. At most one of the three value flags is set.
type flags uint8

const (
	valueInline   flags = 1 << iota // data ends in a value that the encoding contains
	valueHash                       // data ends in the 32-byte hash of a detached value
	valueDetached                   // data ends in a value that the encoding refers to by hash
	dirty                           // changed since the last commit: the parent's ref is stale, and so is every ancestor's
	stored                          // at the last commit this path held a separately stored node

	hasValue = valueInline | valueHash | valueDetached
)

// node is a leaf (kids == nil) or a branch. Its strings are never shared with a
// caller's buffer. Most nodes of a big trie are leaves, so the struct is kept at
// 32 bytes and what only branches need is in kids.
type node struct {
	data   string // partial key, packed as in the encoding (an odd first nibble alone in its byte), then the value or its hash
	kids   *kids
	plen   uint16 // nibbles in the partial key
	bitmap uint16 // bit i set: a child hangs at nibble i
	flags  flags
}

// kids are the children of one branch, in nibble order. References are kept apart
// from pointers and flags beside both, so that a commit reads no clean child and the
// garbage collector no hash.
//
// refs[k] is what the branch's encoding has for child k: if the child is inline,
// refs[k][:refs[k][31]] is its encoding, otherwise refs[k] is its hash. If the child is
// dirty it is what it was at the last commit, zero for a new child.
type kids struct {
	owner  *owner  // the one tree that may write here and to the node that holds it
	nodes  []*node // nil until loaded; inline children always are
	refs   [][32]byte
	dirty  uint16 // by nibble: the child is dirty
	inline uint16 // by nibble: the child is inline; stale where dirty or absent
}

// branch is how a node with kids is allocated: in one piece.
type branch struct {
	n node
	k kids
}

func newBranch(n node, k kids) *node {
	b := &branch{n, k}
	b.n.kids = &b.k
	return &b.n
}

// slot is a place where a node hangs. The zero slot is no place.
type slot struct {
	k  *kids
	at int
}

func (s slot) node() *node    { return s.k.nodes[s.at] }
func (s slot) set(n *node)    { s.k.nodes[s.at] = n }
func (s slot) ref() *[32]byte { return &s.k.refs[s.at] }

// owner is the identity of a tree. Clones get new ones, so shared branches have no
// owner left and are copied before they are written. It has a size, so that two
// owners never have the same address.
type owner struct{ _ byte }

// nibble returns nibble i of the partial key.
func (n *node) nibble(i int) byte {
	i += int(n.plen & 1)
	b := n.data[i>>1]
	if i&1 == 0 {
		return b >> 4
	}
	return b & 15
}

// match returns how many leading nibbles of path agree with the partial key.
func (n *node) match(path []byte) int {
	end := min(int(n.plen), len(path))
	for i := range end {
		if n.nibble(i) != path[i] {
			return i
		}
	}
	return end
}

// appendPartial appends the partial key's nibbles from index from on.
func (n *node) appendPartial(dst []byte, from int) []byte {
	for i := from; i < int(n.plen); i++ {
		dst = append(dst, n.nibble(i))
	}
	return dst
}

// tail returns the value or its hash: what follows the partial key.
func (n *node) tail() string { return n.data[packedLen(int(n.plen)):] }

// setValue replaces value and kind.
func (n *node) setValue(kind flags, value []byte) {
	var b strings.Builder
	p := packedLen(int(n.plen))
	b.Grow(p + len(value))
	b.WriteString(n.data[:p])
	b.Write(value)
	n.data = b.String()
	n.flags = n.flags&^hasValue | kind
}

// setPartial replaces the partial key.
func (n *node) setPartial(nibbles []byte) {
	n.data = packed(nibbles, n.tail())
	n.plen = uint16(len(nibbles))
}

// slot returns the place of the child at nibble i, zero if there is none.
func (n *node) slot(i byte) slot {
	if n.bitmap>>i&1 == 0 {
		return slot{}
	}
	return slot{n.kids, n.rank(i)}
}

// rank returns how many children hang below nibble i.
func (n *node) rank(i byte) int {
	return bits.OnesCount16(n.bitmap & (1<<i - 1))
}

// insert adds a dirty child at the free nibble i. The node must be owned or new.
func (n *node) insert(o *owner, i byte, kid *node) {
	if n.kids == nil {
		n.kids = &kids{owner: o}
	}
	at := n.rank(i)
	n.kids.nodes = widen(n.kids.nodes, at)
	n.kids.nodes[at] = kid
	n.kids.refs = widen(n.kids.refs, at)
	n.bitmap |= 1 << i
	n.kids.dirty |= 1 << i
}

// widen returns a copy of old with a zero element at at, and no room to spare.
func widen[T any](old []T, at int) []T {
	list := make([]T, len(old)+1)
	copy(list, old[:at])
	copy(list[at+1:], old[at:])
	return list
}

// remove takes away the child at nibble i. The node must be owned.
func (n *node) remove(i byte) {
	at := n.rank(i)
	n.bitmap &^= 1 << i
	n.kids.dirty &^= 1 << i
	if n.bitmap == 0 {
		n.kids = nil
		return
	}
	n.kids.nodes = slices.Delete(n.kids.nodes, at, at+1)
	n.kids.refs = slices.Delete(n.kids.refs, at, at+1)
}

// packedLen returns the bytes that n nibbles take.
func packedLen(n int) int { return (n + 1) / 2 }

// pack writes nibbles two a byte, high first; if their number is odd the first byte
// holds one.
func pack(b *strings.Builder, nibbles []byte) {
	if len(nibbles)&1 == 1 {
		b.WriteByte(nibbles[0])
		nibbles = nibbles[1:]
	}
	for i := 0; i < len(nibbles); i += 2 {
		b.WriteByte(nibbles[i]<<4 | nibbles[i+1])
	}
}

// packed returns node data of a partial key and what follows it.
func packed(nibbles []byte, tail string) string {
	var b strings.Builder
	b.Grow(packedLen(len(nibbles)) + len(tail))
	pack(&b, nibbles)
	b.WriteString(tail)
	return b.String()
}

// appendNibbles appends the nibbles of key, high first.
func appendNibbles(dst, key []byte) []byte {
	for _, b := range key {
		dst = append(dst, b>>4, b&15)
	}
	return dst
}
