package chacha

import (
	"encoding/binary"
	"math/bits"
)

// Rand is the keystream of ChaCha20 with the seed as key, nonce 0 and a 64-bit
// block counter from 0, as little-endian words. New makes one; a copy continues
// on its own.
type Rand struct {
	key     [8]uint32
	counter uint64
	block   [16]uint32
	used    int // words of block
}

// New returns the Rand of seed.
func New(seed [32]byte) *Rand {
	r := &Rand{used: 16}
	for i := range r.key {
		r.key[i] = binary.LittleEndian.Uint32(seed[4*i:])
	}
	return r
}

// Uint32 returns the next word.
func (r *Rand) Uint32() uint32 {
	if r.used == len(r.block) {
		r.refill()
	}
	word := r.block[r.used]
	r.used++
	return word
}

// Below returns a number below n, which must not be 0, all equally likely. It
// takes words until one falls into the largest part of 2^32 that is a multiple
// of n·2^k.
//
// Source: rand 0.8, UniformInt::sample_single_inclusive.
func (r *Rand) Below(n uint32) uint32 {
	if n == 0 {
		panic("no number is below 0")
	}
	zone := n<<bits.LeadingZeros32(n) - 1
	for {
		if high, low := bits.Mul32(r.Uint32(), n); low <= zone {
			return high
		}
	}
}

// Shuffle permutes n elements with swap.
//
// Source: rand 0.8, SliceRandom::shuffle.
func (r *Rand) Shuffle(n int, swap func(i, j int)) { r.swaps(n, 1, swap) }

// PartialShuffle draws min(amount, n) of n elements: they are the last ones
// afterwards, in the order of the slice.
//
// Source: rand 0.8, SliceRandom::partial_shuffle.
func (r *Rand) PartialShuffle(n, amount int, swap func(i, j int)) {
	r.swaps(n, n-min(amount, n), swap)
}

// swaps swaps each element from the last down to end with one not after it.
func (r *Rand) swaps(n, end int, swap func(i, j int)) {
	for i := n - 1; i >= end; i-- {
		swap(i, int(r.Below(uint32(i)+1)))
	}
}

// refill computes the next block.
//
// Source: Bernstein, ChaCha, a variant of Salsa20, 2008.
func (r *Rand) refill() {
	start := [16]uint32{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}
	copy(start[4:], r.key[:])
	start[12], start[13] = uint32(r.counter), uint32(r.counter>>32)
	x := start
	for range 10 {
		quarter(&x, 0, 4, 8, 12)
		quarter(&x, 1, 5, 9, 13)
		quarter(&x, 2, 6, 10, 14)
		quarter(&x, 3, 7, 11, 15)
		quarter(&x, 0, 5, 10, 15)
		quarter(&x, 1, 6, 11, 12)
		quarter(&x, 2, 7, 8, 13)
		quarter(&x, 3, 4, 9, 14)
	}
	for i := range x {
		r.block[i] = x[i] + start[i]
	}
	r.counter++
	r.used = 0
}

func quarter(x *[16]uint32, a, b, c, d int) {
	x[a] += x[b]
	x[d] = bits.RotateLeft32(x[d]^x[a], 16)
	x[c] += x[d]
	x[b] = bits.RotateLeft32(x[b]^x[c], 12)
	x[a] += x[b]
	x[d] = bits.RotateLeft32(x[d]^x[a], 8)
	x[c] += x[d]
	x[b] = bits.RotateLeft32(x[b]^x[c], 7)
}
