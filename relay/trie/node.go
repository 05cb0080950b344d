package trie

import (
	"math/bits"
	"slices"
	"strings"
)

// flags of a node. At most one of the two value flags is set.
type flags uint8

const (
	valueInline flags = 1 << iota // data ends in a value that the encoding contains
	valueHash                     // data ends in the 32-byte hash of a detached value
	dirty                         // changed since the last commit: the parent's ref is stale, and so is every ancestor's
	stored                        // at the last commit this path held a separately stored node

	hasValue = valueInline | valueHash
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

// kids are the children of one branch. Their references are a piece of the branch's
// encoding at the last commit, which nobody changes: all versions of the branch until
// the next commit share it, with whoever stores the encoding. So a copy of a branch is
// a copy of its pointers, and the garbage collector looks at no hash.
type kids struct {
	nodes []*node // in nibble order; nil until loaded, inline children always are
	owner *owner  // the one tree that may write here (not to refs) and to the node that holds it
	refs  []byte  // for each child of listed: its length << 2, then its hash, or its encoding if that is shorter
	// By nibble:
	listed uint16 // the child was there at the last commit
	dirty  uint16 // the child is dirty; where it is not, it is listed
}

// ref returns the hash of the child at nibble i, or its encoding if that is shorter, as
// of the last commit; nil if it was not there. The result must not be changed.
func (k *kids) ref(i byte) []byte {
	if k.listed>>i&1 == 0 {
		return nil
	}
	rest := k.refs[k.offset(i):]
	return rest[1:refLen(rest)]
}

// offset returns where in refs those to the children from nibble i on begin.
func (k *kids) offset(i byte) int {
	below := bits.OnesCount16(k.listed & (1<<i - 1))
	if len(k.refs) == bits.OnesCount16(k.listed)*(1+hashLen) { // no child is inline
		return below * (1 + hashLen)
	}
	at := 0
	for range below {
		at += refLen(k.refs[at:])
	}
	return at
}

// refLen returns the length of the first reference in refs, with its length byte.
func refLen(refs []byte) int { return 1 + int(refs[0]>>2) }

// appendRef appends a reference: to a node by hash, or to what is shorter than a hash.
func appendRef(dst, ref []byte) []byte {
	return append(append(dst, byte(len(ref)<<2)), ref...)
}

// branch is how a node with kids is allocated: in one piece, with its list of children
// as long as there are no more than at first.
type branch struct {
	n node
	k kids
}

func (b *branch) init(n *node, k *kids, list []*node) *node {
	b.n, b.k = *n, *k
	b.k.nodes = list[:len(k.nodes)]
	copy(b.k.nodes, k.nodes)
	b.n.kids = &b.k
	return &b.n
}

// newBranch returns a branch with copies of n and k. Its size is one of those that the
// Go allocator has, in 64-bit words: 14, 16, 20 and 28.
func newBranch(n *node, k *kids) *node {
	switch count := len(k.nodes); {
	case count <= 2:
		b := new(struct {
			branch
			list [2]*node
		})
		return b.init(n, k, b.list[:])
	case count <= 4:
		b := new(struct {
			branch
			list [4]*node
		})
		return b.init(n, k, b.list[:])
	case count <= 8:
		b := new(struct {
			branch
			list [8]*node
		})
		return b.init(n, k, b.list[:])
	default:
		b := new(struct {
			branch
			list [16]*node
		})
		return b.init(n, k, b.list[:])
	}
}

// slot is the place at nibble i where a node hangs. The zero slot is no place.
type slot struct {
	k  *kids
	at int // in k.nodes
	i  byte
}

func (s slot) node() *node { return s.k.nodes[s.at] }
func (s slot) set(n *node) { s.k.nodes[s.at] = n }
func (s slot) ref() []byte { return s.k.ref(s.i) }

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

// match returns how many leading nibbles of the partial key agree with those of key from
// pos on.
func (n *node) match(key []byte, pos int) int {
	end := min(int(n.plen), 2*len(key)-pos)
	if end <= 0 {
		return 0
	}
	i := 0
	if int(n.plen)&1 == pos&1 { // both lie in their bytes the same way
		data, rest := n.data, key[pos>>1:]
		if pos&1 == 1 {
			if data[0] != rest[0]&15 {
				return 0
			}
			i, data, rest = 1, data[1:], rest[1:]
		}
		for at := 0; i+1 < end && data[at] == rest[at]; at++ {
			i += 2
		}
	}
	for i < end && n.nibble(i) == nibble(key, pos+i) {
		i++
	}
	return i
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
	return slot{n.kids, n.rank(i), i}
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
	k := n.kids
	if len(k.nodes) == cap(k.nodes) {
		wider := make([]*node, len(k.nodes), len(k.nodes)+1)
		copy(wider, k.nodes)
		clear(k.nodes) // may be part of the branch, where it would keep nodes alive
		k.nodes = wider
	}
	k.nodes = slices.Insert(k.nodes, n.rank(i), kid)
	n.bitmap |= 1 << i
	k.dirty |= 1 << i
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
}

// packedLen returns the bytes that n nibbles take.
func packedLen(n int) int { return (n + 1) / 2 }

// nibble returns nibble i of key, high first.
func nibble(key []byte, i int) byte {
	b := key[i>>1]
	if i&1 == 0 {
		return b >> 4
	}
	return b & 15
}

// appendNibbles appends the first n nibbles of key.
func appendNibbles(dst, key []byte, n int) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, 2*packedLen(n))...)
	for i, b := range key[:packedLen(n)] {
		pair := dst[at+2*i:][:2]
		pair[0], pair[1] = b>>4, b&15
	}
	return dst[:at+n]
}

// packed returns node data: nibbles, two a byte, high first, and if their number is odd
// the first alone; then tail.
func packed(nibbles []byte, tail string) string {
	var b strings.Builder
	b.Grow(packedLen(len(nibbles)) + len(tail))
	if len(nibbles)&1 == 1 {
		b.WriteByte(nibbles[0])
		nibbles = nibbles[1:]
	}
	for i := 0; i < len(nibbles); i += 2 {
		b.WriteByte(nibbles[i]<<4 | nibbles[i+1])
	}
	b.WriteString(tail)
	return b.String()
}

// packedKey returns node data: the nibbles of key from the one at from to its end, and
// the value.
func packedKey(key []byte, from int, value []byte) string {
	var b strings.Builder
	b.Grow(packedLen(2*len(key)-from) + len(value))
	if from&1 == 1 {
		b.WriteByte(nibble(key, from))
		from++
	}
	b.Write(key[from>>1:])
	b.Write(value)
	return b.String()
}
