package transactionpayment

import (
	"math/bits"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Multiplier is an unsigned number with 18 decimal places: Hi·2^64 + Lo units of
// 10^−18.
//
//frame:path sp_arithmetic::fixed_point::FixedU128
//frame:as u128
type Multiplier struct{ Lo, Hi uint64 }

// unit is how many units a Multiplier of 1 has.
const unit = 1_000_000_000_000_000_000

var (
	one = Multiplier{Lo: unit}
	// minimum is a tenth. Source: polkadot-sdk
	// polkadot/runtime/common/src/lib.rs, MinimumMultiplier.
	minimum = Multiplier{Lo: unit / 10}
)

// adjustment is how fast a Multiplier follows demand, v in the formula of next, in
// units: 75 / 1,000,000. halfSquare is v²/2.
//
// Source: polkadot-sdk polkadot/runtime/common/src/lib.rs, AdjustmentVariable.
var (
	adjustment = Multiplier{Lo: 75 * unit / 1_000_000}
	halfSquare = Multiplier{Lo: 2_812_500_000}
)

// Times returns ⌊m · amount⌋, at most primitives.MaxBalance.
func (m Multiplier) Times(amount primitives.Balance) primitives.Balance {
	hi, lo := product(primitives.Balance(m), amount)
	return quotient(hi, lo, unit)
}

// times returns ⌊m · n⌋ in units.
func (m Multiplier) times(n Multiplier) Multiplier {
	return Multiplier(m.Times(primitives.Balance(n)))
}

// next returns the multiplier after a block in which calls of class normal weighed
// used of limit:
//
//	d = used/limit − 1/4,  next = m · (1 + v·d + v²/2 · d²),  at least minimum
//
// by steps that round down. Full blocks double it in 12,000 blocks or so, empty
// ones halve it in 37,000.
//
// Source: polkadot-sdk substrate/frame/transaction-payment/src/lib.rs,
// TargetedFeeAdjustment.
func (m Multiplier) next(used, limit uint64) Multiplier {
	if primitives.Balance(m).Less(primitives.Balance(minimum)) {
		m = minimum
	}
	used = min(used, limit)
	target := limit/4 + limit%4/3 // a quarter, to the nearest, half down
	distance := max(used, target) - min(used, target)
	hi, lo := product(primitives.NewBalance(distance), primitives.NewBalance(unit))
	diff := Multiplier(quotient(hi, lo, max(limit, 1)))
	first, second := adjustment.times(diff), halfSquare.times(diff.times(diff))
	next := primitives.Balance(m)
	if used >= target {
		next = next.SaturatingAdd(primitives.Balance(first.plus(second).times(m)))
	} else {
		next = next.SaturatingSub(primitives.Balance(first.minus(second).times(m)))
	}
	if next.Less(primitives.Balance(minimum)) {
		return minimum
	}
	return Multiplier(next)
}

func (m Multiplier) plus(n Multiplier) Multiplier {
	return Multiplier(primitives.Balance(m).SaturatingAdd(primitives.Balance(n)))
}

func (m Multiplier) minus(n Multiplier) Multiplier {
	return Multiplier(primitives.Balance(m).SaturatingSub(primitives.Balance(n)))
}

// product returns a · b as hi·2^128 + lo.
func product(a, b primitives.Balance) (hi, lo primitives.Balance) {
	h00, l00 := bits.Mul64(a.Lo, b.Lo)
	h01, l01 := bits.Mul64(a.Lo, b.Hi)
	h10, l10 := bits.Mul64(a.Hi, b.Lo)
	h11, l11 := bits.Mul64(a.Hi, b.Hi)
	mid, c1 := bits.Add64(h00, l01, 0)
	mid, c2 := bits.Add64(mid, l10, 0)
	upper, c3 := bits.Add64(h01, h10, 0)
	upper, c4 := bits.Add64(upper, l11, c1)
	upper, c5 := bits.Add64(upper, 0, c2)
	return primitives.Balance{Lo: upper, Hi: h11 + c3 + c4 + c5}, primitives.Balance{Lo: l00, Hi: mid}
}

// quotient returns ⌊(hi·2^128 + lo) / m⌋, at most primitives.MaxBalance. m must
// not be 0.
func quotient(hi, lo primitives.Balance, m uint64) primitives.Balance {
	over, rest := hi.DivMod(m)
	if !over.IsZero() {
		return primitives.MaxBalance
	}
	upper, rest := bits.Div64(rest, lo.Hi, m)
	lower, _ := bits.Div64(rest, lo.Lo, m)
	return primitives.Balance{Lo: lower, Hi: upper}
}
