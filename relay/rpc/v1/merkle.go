package v1

import (
	"math/bits"

	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/trie"
)

// closestMerkleValue returns the Merkle value of the node of the trie with the root
// that is closest to key: that of key itself if it has one, else of the shortest of
// those below it. A Merkle value is the hash of the node's encoding, or the encoding
// itself if it is shorter than 32 bytes; of the root it is always the hash. It is nil
// if no key begins with key.
//
// Errors: those of src, trie.ErrBadNode.
//
// Source: Polkadot specification, state, Merkle value; trie-db
// lookup_first_descendant.
func closestMerkleValue(src trie.Source, root [32]byte, key []byte) ([]byte, error) {
	if root == trie.EmptyRoot || len(key) > trie.MaxKeyLen {
		return nil, nil
	}
	path := make([]byte, 0, 2*len(key)) // in nibbles
	for _, b := range key {
		path = append(path, b>>4, b&15)
	}
	value, at := root[:], 0
	for {
		encoding := value
		if len(value) == len(root) {
			var err error
			if encoding, err = src.Node(path[:at], [32]byte(value)); err != nil {
				return nil, err
			}
		}
		n, ok := decodeNode(encoding)
		if !ok {
			return nil, trie.ErrBadNode
		}
		for _, nibble := range n.partial {
			if at == len(path) {
				return value, nil
			}
			if path[at] != nibble {
				return nil, nil
			}
			at++
		}
		if at == len(path) {
			return value, nil
		}
		if value = n.children[path[at]]; value == nil {
			return nil, nil
		}
		at++
	}
}

// node is what of a trie node leads to its children.
type node struct {
	partial  []byte     // nibbles
	children [16][]byte // Merkle values, nil where there is none
}

// Of the first byte of a node: which variants have children and which value, and the
// bits of the partial key's length.
//
// Source: Polkadot specification, state, node header.
var nodeVariants = []struct {
	least                  byte // of the first byte
	width                  int
	branch, inline, hashed bool
}{
	{0xc0, 6, true, true, false},
	{0x80, 6, true, false, false},
	{0x40, 6, false, true, false},
	{0x20, 5, false, false, true},
	{0x10, 4, true, false, true},
}

// decodeNode reads a node. It returns false for what is none.
func decodeNode(encoding []byte) (n node, ok bool) {
	if len(encoding) == 0 || encoding[0] < 0x10 {
		return n, false
	}
	variant := nodeVariants[0]
	for _, variant = range nodeVariants {
		if encoding[0] >= variant.least {
			break
		}
	}
	most := 1<<variant.width - 1
	length, rest := int(encoding[0])&most, encoding[1:]
	for more := length == most; more; rest = rest[1:] {
		if len(rest) == 0 || length > 2*trie.MaxKeyLen {
			return n, false
		}
		length += int(rest[0])
		more = rest[0] == 255
	}
	d := scale.NewDecoder(rest)
	for i, b := range d.Raw((length + 1) / 2) {
		if i > 0 || length%2 == 0 {
			n.partial = append(n.partial, b>>4)
		}
		n.partial = append(n.partial, b&15)
	}
	if !variant.branch || d.Err() != nil {
		return n, d.Err() == nil
	}
	bitmap := d.U16()
	if variant.hashed {
		d.Raw(32)
	} else if variant.inline {
		d.Bytes(trie.MaxNodeLen)
	}
	for left := bitmap; left != 0 && d.Err() == nil; left &= left - 1 {
		n.children[bits.TrailingZeros16(left)] = d.Bytes(trie.MaxNodeLen)
	}
	return n, d.Finish() == nil
}
