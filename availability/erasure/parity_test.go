package erasure

import (
	"math/bits"
	"testing"

	"pgregory.net/rapid"
)

// TestQuickParity compares parity with a schoolbook code. Leopard's codewords
// are the words c over all points x of the field with Σ c(x)·p(x) = 0 for every
// polynomial p of degree below m, m the least power of two ≥ n−k. Recovery
// shard i is at point i, data shard d at point m+d, points being numbered in the
// Cantor basis; elsewhere c is 0. With p = L_i, the Lagrange polynomial that is
// 1 at point i and 0 at the other points below m:
//
//	recovery_i = Σ_d data_d · L_i(point m+d)
func TestQuickParity(t *testing.T) {
	for _, c := range []struct {
		name        string
		least, most int
		field       field
		symbol      func(shard []byte, s int) int
	}{
		{"GF(2^8)", 2, maxSmallField, gf8, func(shard []byte, s int) int { return int(shard[s]) }},
		{"GF(2^16)", maxSmallField + 1, 260, gf16, func(shard []byte, s int) int {
			return int(shard[s&^63|s&31]) | int(shard[s&^63|s&31|32])<<8
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				n := rapid.IntRange(c.least, c.most).Draw(t, "n")
				k := (n-1)/3 + 1
				m := 1 << bits.Len(uint(n-k-1))
				shards, err := Encode(pattern(k*128, rapid.Uint64().Draw(t, "seed")), n)
				if err != nil {
					t.Fatal(err)
				}
				s := rapid.IntRange(0, 127).Draw(t, "symbol")
				i := rapid.IntRange(0, n-k-1).Draw(t, "parity")
				var want uint32
				for d := range k {
					// The bits of a symbol are coordinates in the Cantor basis too.
					above, below := c.field.point(c.symbol(shards[d], s)), uint32(1)
					for o := range m {
						if o != i {
							above = c.field.mul(above, c.field.point(m+d)^c.field.point(o))
							below = c.field.mul(below, c.field.point(i)^c.field.point(o))
						}
					}
					want ^= c.field.div(above, below)
				}
				if got := c.field.point(c.symbol(shards[k+i], s)); got != want {
					t.Fatalf("n=%d shard %d symbol %d: got %04x, want %04x", n, k+i, s, got, want)
				}
			})
		})
	}
}

// field is GF(2^len(basis)) represented modulo polynomial, with Leopard's Cantor
// basis over GF(2). Source: catid/leopard, LeopardFF8.cpp and LeopardFF16.cpp,
// kCantorBasis.
type field struct {
	polynomial uint32
	basis      []uint32
}

var (
	gf8  = field{0x11D, []uint32{0x01, 0xD6, 0x98, 0x92, 0x56, 0xC8, 0x58, 0xE6}}
	gf16 = field{0x1002D, []uint32{
		0x0001, 0xACCA, 0x3C0E, 0x163E, 0xC582, 0xED2E, 0x914C, 0x4012,
		0x6C98, 0x10D8, 0x6A72, 0xB900, 0xFDB8, 0xFB34, 0xFF38, 0x991E,
	}}
)

// point returns the element with number i.
func (f field) point(i int) (x uint32) {
	for ; i != 0; i &= i - 1 {
		x ^= f.basis[bits.TrailingZeros(uint(i))]
	}
	return x
}

// mul returns a·b.
func (f field) mul(a, b uint32) (p uint32) {
	for ; b != 0; b >>= 1 {
		if b&1 == 1 {
			p ^= a
		}
		if a <<= 1; a>>len(f.basis) != 0 {
			a ^= f.polynomial
		}
	}
	return p
}

// div returns a/b = a·b^(2^len(basis)−2); b must not be 0.
func (f field) div(a, b uint32) uint32 {
	for range len(f.basis) - 1 {
		b = f.mul(b, b)
		a = f.mul(a, b)
	}
	return a
}
