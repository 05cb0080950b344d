// Package transactionpayment is the pallet that charges for extrinsics: a fee
// per extrinsic, by length and by weight, and the tip. All go to the author of
// the block; without an author they are burnt.
//
// The price of weight follows demand, where the runtime calls Adjust at the end of
// every block: it rises while blocks are fuller than a quarter, and falls while
// they are emptier.
//
//frame:pallet TransactionPayment
package transactionpayment

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Fees, in the smallest unit of the token.
const (
	// BaseFee is paid by every signed extrinsic.
	BaseFee = WeightFee * frame.ExtrinsicTime
	// LengthFee is paid per byte of the encoded extrinsic.
	LengthFee = 10_000_000
	// WeightFee is paid per picosecond of weight, times the multiplier. BaseFee is
	// what the check of a signature costs by it.
	WeightFee = 10
)

// OperationalFeeMultiplier is how many times its fee the priority of an operational
// call counts as further tip.
//
// Source: polkadot-fellows/runtimes relay/polkadot, OperationalFeeMultiplier.
//
//frame:constant
const OperationalFeeMultiplier uint8 = 5

// storage of the pallet.
//
//frame:storage
type storage struct {
	// NextFeeMultiplier is what the weight fees of the next block are multiplied
	// by; 1 where it is missing.
	NextFeeMultiplier Multiplier `frame:"default=one"`
}

// TransactionFeePaid says what an extrinsic cost its signer.
//
//frame:event 0
type TransactionFeePaid struct {
	Who primitives.AccountID
	// ActualFee is the whole fee, Tip included.
	ActualFee primitives.Balance
	Tip       primitives.Balance
}

// Inclusion is what it costs to be in a block.
type Inclusion struct {
	Base, Length primitives.Balance
	// Weight is multiplied already.
	Weight primitives.Balance
}

// Total returns the sum.
func (i Inclusion) Total() primitives.Balance {
	return i.Base.SaturatingAdd(i.Length).SaturatingAdd(i.Weight)
}

// InclusionFee returns what an extrinsic of length bytes and with a call of the
// weight costs in the block that s is about.
func InclusionFee(s *frame.State, length uint64, weight frame.Weight) Inclusion {
	return Inclusion{
		Base:   primitives.NewBalance(BaseFee),
		Length: primitives.NewBalance(LengthFee).SaturatingMul(length),
		Weight: FeeMultiplier(s).Times(primitives.NewBalance(WeightFee).SaturatingMul(weight.RefTime)),
	}
}

// Fee returns the InclusionFee and the tip, or only the tip for what pays no fee.
func Fee(s *frame.State, length uint64, info frame.DispatchInfo, tip primitives.Balance) primitives.Balance {
	if info.PaysFee == frame.PaysNo {
		return tip
	}
	return InclusionFee(s, length, info.Weight).Total().SaturatingAdd(tip)
}

// FeeMultiplier returns NextFeeMultiplier, or 1.
func FeeMultiplier(s *frame.State) Multiplier {
	if m, ok := NextFeeMultiplier.Lookup(s); ok {
		return m
	}
	return one
}

// Adjust ends the block by setting the multiplier for the next one. limit is what
// calls of class normal may weigh in a block together.
func Adjust(s *frame.State, limit uint64) {
	used := system.BlockWeight.Get(s).Normal.RefTime
	NextFeeMultiplier.Put(s, FeeMultiplier(s).next(used, limit))
}

// Withdraw takes fee from who before its call is made. who does not end by it: the
// nonce of an ended account would begin again, and what it signed could be
// applied a second time. An error leaves everything as it was.
func Withdraw(c *frame.Context, who primitives.AccountID, fee primitives.Balance) error {
	return balances.Burn(c, who, fee, true)
}

// Settle ends what Withdraw began: of what was paid, who gets back what exceeds
// the fee, tip included, and the author of the block gets the rest. Nothing goes
// back to an account that ended meanwhile.
//
// Source: polkadot-sdk substrate/frame/transaction-payment/src/payment.rs,
// FungibleAdapter.
func Settle(c *frame.Context, who primitives.AccountID, paid, fee, tip primitives.Balance) {
	if refund := paid.SaturatingSub(fee); !refund.IsZero() && system.Account.Has(c.State, who) {
		if balances.Mint(c, who, refund) == nil {
			paid = fee
		}
	}
	if author, ok := authorship.Author.Lookup(c.State); ok && !paid.IsZero() {
		// An author without an account cannot receive less than the
		// existential deposit; the fee stays burnt then.
		_ = balances.Mint(c, author, paid)
	}
	c.Deposit(TransactionFeePaid{Who: who, ActualFee: paid, Tip: tip})
}
