package scale

import "math/bits"

// BitVec is BitVec<u8, Lsb0>: bit i is at byte i/8, mask 1<<(i%8). The zero
// value is empty. It is a value with reference semantics like a slice.
type BitVec struct {
	n    int
	bits []byte
}

// NewBitVec returns n bits, all zero. n must not be negative.
func NewBitVec(n int) BitVec { return BitVec{n: n, bits: make([]byte, (n+7)/8)} }

// Len returns the number of bits.
func (v BitVec) Len() int { return v.n }

// Get returns bit i. i must be in [0, Len).
func (v BitVec) Get(i int) bool {
	if i >= v.n {
		panic("bit index out of range")
	}
	return v.bits[i/8]&(1<<(i%8)) != 0
}

// Set sets bit i. i must be in [0, Len).
func (v BitVec) Set(i int, on bool) {
	if i >= v.n {
		panic("bit index out of range")
	}
	if on {
		v.bits[i/8] |= 1 << (i % 8)
	} else {
		v.bits[i/8] &^= 1 << (i % 8)
	}
}

// Count returns how many bits are set.
func (v BitVec) Count() int {
	n := 0
	for _, b := range v.bits {
		n += bits.OnesCount8(b) // bits after the last are zero
	}
	return n
}

// Clone returns a copy that shares nothing with v.
func (v BitVec) Clone() BitVec {
	return BitVec{n: v.n, bits: append([]byte(nil), v.bits...)}
}

// Resize returns a copy of v with n bits: cut off, or filled with zeros.
func (v BitVec) Resize(n int) BitVec {
	out := NewBitVec(n)
	for i := range min(n, v.n) {
		out.Set(i, v.Get(i))
	}
	return out
}

// AppendSCALE appends the compact number of bits, then ⌈bits/8⌉ bytes.
func (v BitVec) AppendSCALE(b []byte) []byte {
	return append(AppendCompact(b, uint64(v.n)), v.bits...)
}

// maxBits bounds a BitVec, in bits: far more than validators or cores.
const maxBits = 1 << 16

// DecodeSCALE reads v. ErrPadding if a bit after the last is set.
func (v *BitVec) DecodeSCALE(d *Decoder) {
	*v = BitVec{}
	n := d.Compact()
	if n > maxBits {
		d.Fail(ErrLength)
		return
	}
	raw := d.Raw((int(n) + 7) / 8)
	if d.err != nil {
		return
	}
	if used := n % 8; used != 0 && raw[len(raw)-1]>>used != 0 {
		d.Fail(ErrPadding)
		return
	}
	*v = BitVec{n: int(n), bits: raw}
}
