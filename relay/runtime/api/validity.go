package api

import (
	"errors"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
)

// TransactionValidity is Valid or Invalid.
//
//frame:enum
//frame:path Result
//frame:params T=ValidTransaction E=TransactionValidityError
type TransactionValidity interface{ transactionValidity() }

// Valid is an extrinsic that can be in a block.
//
//frame:variant TransactionValidity 0 name=Ok
type Valid struct{ Transaction ValidTransaction }

// Invalid is one that cannot.
//
//frame:variant TransactionValidity 1 name=Err
type Invalid struct{ Error TransactionValidityError }

func (Valid) transactionValidity()   {}
func (Invalid) transactionValidity() {}

// ValidTransaction is what a pool needs to know; see executive.Validity.
//
//frame:codec
//frame:path sp_runtime::transaction_validity::ValidTransaction
type ValidTransaction struct {
	Priority  uint64
	Requires  [][]byte
	Provides  [][]byte
	Longevity uint64
	Propagate bool
}

// TransactionValidityError says why an extrinsic cannot be in a block.
//
//frame:enum
//frame:path sp_runtime::transaction_validity::TransactionValidityError
type TransactionValidityError interface{ transactionValidityError() }

// InvalidError says that it is known to be invalid.
//
//frame:variant TransactionValidityError 0 name=Invalid
type InvalidError struct{ Kind InvalidTransaction }

// UnknownError says that it cannot be known whether it is valid.
//
//frame:variant TransactionValidityError 1 name=Unknown
type UnknownError struct{ Kind UnknownTransaction }

func (InvalidError) transactionValidityError() {}
func (UnknownError) transactionValidityError() {}

// InvalidTransaction says why an extrinsic is invalid; the kinds that nothing here
// gives are left out.
//
//frame:codec
//frame:path sp_runtime::transaction_validity::InvalidTransaction
type InvalidTransaction uint8

// Values of InvalidTransaction.
const (
	InvalidTransactionCall                InvalidTransaction = 0
	InvalidTransactionPayment             InvalidTransaction = 1
	InvalidTransactionFuture              InvalidTransaction = 2
	InvalidTransactionStale               InvalidTransaction = 3
	InvalidTransactionBadProof            InvalidTransaction = 4
	InvalidTransactionAncientBirthBlock   InvalidTransaction = 5
	InvalidTransactionExhaustsResources   InvalidTransaction = 6
	InvalidTransactionBadMandatory        InvalidTransaction = 8
	InvalidTransactionMandatoryValidation InvalidTransaction = 9
)

// UnknownTransaction says why an extrinsic cannot be checked.
//
//frame:codec
//frame:path sp_runtime::transaction_validity::UnknownTransaction
type UnknownTransaction uint8

// Values of UnknownTransaction.
const (
	UnknownTransactionCannotLookup        UnknownTransaction = 0
	UnknownTransactionNoUnsignedValidator UnknownTransaction = 1
)

// kinds maps the reasons of package executive to what clients know.
var kinds = []struct {
	reason error
	kind   TransactionValidityError
}{
	{executive.ErrCall, InvalidError{InvalidTransactionCall}},
	{executive.ErrPayment, InvalidError{InvalidTransactionPayment}},
	{executive.ErrFuture, InvalidError{InvalidTransactionFuture}},
	{executive.ErrStale, InvalidError{InvalidTransactionStale}},
	{executive.ErrBadProof, InvalidError{InvalidTransactionBadProof}},
	{executive.ErrScheme, InvalidError{InvalidTransactionBadProof}},
	{executive.ErrAncientBirthBlock, InvalidError{InvalidTransactionAncientBirthBlock}},
	{executive.ErrExhaustsResources, InvalidError{InvalidTransactionExhaustsResources}},
	{executive.ErrOversize, InvalidError{InvalidTransactionExhaustsResources}},
	{executive.ErrMandatory, InvalidError{InvalidTransactionBadMandatory}},
	{executive.ErrInherentFailed, InvalidError{InvalidTransactionBadMandatory}},
	{executive.ErrInherent, InvalidError{InvalidTransactionMandatoryValidation}},
	{executive.ErrSigner, UnknownError{UnknownTransactionCannotLookup}},
	{executive.ErrMetadataMode, UnknownError{UnknownTransactionCannotLookup}},
	{executive.ErrUnsigned, UnknownError{UnknownTransactionNoUnsignedValidator}},
}

// validityError returns why an extrinsic was refused as clients know it, or err
// if it says nothing of the extrinsic.
func validityError(err error) (TransactionValidityError, error) {
	for _, k := range kinds {
		if errors.Is(err, k.reason) {
			return k.kind, nil
		}
	}
	return nil, err
}

// ApplyExtrinsicResult is Applied or Refused.
//
//frame:enum
//frame:path Result
//frame:params T=relay/frame.DispatchResult E=TransactionValidityError
type ApplyExtrinsicResult interface{ applyExtrinsicResult() }

// Applied is an extrinsic that is in the block.
//
//frame:variant ApplyExtrinsicResult 0 name=Ok
type Applied struct{ Outcome frame.DispatchResult }

// Refused is one that cannot be.
//
//frame:variant ApplyExtrinsicResult 1 name=Err
type Refused struct{ Error TransactionValidityError }

func (Applied) applyExtrinsicResult() {}
func (Refused) applyExtrinsicResult() {}
