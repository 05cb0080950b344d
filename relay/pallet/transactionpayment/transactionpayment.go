// Package transactionpayment is the pallet that charges for extrinsics: a fee
// by length, and the tip. Both go to the author of the block; without an author
// they are burnt.
//
//frame:pallet TransactionPayment
package transactionpayment

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Fees, in the smallest unit of the token.
const (
	// BaseFee is paid by every signed extrinsic.
	BaseFee = 1_000_000_000
	// LengthFee is paid per byte of the encoded extrinsic.
	LengthFee = 10_000_000
)

// TransactionFeePaid says what an extrinsic cost its signer.
//
//frame:event 0
type TransactionFeePaid struct {
	Who primitives.AccountID
	// ActualFee is the whole fee, Tip included.
	ActualFee primitives.Balance
	Tip       primitives.Balance
}

// Fee returns BaseFee + LengthFee · length + tip for an extrinsic of length
// bytes, or only the tip for one that pays no fee.
func Fee(length int, pays frame.Pays, tip primitives.Balance) primitives.Balance {
	if pays == frame.PaysNo {
		return tip
	}
	return primitives.NewBalance(LengthFee).SaturatingMul(uint64(length)).
		SaturatingAdd(primitives.NewBalance(BaseFee)).SaturatingAdd(tip)
}

// Charge takes fee from who and gives it to the author of the block. who does
// not end by it: the nonce of an ended account would begin again, and what it
// signed could be applied a second time. An error leaves everything as it was.
//
// Source: substrate/frame/transaction-payment/src/payment.rs, FungibleAdapter.
func Charge(c *frame.Context, who primitives.AccountID, fee, tip primitives.Balance) error {
	return c.Transaction(func() error {
		if err := balances.Burn(c, who, fee, true); err != nil {
			return err
		}
		c.Deposit(TransactionFeePaid{Who: who, ActualFee: fee, Tip: tip})
		author, ok := authorship.Author.Lookup(c.State)
		if !ok || fee.IsZero() {
			return nil
		}
		// An author without an account cannot receive less than the
		// existential deposit; the fee stays burnt then.
		_ = balances.Mint(c, author, fee)
		return nil
	})
}
