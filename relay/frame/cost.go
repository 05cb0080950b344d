package frame

import (
	"math"
	"math/bits"
)

// What touching the state costs, in picoseconds: reading a key, and changing one,
// with its part of the state root and of what is stored of the block.
//
// These are generated: see zz_weights.go.
const (
	ReadTime  = readTime
	WriteTime = writeTime
)

// BlockTime is what a block without extrinsics costs, and ExtrinsicTime what a
// signed extrinsic does besides its call (decoding, the signature, nonce and
// fee), in picoseconds.
const (
	BlockTime     = blockTime
	ExtrinsicTime = extrinsicTime
)

// Cost is what something costs, as it was measured: time in picoseconds on the
// reference machine without the state, keys of the state that are read and
// changed, and bytes of proof of them. Pallets have the costs of their calls in
// generated code.
type Cost struct {
	Time, Reads, Writes, Proof uint64
}

// Plus returns the sum of c and n times each; n below 0 counts as 0. Parts that
// are too large are the greatest number.
func (c Cost) Plus(n int, each Cost) Cost {
	times := uint64(max(n, 0))
	return Cost{
		Time:   saturatingAdd(c.Time, saturatingMul(times, each.Time)),
		Reads:  saturatingAdd(c.Reads, saturatingMul(times, each.Reads)),
		Writes: saturatingAdd(c.Writes, saturatingMul(times, each.Writes)),
		Proof:  saturatingAdd(c.Proof, saturatingMul(times, each.Proof)),
	}
}

// Weight returns c as a weight: keys count ReadTime and WriteTime.
func (c Cost) Weight() Weight {
	state := saturatingAdd(saturatingMul(c.Reads, ReadTime), saturatingMul(c.Writes, WriteTime))
	return Weight{RefTime: saturatingAdd(c.Time, state), ProofSize: c.Proof}
}

func saturatingMul(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	if high != 0 {
		return math.MaxUint64
	}
	return low
}
