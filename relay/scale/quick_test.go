package scale_test

import (
	"bytes"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/scale"
)

// naiveCompact is the compact encoding by the words of the specification.
func naiveCompact(v *big.Int) []byte {
	little := func(v *big.Int, n int) []byte {
		out := make([]byte, n)
		for i, b := range v.Bytes() {
			out[len(v.Bytes())-1-i] = b
		}
		return out
	}
	mode := func(m int64) *big.Int { return new(big.Int).Add(new(big.Int).Lsh(v, 2), big.NewInt(m)) }
	switch bits := v.BitLen(); {
	case bits <= 6:
		return little(mode(0), 1)
	case bits <= 14:
		return little(mode(1), 2)
	case bits <= 30:
		return little(mode(2), 4)
	default:
		n := max(4, (bits+7)/8)
		return append([]byte{byte(n-4)<<2 | 3}, little(v, n)...)
	}
}

// naiveDecode returns the value at the start of data and how long it is, or ok
// false if no value that fits 128 bits has an encoding that data begins with.
func naiveDecode(data []byte) (v *big.Int, n int, ok bool) {
	if len(data) == 0 {
		return nil, 0, false
	}
	n = []int{1, 2, 4, int(data[0]>>2) + 5}[data[0]&3]
	if len(data) < n {
		return nil, 0, false
	}
	raw := bytes.Clone(data[:n])
	if data[0]&3 == 3 {
		raw = raw[1:]
	}
	for i, j := 0, len(raw)-1; i < j; i, j = i+1, j-1 {
		raw[i], raw[j] = raw[j], raw[i]
	}
	v = new(big.Int).SetBytes(raw)
	if data[0]&3 != 3 {
		v.Rsh(v, 2)
	}
	return v, n, v.BitLen() <= 128 && bytes.Equal(naiveCompact(v), data[:n])
}

// wide draws integers of every length up to 128 bits.
func wide(t *rapid.T) (lo, hi uint64) {
	bits := rapid.IntRange(0, 128).Draw(t, "bits")
	lo, hi = rapid.Uint64().Draw(t, "lo"), rapid.Uint64().Draw(t, "hi")
	if bits <= 64 {
		return lo >> (64 - bits), 0
	}
	return lo, hi >> (128 - bits)
}

func bigOf(lo, hi uint64) *big.Int {
	v := new(big.Int).SetUint64(hi)
	return v.Add(v.Lsh(v, 64), new(big.Int).SetUint64(lo))
}

func TestQuickCompact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo, hi := wide(t)
		encoded := scale.AppendCompactU128(nil, lo, hi)
		if want := naiveCompact(bigOf(lo, hi)); !bytes.Equal(encoded, want) {
			t.Fatalf("compact %s is %x, want %x", bigOf(lo, hi), encoded, want)
		}
		if size := scale.CompactSize(lo); hi == 0 && size != len(encoded) {
			t.Fatalf("size of compact %d is %d, want %d", lo, size, len(encoded))
		}
		d := scale.NewDecoder(encoded)
		if l, h := d.CompactU128(); l != lo || h != hi || d.Finish() != nil {
			t.Fatalf("compact %x decodes to %s (%v), want %s", encoded, bigOf(l, h), d.Err(), bigOf(lo, hi))
		}
		for bits, read := range map[int]func(*scale.Decoder) uint64{
			8: func(d *scale.Decoder) uint64 { return uint64(d.CompactU8()) }, 16: func(d *scale.Decoder) uint64 { return uint64(d.CompactU16()) },
			32: func(d *scale.Decoder) uint64 { return uint64(d.CompactU32()) }, 64: (*scale.Decoder).Compact,
		} {
			d := scale.NewDecoder(encoded)
			got, fits := read(d), bigOf(lo, hi).BitLen() <= bits
			if fits && (got != lo || d.Err() != nil) || !fits && d.Err() != scale.ErrRange {
				t.Fatalf("%s as compact of %d bits: %d (%v)", bigOf(lo, hi), bits, got, d.Err())
			}
		}
	})
}

func TestQuickCompactDecode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SliceOfN(rapid.Byte(), 0, 22).Draw(t, "data")
		checkCompact(t, data)
	})
}

// checkCompact compares the decoder with the naive one on data.
func checkCompact(t interface {
	Fatalf(string, ...any)
}, data []byte) {
	d := scale.NewDecoder(data)
	lo, hi := d.CompactU128()
	want, n, ok := naiveDecode(data)
	if ok != (d.Err() == nil) || ok && (bigOf(lo, hi).Cmp(want) != 0 || d.Offset() != n) {
		t.Fatalf("%x decodes to %s, %d bytes (%v), want %s, %d bytes, %t", data, bigOf(lo, hi), d.Offset(), d.Err(), want, n, ok)
	}
}

// TestQuickBitVec compares BitVec with []bool under random changes.
func TestQuickBitVec(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		naive := make([]bool, rapid.IntRange(0, 70).Draw(t, "n"))
		v := scale.NewBitVec(len(naive))
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				if len(naive) == 0 {
					return
				}
				i, on := rapid.IntRange(0, len(naive)-1).Draw(t, "i"), rapid.Bool().Draw(t, "on")
				naive[i] = on
				v.Set(i, on)
			},
			"resize": func(t *rapid.T) {
				n := rapid.IntRange(0, 70).Draw(t, "n")
				naive = append(append([]bool(nil), naive[:min(n, len(naive))]...), make([]bool, max(0, n-len(naive)))...)
				v = v.Resize(n)
			},
			"clone": func(t *rapid.T) {
				old := v
				v = v.Clone()
				if len(naive) > 0 {
					old.Set(0, !naive[0]) // must not show in the clone
				}
			},
			"": func(t *rapid.T) {
				count := 0
				encoded := naiveCompact(big.NewInt(int64(len(naive))))
				start := len(encoded)
				encoded = append(encoded, make([]byte, (len(naive)+7)/8)...)
				for i, on := range naive {
					if v.Get(i) != on {
						t.Fatalf("bit %d is %t, want %t", i, v.Get(i), on)
					}
					if on {
						count++
						encoded[start+i/8] |= 1 << (i % 8)
					}
				}
				if v.Len() != len(naive) || v.Count() != count || !bytes.Equal(scale.Marshal(v), encoded) {
					t.Fatalf("%d bits, %d set, %x, want %d, %d, %x", v.Len(), v.Count(), scale.Marshal(v), len(naive), count, encoded)
				}
			},
		})
	})
}
