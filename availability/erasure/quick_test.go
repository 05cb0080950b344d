package erasure

import (
	"bytes"
	"errors"
	"math/bits"
	"testing"

	"pgregory.net/rapid"
)

// counts are the validator counts recovery is tried for.
func counts(short bool) []int {
	out := []int{100, 300, 1000}
	if short {
		out = out[:1]
	}
	for n := 1; n <= 40; n++ {
		out = append(out, n)
	}
	return out
}

// TestQuickReconstruct: any k shards give the payload and zeros, k−1 do not,
// and shards that were given are not changed.
func TestQuickReconstruct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(counts(testing.Short())).Draw(t, "n")
		k := (n-1)/3 + 1
		payload := pattern(rapid.IntRange(0, 300*k).Draw(t, "len"), rapid.Uint64().Draw(t, "seed"))
		shards, err := Encode(payload, n)
		if err != nil {
			t.Fatal(err)
		}
		subset := rapid.Permutation(numbered(shards)).Draw(t, "order")
		count := rapid.IntRange(k, n).Draw(t, "count")
		if rapid.Bool().Draw(t, "exact") {
			count = k
		}
		before := bytes.Join(shards, nil)
		padded, err := Reconstruct(subset[:count], n)
		if err != nil {
			t.Fatal(err)
		}
		if len(padded) != k*len(shards[0]) || !bytes.Equal(padded, before[:len(padded)]) {
			t.Fatalf("n=%d: payload differs", n)
		}
		if !bytes.Equal(bytes.Join(shards, nil), before) {
			t.Fatal("a given shard was changed")
		}
		again, err := Extend(padded, n)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytes.Join(again, nil), before) {
			t.Fatal("extending gives other shards")
		}
		if _, err := Reconstruct(subset[:k-1], n); !errors.Is(err, ErrTooFew) {
			t.Fatalf("k-1 shards: got %v, want %v", err, ErrTooFew)
		}
	})
}

// TestEverySubset tries all subsets of k shards for small n.
func TestEverySubset(t *testing.T) {
	largest := 11
	if testing.Short() {
		largest = 8
	}
	for n := 1; n <= largest; n++ {
		k := (n-1)/3 + 1
		shards, err := Encode(pattern(k*50, uint64(n)), n)
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.Join(shards[:k], nil)
		for set := range 1 << n {
			if bits.OnesCount(uint(set)) != k {
				continue
			}
			var some []Shard
			for i, s := range numbered(shards) {
				if set>>i&1 == 1 {
					some = append(some, s)
				}
			}
			if got, err := Reconstruct(some, n); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("n=%d set=%b: wrong payload, %v", n, set, err)
			}
		}
	}
}

// TestQuickParity compares parity with a schoolbook code. Leopard's codewords
// are the words c over all points x of the field with Σ c(x)·p(x) = 0 for every
// polynomial p of degree below m, m the least power of two ≥ n−k. Recovery
// shard i is at point i, data shard d at point m+d, points being numbered in the
// Cantor basis; elsewhere c is 0. With p = L_i, the Lagrange polynomial that is
// 1 at point i and 0 at the other points below m:
//
//	recovery_i = Σ_d data_d · L_i(point m+d)
func TestQuickParity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 20).Draw(t, "n")
		k := (n-1)/3 + 1
		m := 1 << bits.Len(uint(n-k-1))
		shards, err := Encode(pattern(k*64, rapid.Uint64().Draw(t, "seed")), n)
		if err != nil {
			t.Fatal(err)
		}
		s := rapid.IntRange(0, 31).Draw(t, "symbol")
		// The bits of a symbol are coordinates in the Cantor basis too.
		symbol := func(i int) uint16 { return cantor(int(shards[i][s]) | int(shards[i][32+s])<<8) }
		for i := range n - k {
			var want uint16
			for d := range k {
				term := symbol(d)
				for o := range m {
					if o != i {
						term = mul(term, div(cantor(m+d)^cantor(o), cantor(i)^cantor(o)))
					}
				}
				want ^= term
			}
			if got := symbol(k + i); got != want {
				t.Fatalf("n=%d shard %d symbol %d: got %04x, want %04x", n, k+i, s, got, want)
			}
		}
	})
}

// cantorBasis is Leopard's basis of GF(2^16) over GF(2) in the representation
// modulo 0x1002D. Source: catid/leopard, LeopardFF16.cpp, kCantorBasis.
var cantorBasis = [16]uint16{
	0x0001, 0xACCA, 0x3C0E, 0x163E, 0xC582, 0xED2E, 0x914C, 0x4012,
	0x6C98, 0x10D8, 0x6A72, 0xB900, 0xFDB8, 0xFB34, 0xFF38, 0x991E,
}

// cantor returns the field element with number i.
func cantor(i int) uint16 {
	var x uint16
	for b, e := range cantorBasis {
		if i>>b&1 == 1 {
			x ^= e
		}
	}
	return x
}

// mul multiplies in GF(2)[x] modulo x^16 + x^5 + x^3 + x^2 + 1.
func mul(a, b uint16) uint16 {
	var p uint32
	for i := range 16 {
		if b>>i&1 == 1 {
			p ^= uint32(a) << i
		}
	}
	for i := 31; i >= 16; i-- {
		if p>>i&1 == 1 {
			p ^= 0x1002D << (i - 16)
		}
	}
	return uint16(p)
}

// div returns a/b = a·b^(2^16−2); b must not be 0.
func div(a, b uint16) uint16 {
	for e := 65534; e > 0; e >>= 1 {
		if e&1 == 1 {
			a = mul(a, b)
		}
		b = mul(b, b)
	}
	return a
}
