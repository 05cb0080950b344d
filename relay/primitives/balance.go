package primitives

import (
	"math/bits"

	"github.com/rampart-chain/rampart/relay/scale"
)

// Balance is an unsigned 128-bit amount of the smallest unit of a token:
// Hi·2^64 + Lo. It is a value; == compares.
//
//frame:as u128
type Balance struct {
	Lo, Hi uint64
}

// MaxBalance is 2^128 − 1.
var MaxBalance = Balance{Lo: 1<<64 - 1, Hi: 1<<64 - 1}

// NewBalance returns v units.
func NewBalance(v uint64) Balance { return Balance{Lo: v} }

// IsZero reports whether a is 0.
func (a Balance) IsZero() bool { return a == Balance{} }

// Cmp returns −1, 0 or 1 as a is less than, equal to or greater than b.
func (a Balance) Cmp(b Balance) int {
	switch {
	case a == b:
		return 0
	case a.Hi < b.Hi || a.Hi == b.Hi && a.Lo < b.Lo:
		return -1
	}
	return 1
}

// Less reports whether a < b.
func (a Balance) Less(b Balance) bool { return a.Cmp(b) < 0 }

// CheckedAdd returns a + b; ok is false, and the sum meaningless, on overflow.
func (a Balance) CheckedAdd(b Balance) (sum Balance, ok bool) {
	lo, carry := bits.Add64(a.Lo, b.Lo, 0)
	hi, carry := bits.Add64(a.Hi, b.Hi, carry)
	return Balance{Lo: lo, Hi: hi}, carry == 0
}

// CheckedSub returns a − b; ok is false, and the difference meaningless, if
// a < b.
func (a Balance) CheckedSub(b Balance) (diff Balance, ok bool) {
	lo, borrow := bits.Sub64(a.Lo, b.Lo, 0)
	hi, borrow := bits.Sub64(a.Hi, b.Hi, borrow)
	return Balance{Lo: lo, Hi: hi}, borrow == 0
}

// SaturatingAdd returns a + b, or MaxBalance on overflow.
func (a Balance) SaturatingAdd(b Balance) Balance {
	if sum, ok := a.CheckedAdd(b); ok {
		return sum
	}
	return MaxBalance
}

// SaturatingSub returns a − b, or 0 if a < b.
func (a Balance) SaturatingSub(b Balance) Balance {
	if diff, ok := a.CheckedSub(b); ok {
		return diff
	}
	return Balance{}
}

// CheckedMul returns a · m; ok is false on overflow.
func (a Balance) CheckedMul(m uint64) (product Balance, ok bool) {
	carry, lo := bits.Mul64(a.Lo, m)
	over, hi := bits.Mul64(a.Hi, m)
	hi, c := bits.Add64(hi, carry, 0)
	return Balance{Lo: lo, Hi: hi}, over == 0 && c == 0
}

// SaturatingMul returns a · m, or MaxBalance on overflow.
func (a Balance) SaturatingMul(m uint64) Balance {
	if product, ok := a.CheckedMul(m); ok {
		return product
	}
	return MaxBalance
}

// DivMod returns ⌊a/m⌋ and a mod m. m must not be 0.
func (a Balance) DivMod(m uint64) (quotient Balance, remainder uint64) {
	hi, rem := a.Hi/m, a.Hi%m
	lo, rem := bits.Div64(rem, a.Lo, m)
	return Balance{Lo: lo, Hi: hi}, rem
}

// String returns a in decimal.
func (a Balance) String() string {
	if a.IsZero() {
		return "0"
	}
	var digits [39]byte
	i := len(digits)
	for !a.IsZero() {
		var digit uint64
		a, digit = a.DivMod(10)
		i--
		digits[i] = byte('0' + digit)
	}
	return string(digits[i:])
}

// ParseBalance reads a decimal number without sign; underscores may separate
// digits. ErrBalance if s is anything else or exceeds MaxBalance.
func ParseBalance(s string) (Balance, error) {
	var a Balance
	digits := 0
	for i := range len(s) {
		c := s[i]
		if c == '_' && digits > 0 {
			continue
		}
		if c < '0' || c > '9' {
			return Balance{}, ErrBalance
		}
		product, fits := a.CheckedMul(10)
		sum, ok := product.CheckedAdd(NewBalance(uint64(c - '0')))
		if !fits || !ok {
			return Balance{}, ErrBalance
		}
		a, digits = sum, digits+1
	}
	if digits == 0 {
		return Balance{}, ErrBalance
	}
	return a, nil
}

// AppendSCALE appends a as u128, little-endian.
func (a Balance) AppendSCALE(b []byte) []byte { return scale.AppendU128(b, a.Lo, a.Hi) }

// DecodeSCALE reads a as u128.
func (a *Balance) DecodeSCALE(d *scale.Decoder) { a.Lo, a.Hi = d.U128() }

// AppendCompact appends a as Compact<u128>.
func (a Balance) AppendCompact(b []byte) []byte { return scale.AppendCompactU128(b, a.Lo, a.Hi) }

// DecodeCompact reads a as Compact<u128>.
func (a *Balance) DecodeCompact(d *scale.Decoder) { a.Lo, a.Hi = d.CompactU128() }
