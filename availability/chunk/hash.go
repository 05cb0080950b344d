package chunk

import (
	"encoding/binary"
	"math/bits"

	"lukechampine.com/blake3/guts"
)

// groupSize is how much is hashed at once, in bytes: 16 leaves of BLAKE3's own
// tree, a subtree of height 4.
const groupSize = guts.MaxSIMD * guts.ChunkSize

// hasher computes BLAKE3 on the caller's goroutine. The zero hasher is usable;
// it holds scratch memory only.
type hasher struct {
	group [groupSize]byte
}

// leaf returns H(0x00 ‖ LE32 index ‖ data).
func (h *hasher) leaf(index uint32, data []byte) [32]byte {
	var head [5]byte
	binary.LittleEndian.PutUint32(head[1:], index)
	return h.sum(head[:], data)
}

// node returns H(0x01 ‖ left ‖ right).
func (h *hasher) node(left, right [32]byte) [32]byte {
	var head [65]byte
	head[0] = 1
	copy(head[1:], left[:])
	copy(head[33:], right[:])
	return h.sum(head[:], nil)
}

// sum returns the BLAKE3 digest of head ‖ data. head must be shorter than a
// group.
//
// The assembly reads whole groups, so all but the last come straight from data
// and a partial one is copied.
func (h *hasher) sum(head, data []byte) [32]byte {
	var (
		stack  [32][8]uint32 // roots of complete subtrees, falling in height
		depth  int
		groups uint64
	)
	size := copy(h.group[:], head)
	took := copy(h.group[size:], data)
	group, size, data := &h.group, size+took, data[took:]
	for len(data) > 0 { // group is full and not the last
		root := guts.ChainingValue(guts.CompressBuffer(group, size, &guts.IV, groups*guts.MaxSIMD, 0))
		groups++
		for range bits.TrailingZeros64(groups) {
			depth--
			root = guts.ChainingValue(guts.ParentNode(stack[depth], root, &guts.IV, 0))
		}
		stack[depth] = root
		depth++
		if len(data) >= groupSize {
			group, size = (*[groupSize]byte)(data), groupSize
		} else {
			group, size = &h.group, copy(h.group[:], data)
		}
		data = data[size:]
	}
	node := guts.CompressBuffer(group, size, &guts.IV, groups*guts.MaxSIMD, 0)
	for depth > 0 {
		depth--
		node = guts.ParentNode(stack[depth], guts.ChainingValue(node), &guts.IV, 0)
	}
	node.Flags |= guts.FlagRoot
	out := guts.WordsToBytes(guts.CompressNode(node))
	return [32]byte(out[:32])
}
