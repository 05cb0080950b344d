// Package multisig is the pallet by which several accounts together call on behalf
// of one that is derived from them: a threshold of them must approve the same
// call. Who begins holds a deposit until it is made or cancelled; of the call only
// the hash is kept.
//
// Source: polkadot-sdk substrate/frame/multisig. Left out: poke_deposit.
//
//frame:pallet Multisig
package multisig

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"bytes"
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// MaxSignatories bounds the accounts of a multisig.
//
//frame:constant
const MaxSignatories uint32 = 100

// Deposits of who begins: DepositBase, and DepositFactor per account of the
// threshold.
//
// Source: polkadot-sdk polkadot/runtime/westend; 88 and 32 bytes of state, in
// tokens of 10^12 units.
var (
	//frame:constant
	DepositBase = primitives.NewBalance(200_880_000_000)
	//frame:constant
	DepositFactor = primitives.NewBalance(320_000_000)
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Multisigs are the operations that were begun, by account and hash of the
	// call.
	Multisigs map[primitives.AccountID]map[[32]byte]Operation `frame:"twox_64_concat,blake2_128_concat,optional"`
}

// Timepoint names an extrinsic: the block's number and the index in the block.
//
//frame:codec
//frame:path pallet_multisig::Timepoint
type Timepoint struct {
	Height primitives.BlockNumber
	Index  uint32
}

// Operation is a call that waits for approvals.
//
//frame:codec
//frame:path pallet_multisig::Multisig
type Operation struct {
	// When is the extrinsic that began it.
	When      Timepoint
	Deposit   primitives.Balance
	Depositor primitives.AccountID
	// Approvals are who approved, ascending.
	Approvals []primitives.AccountID `scale:"max=100"`
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// Errors.
const (
	// ErrMinimumThreshold: the threshold is below 2.
	ErrMinimumThreshold Error = 0
	// ErrAlreadyApproved: the signer approved before.
	ErrAlreadyApproved Error = 1
	// ErrTooFewSignatories: there are no others.
	ErrTooFewSignatories Error = 3
	// ErrTooManySignatories: there are more than MaxSignatories.
	ErrTooManySignatories Error = 4
	// ErrSignatoriesOutOfOrder: the others are not ascending.
	ErrSignatoriesOutOfOrder Error = 5
	// ErrSenderInSignatories: the signer is among the others.
	ErrSenderInSignatories Error = 6
	// ErrNotFound: no such operation was begun.
	ErrNotFound Error = 7
	// ErrNotOwner: another account began it.
	ErrNotOwner Error = 8
	// ErrNoTimepoint: it was begun, and the call does not say when.
	ErrNoTimepoint Error = 9
	// ErrWrongTimepoint: it was begun at another time.
	ErrWrongTimepoint Error = 10
	// ErrUnexpectedTimepoint: it was not begun yet.
	ErrUnexpectedTimepoint Error = 11
	// ErrMaxWeightTooLow: the call weighs more than was allowed.
	ErrMaxWeightTooLow Error = 12
)

// NewMultisig says that an operation was begun.
//
//frame:event 0
type NewMultisig struct {
	Approving primitives.AccountID
	Multisig  primitives.AccountID
	CallHash  [32]byte
}

// MultisigApproval says that one more approved of it.
//
//frame:event 1
type MultisigApproval struct {
	Approving primitives.AccountID
	Timepoint Timepoint
	Multisig  primitives.AccountID
	CallHash  [32]byte
}

// MultisigExecuted says that its call was made.
//
//frame:event 2
type MultisigExecuted struct {
	Approving primitives.AccountID
	Timepoint Timepoint
	Multisig  primitives.AccountID
	CallHash  [32]byte
	Result    frame.DispatchResult
}

// MultisigCancelled says that it was cancelled.
//
//frame:event 3
type MultisigCancelled struct {
	Cancelling primitives.AccountID
	Timepoint  Timepoint
	Multisig   primitives.AccountID
	CallHash   [32]byte
}

// Account returns the account of signatories, which must ascend, with the
// threshold: BLAKE2b-256 of "modlpy/utilisuba" ‖ signatories ‖ threshold.
func Account(signatories []primitives.AccountID, threshold uint16) primitives.AccountID {
	entropy := scale.AppendCompact([]byte("modlpy/utilisuba"), uint64(len(signatories)))
	for _, who := range signatories {
		entropy = append(entropy, who[:]...)
	}
	return primitives.AccountID(primitives.Blake2b256(scale.AppendU16(entropy, threshold)))
}

// accountOf checks the others and returns the account of who and them.
func accountOf(who primitives.AccountID, others []primitives.AccountID, threshold uint16) (primitives.AccountID, error) {
	if len(others) == 0 {
		return primitives.AccountID{}, ErrTooFewSignatories
	}
	if len(others) >= int(MaxSignatories) {
		return primitives.AccountID{}, ErrTooManySignatories
	}
	at := 0
	for i, other := range others {
		if i > 0 && compare(others[i-1], other) >= 0 {
			return primitives.AccountID{}, ErrSignatoriesOutOfOrder
		}
		switch compare(other, who) {
		case -1:
			at++
		case 0:
			return primitives.AccountID{}, ErrSenderInSignatories
		}
	}
	return Account(slices.Insert(slices.Clone(others), at, who), threshold), nil
}

func compare(a, b primitives.AccountID) int { return bytes.Compare(a[:], b[:]) }
