package api

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// accountNonce tells how many extrinsics an account has signed.
//
//frame:api AccountNonceApi 1
type accountNonce struct{ *Call }

// AccountNonce returns the nonce of the account's next extrinsic.
func (a accountNonce) AccountNonce(account primitives.AccountID) primitives.Nonce {
	return system.Account.Get(a.State, account).Nonce
}

// payment tells what extrinsics cost.
//
//frame:api TransactionPaymentApi 4
type payment struct{ *Call }

// RuntimeDispatchInfo is what an extrinsic takes and costs.
//
//frame:codec
//frame:path pallet_transaction_payment::types::RuntimeDispatchInfo
type RuntimeDispatchInfo struct {
	Weight frame.Weight
	Class  frame.DispatchClass
	// PartialFee is the fee without the tip.
	PartialFee primitives.Balance
}

// FeeDetails is what a fee is made of.
//
//frame:codec
//frame:path pallet_transaction_payment::types::FeeDetails
type FeeDetails struct {
	// InclusionFee is missing if the extrinsic pays none.
	InclusionFee *InclusionFee
	// Tip is 0: it is not asked for.
	Tip primitives.Balance
}

// InclusionFee is what it costs to be in a block.
//
//frame:codec
//frame:path pallet_transaction_payment::types::InclusionFee
type InclusionFee struct {
	BaseFee           primitives.Balance
	LenFee            primitives.Balance
	AdjustedWeightFee primitives.Balance
}

// QueryInfo returns what an extrinsic of length len takes and costs. Signatures
// and nonces do not matter.
func (p payment) QueryInfo(uxt primitives.Extrinsic, len uint32) (RuntimeDispatchInfo, error) {
	info, signed, err := p.dispatchInfo(uxt)
	out := RuntimeDispatchInfo{Weight: info.Weight, Class: info.Class}
	if signed {
		out.PartialFee = transactionpayment.Fee(p.State, uint64(len), info, primitives.Balance{})
	}
	return out, err
}

// QueryFeeDetails returns what the fee of an extrinsic of length len is made of.
func (p payment) QueryFeeDetails(uxt primitives.Extrinsic, len uint32) (FeeDetails, error) {
	info, signed, err := p.dispatchInfo(uxt)
	if err != nil || !signed || info.PaysFee == frame.PaysNo {
		return FeeDetails{}, err
	}
	fee := transactionpayment.InclusionFee(p.State, uint64(len), info.Weight)
	return FeeDetails{InclusionFee: &InclusionFee{BaseFee: fee.Base, LenFee: fee.Length, AdjustedWeightFee: fee.Weight}}, nil
}

// QueryWeightToFee returns what a weight costs at a multiplier of 1.
func (payment) QueryWeightToFee(weight frame.Weight) primitives.Balance {
	return primitives.NewBalance(transactionpayment.WeightFee).SaturatingMul(weight.RefTime)
}

// QueryLengthToFee returns what a length in bytes costs.
func (payment) QueryLengthToFee(length uint32) primitives.Balance {
	return primitives.NewBalance(transactionpayment.LengthFee).SaturatingMul(uint64(length))
}

// dispatchInfo returns what is declared of the call of an extrinsic, and whether
// that is signed; executive.ErrCall if it does not decode.
func (p payment) dispatchInfo(extrinsic primitives.Extrinsic) (info frame.DispatchInfo, signed bool, err error) {
	u, err := primitives.DecodeExtrinsic(extrinsic)
	if err != nil {
		return info, false, executive.ErrCall
	}
	decoded, err := p.Block.Chain.Rules.Pallets().DecodeCall(u.Call)
	if err != nil {
		return info, false, executive.ErrCall
	}
	return decoded.Info(), u.Signature != nil, nil
}

// transactionQueue checks extrinsics that wait for a block.
//
//frame:api TaggedTransactionQueue 3
type transactionQueue struct{ *Call }

// TransactionSource is where an extrinsic comes from.
//
//frame:codec
//frame:path sp_runtime::transaction_validity::TransactionSource
type TransactionSource uint8

// Values of TransactionSource.
const (
	TransactionSourceInBlock  TransactionSource = 0
	TransactionSourceLocal    TransactionSource = 1
	TransactionSourceExternal TransactionSource = 2
)

// ValidateTransaction tells whether and when an extrinsic can be in a block after
// the one that is asked. Neither source nor hash matter.
func (q transactionQueue) ValidateTransaction(source TransactionSource, tx primitives.Extrinsic, blockHash primitives.Hash) (TransactionValidity, error) {
	validity, err := q.Block.Chain.Rules.Validate(q.State, q.Block.Header, tx)
	if err != nil {
		refused, err := validityError(err)
		return Invalid{refused}, err
	}
	return Valid{ValidTransaction{
		Priority: validity.Priority, Requires: validity.Requires, Provides: validity.Provides,
		Longevity: validity.Longevity, Propagate: validity.Propagate,
	}}, nil
}

// blockBuilder tries what goes into a block.
//
//frame:api BlockBuilder 6
type blockBuilder struct{ *Call }

// ApplyExtrinsic tells what would come of an extrinsic as the first of the next
// block. The state stays as it was.
func (b blockBuilder) ApplyExtrinsic(extrinsic primitives.Extrinsic) (ApplyExtrinsicResult, error) {
	failure, err := b.Block.Chain.Rules.Try(b.State, b.Block.Header, extrinsic)
	switch {
	case err != nil:
		refused, err := validityError(err)
		return Refused{refused}, err
	case failure != nil:
		return Applied{frame.Failed{Error: failure}}, nil
	}
	return Applied{frame.Succeeded{}}, nil
}
