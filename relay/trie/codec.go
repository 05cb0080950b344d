package trie

import (
	"math/bits"

	"github.com/rampart-chain/rampart/relay/scale"
)

const (
	// MaxKeyLen bounds keys, in bytes. It also bounds the depth of any trie that is
	// read: no path is longer than 2*MaxKeyLen nibbles.
	MaxKeyLen = 4096
	// MaxNodeLen bounds a node encoding that is read, in bytes.
	MaxNodeLen = 64 << 10
	// MaxInlineLen bounds a value that V0 keeps inside its node, in bytes, so that no
	// node grows past MaxNodeLen. V1 has no bound: long values are detached.
	MaxInlineLen = 32 << 10

	maxPath = 2 * MaxKeyLen
	hashLen = 32
	// inlineValue is the longest value that V1 keeps inside the node.
	inlineValue = 32
	// escape opens a node of a compact proof whose detached value is the next item.
	escape = 0x01
)

// Header variants: the bits that are set and the widest partial length that fits
// below them. A partial key of at least that many nibbles goes on in further bytes.
//
//	01xxxxxx leaf                   6 bits
//	10xxxxxx branch                 6 bits
//	11xxxxxx branch with value      6 bits
//	001xxxxx leaf, hashed value     5 bits
//	0001xxxx branch, hashed value   4 bits
const (
	headLeaf         = 0x40
	headBranch       = 0x80
	headBranchValue  = 0xc0
	headLeafHashed   = 0x20
	headBranchHashed = 0x10
)

// appendNode appends the encoding of n, whose children must be clean. Children in elide
// are written as empty, and hideValue writes an empty inline value: the forms of
// compact proofs.
func appendNode(dst []byte, n *node, elide uint16, hideValue bool) []byte {
	var empty [16]byte
	return appendKids(appendHead(dst, n, hideValue), n, elide, empty[:])
}

// appendHead appends what the encoding of n has in front of the children.
func appendHead(dst []byte, n *node, hideValue bool) []byte {
	kind := n.flags & hasValue
	if hideValue {
		kind = valueInline
	}
	dst = appendHeader(dst, n.kids != nil, kind, int(n.plen))
	dst = append(dst, n.data[:packedLen(int(n.plen))]...)
	if n.kids != nil {
		dst = append(dst, byte(n.bitmap), byte(n.bitmap>>8))
	}
	switch {
	case hideValue:
		dst = append(dst, 0)
	case kind == valueInline:
		dst = scale.AppendCompact(dst, uint64(len(n.tail())))
		dst = append(dst, n.tail()...)
	case kind == valueHash:
		dst = append(dst, n.tail()...)
	}
	return dst
}

// appendKids appends the references to the children of n, in the place of those in
// changed, and that must be all that are not listed, the next ones in refs.
func appendKids(dst []byte, n *node, changed uint16, refs []byte) []byte {
	if n.kids == nil {
		return dst
	}
	k, from := n.kids, 0
	for rest := changed | k.listed&^n.bitmap; rest != 0; rest &= rest - 1 {
		i := byte(bits.TrailingZeros16(rest))
		at := k.offset(i)
		dst = append(dst, k.refs[from:at]...)
		from = at
		if k.listed>>i&1 == 1 {
			from += refLen(k.refs[at:])
		}
		if changed>>i&1 == 1 {
			size := refLen(refs)
			dst = append(dst, refs[:size]...)
			refs = refs[size:]
		}
	}
	return append(dst, k.refs[from:]...)
}

func appendHeader(dst []byte, branch bool, kind flags, plen int) []byte {
	head, width := byte(headBranch), 6
	switch {
	case kind == valueInline && branch:
		head = headBranchValue
	case kind == valueInline:
		head = headLeaf
	case kind != 0 && branch:
		head, width = headBranchHashed, 4
	case kind != 0:
		head, width = headLeafHashed, 5
	}
	most := 1<<width - 1
	if plen < most {
		return append(dst, head|byte(plen))
	}
	dst = append(dst, head|byte(most))
	for plen -= most; plen >= 255; plen -= 255 {
		dst = append(dst, 255)
	}
	return append(dst, byte(plen))
}

// decoder takes one node encoding apart. depth is the length of the node's path in
// nibbles; compact allows the elided children of compact proofs.
type decoder struct {
	in      []byte
	depth   int
	compact bool
	owner   *owner
	elided  uint16 // out: the children written as empty
}

// decodeNode decodes a separately stored node at a path of depth nibbles. Anything
// but the one canonical encoding is ErrBadNode: unknown or reserved headers, a
// non-zero padding nibble, a value at half a byte of key, a branch that should have
// been merged, a child of the wrong size, trailing bytes, a node that belongs inside
// its parent, a path beyond 2*MaxKeyLen nibbles. Both layouts' forms are accepted in
// either layout: V0 nodes stay as they are until their value is rewritten.
func decodeNode(enc []byte, depth int, o *owner) (*node, error) {
	if len(enc) > MaxNodeLen || depth > 0 && len(enc) < hashLen {
		return nil, ErrBadNode
	}
	d := decoder{in: enc, depth: depth, owner: o}
	return d.node()
}

func (d *decoder) node() (*node, error) {
	isBranch, kind, plen, ok := d.header()
	p := packedLen(plen)
	if !ok || len(d.in) < p || plen&1 == 1 && d.in[0] > 15 {
		return nil, ErrBadNode
	}
	d.depth += plen
	if kind != 0 && d.depth&1 == 1 {
		return nil, ErrBadNode
	}
	partial := d.in[:p]
	d.in = d.in[p:]
	bitmap := uint16(0)
	if isBranch {
		if len(d.in) < 2 {
			return nil, ErrBadNode
		}
		bitmap = uint16(d.in[0]) | uint16(d.in[1])<<8
		d.in = d.in[2:]
		// A branch needs a reason to branch: two children, or one and a value.
		if count := bits.OnesCount16(bitmap); count == 0 || count == 1 && kind == 0 {
			return nil, ErrBadNode
		}
	}
	value, ok := d.value(kind)
	if !ok {
		return nil, ErrBadNode
	}
	n := node{data: string(partial) + string(value), plen: uint16(plen), bitmap: bitmap, flags: kind}
	if !isBranch {
		if len(d.in) != 0 {
			return nil, ErrBadNode
		}
		return &n, nil
	}
	return d.branch(&n)
}

// header reads the variant and the partial key's length.
func (d *decoder) header() (isBranch bool, kind flags, plen int, ok bool) {
	if len(d.in) == 0 {
		return false, 0, 0, false
	}
	width := 6
	switch b := d.in[0]; {
	case b >= headBranchValue:
		isBranch, kind = true, valueInline
	case b >= headBranch:
		isBranch = true
	case b >= headLeaf:
		kind = valueInline
	case b >= headLeafHashed:
		kind, width = valueHash, 5
	case b >= headBranchHashed:
		isBranch, kind, width = true, valueHash, 4
	default: // empty node, compact proof escape, reserved
		return false, 0, 0, false
	}
	most := 1<<width - 1
	plen = int(d.in[0]) & most
	d.in = d.in[1:]
	for more := plen == most; more; {
		if len(d.in) == 0 || plen > maxPath {
			return false, 0, 0, false
		}
		more = d.in[0] == 255
		plen += int(d.in[0])
		d.in = d.in[1:]
	}
	return isBranch, kind, plen, d.depth+plen <= maxPath
}

// value reads what the variant says follows: nothing, a value, or a hash.
func (d *decoder) value(kind flags) ([]byte, bool) {
	size := 0
	switch kind {
	case valueHash:
		size = hashLen
	case valueInline:
		var ok bool
		if size, ok = d.length(); !ok {
			return nil, false
		}
	}
	if len(d.in) < size {
		return nil, false
	}
	v := d.in[:size]
	d.in = d.in[size:]
	return v, true
}

// length reads a SCALE compact below 2^30, in its shortest form only.
func (d *decoder) length() (int, bool) {
	if len(d.in) == 0 {
		return 0, false
	}
	width := 1 << (d.in[0] & 3) // 1, 2 or 4 bytes; 8 stands for the long form
	if width == 8 || len(d.in) < width {
		return 0, false
	}
	v := 0
	for i := width - 1; i >= 0; i-- {
		v = v<<8 | int(d.in[i])
	}
	v >>= 2
	if width == 2 && v < 1<<6 || width == 4 && v < 1<<14 {
		return 0, false
	}
	d.in = d.in[width:]
	return v, true
}

// branch reads the child references, which end the node, and decodes inline children.
// The branch keeps that part of the input.
func (d *decoder) branch(n *node) (*node, error) {
	var none [16]*node
	k := kids{nodes: none[:bits.OnesCount16(n.bitmap)], owner: d.owner, refs: d.in, listed: n.bitmap}
	n = newBranch(n, &k)
	rest := n.bitmap
	for at := range n.kids.nodes {
		bit := rest & -rest
		rest &^= bit
		if len(d.in) == 0 || d.in[0]&3 != 0 {
			return nil, ErrBadNode
		}
		size := int(d.in[0] >> 2)
		d.in = d.in[1:]
		if size > hashLen || size > len(d.in) {
			return nil, ErrBadNode
		}
		ref := d.in[:size]
		d.in = d.in[size:]
		switch {
		case size == hashLen:
			continue
		case size == 0 && d.compact:
			d.elided |= bit
			continue
		}
		sub := decoder{in: ref, depth: d.depth + 1, owner: d.owner}
		kid, err := sub.node()
		if err != nil {
			return nil, err
		}
		n.kids.nodes[at] = kid
	}
	if len(d.in) != 0 {
		return nil, ErrBadNode
	}
	return n, nil
}
