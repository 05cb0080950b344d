package babe

import (
	"encoding/binary"
	"math/big"
	"math/bits"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TicketSize is how many bytes, made of a VRF output for vrf.ContextBabe, are
// compared with a Threshold.
const TicketSize = 16

// Threshold is T = Hi·2^64 + Lo: a VRF output wins a slot if it is below T as
// a number of 128 bits.
type Threshold struct {
	Hi, Lo uint64
}

// Wins reports whether ticket, little-endian, is below t.
func (t Threshold) Wins(ticket [TicketSize]byte) bool {
	lo, hi := binary.LittleEndian.Uint64(ticket[:8]), binary.LittleEndian.Uint64(ticket[8:])
	return hi < t.Hi || hi == t.Hi && lo < t.Lo
}

// PrimaryThreshold returns T = ⌊2^128 · (1 − (1−c)^θ)⌋ with c = c[0]/c[1] and
// θ = weight/total: the probability that an authority of this weight wins a
// slot, which composes: two authorities win together what one of their joint
// weight would.
//
// c must be in (0, 1] and weight in [1, total]. For c = 1 it returns 2^128 − 1,
// the largest value of its type.
//
// The power is computed with integers in fixed point of 192 fractional bits,
// every step rounded down, so that it is the same on every machine; the result
// is within 2^−50 of what Substrate computes with floating point.
//
// Source: sp-consensus-babe client, calculate_primary_threshold, with integers.
func PrimaryThreshold(c [2]uint64, weight, total uint64) Threshold {
	if c[0] >= c[1] {
		return Threshold{Hi: 1<<64 - 1, Lo: 1<<64 - 1}
	}
	// (1−c)^θ = 2^−k · e^−f with θ·ln(1/(1−c)) = k·ln 2 + f, 0 ≤ f < ln 2.
	exponent := lnRatio(c[1], c[1]-c[0])
	exponent.Mul(exponent, new(big.Int).SetUint64(weight))
	exponent.Quo(exponent, new(big.Int).SetUint64(total))
	halvings, f := new(big.Int).QuoRem(exponent, ln2, new(big.Int))
	power := expNeg(f)
	power.Rsh(power, uint(halvings.Uint64()))

	t := new(big.Int).Sub(one, power)
	t.Rsh(t, fraction-128)
	if t.BitLen() > 128 {
		return Threshold{Hi: 1<<64 - 1, Lo: 1<<64 - 1}
	}
	var raw [16]byte
	t.FillBytes(raw[:])
	return Threshold{Hi: binary.BigEndian.Uint64(raw[:8]), Lo: binary.BigEndian.Uint64(raw[8:])}
}

// fraction is the number of fractional bits of the fixed-point numbers here.
const fraction = 192

// Constants in fixed point; never written after initialization.
var (
	one = new(big.Int).Lsh(big.NewInt(1), fraction)
	ln2 = lnSmall(2, 1)
)

// lnRatio returns ln(a/b) in fixed point, for a ≥ b ≥ 1: the powers of two of
// a/b by ln 2, the rest, in [1, 2), by series.
func lnRatio(a, b uint64) *big.Int {
	shift := bits.LeadingZeros64(b) - bits.LeadingZeros64(a)
	num, den := new(big.Int).SetUint64(a), new(big.Int).SetUint64(b)
	if den.Lsh(den, uint(shift)); num.Cmp(den) < 0 {
		shift--
		den.Rsh(den, 1)
	}
	ln := lnBig(num, den)
	return ln.Add(ln, new(big.Int).Mul(ln2, big.NewInt(int64(shift))))
}

// lnSmall is lnBig of small numbers.
func lnSmall(a, b int64) *big.Int { return lnBig(big.NewInt(a), big.NewInt(b)) }

// lnBig returns ln(a/b) in fixed point, for a/b in [1, 2]:
//
//	ln(a/b) = 2·artanh(y) = 2·(y + y³/3 + y⁵/5 + …), y = (a−b)/(a+b) ≤ 1/3
func lnBig(a, b *big.Int) *big.Int {
	y := new(big.Int).Sub(a, b)
	y.Lsh(y, fraction)
	y.Quo(y, new(big.Int).Add(a, b))
	square := new(big.Int).Mul(y, y)
	square.Rsh(square, fraction)

	sum, term := new(big.Int), new(big.Int)
	for k := int64(1); y.Sign() > 0; k += 2 {
		sum.Add(sum, term.Quo(y, big.NewInt(k)))
		y.Mul(y, square)
		y.Rsh(y, fraction)
	}
	return sum.Lsh(sum, 1)
}

// expNeg returns e^−f in fixed point, for 0 ≤ f < ln 2, by Taylor's series.
func expNeg(f *big.Int) *big.Int {
	sum, term := new(big.Int), new(big.Int).Set(one)
	for n := int64(1); term.Sign() > 0; n++ {
		if n&1 == 1 {
			sum.Add(sum, term)
		} else {
			sum.Sub(sum, term)
		}
		term.Mul(term, f)
		term.Rsh(term, fraction)
		term.Quo(term, big.NewInt(n))
	}
	return sum
}

// SecondaryAuthor returns who may author slot without winning it: the hash
// BLAKE2b-256(randomness ‖ slot as u64), read big-endian, modulo n. n must be
// positive.
//
// Source: sp-consensus-babe client, secondary_slot_author (big-endian).
func SecondaryAuthor(randomness [32]byte, slot primitives.Slot, n int) primitives.AuthorityIndex {
	digest := hash.Blake2b256(binary.LittleEndian.AppendUint64(randomness[:], uint64(slot)))
	var rem uint64
	for i := 0; i < len(digest); i += 8 {
		_, rem = bits.Div64(rem, binary.BigEndian.Uint64(digest[i:]), uint64(n))
	}
	return primitives.AuthorityIndex(rem)
}
