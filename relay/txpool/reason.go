package txpool

import (
	"errors"
	"strconv"
)

// Reason says why an extrinsic was refused or left the pool. Reasons are part of
// the API: RPC answers with them, logs and metrics print them.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons for which an extrinsic is refused or removed.
const (
	ErrInvalid         = Reason("transaction is invalid")
	ErrSize            = Reason("extrinsic is empty or too large")
	ErrStale           = Reason("transaction is outdated")
	ErrUnknown         = Reason("transaction's validity is not known")
	ErrBanned          = Reason("transaction is temporarily banned")
	ErrAlreadyImported = Reason("transaction is already imported")
	ErrPriorityTooLow  = Reason("priority is too low to replace a transaction")
	ErrCycle           = Reason("transaction requires what it provides")
	ErrDropped         = Reason("transaction pool has no room for the priority")
	ErrUnactionable    = Reason("transaction may not be sent on, and this node does not author blocks")
	ErrNoTags          = Reason("transaction provides no tags")
	ErrTags            = Reason("transaction has too many or too long tags")
	ErrBusy            = Reason("too many transactions await validation")
	ErrPeerShare       = Reason("peer has its share of the transaction pool")
	ErrWaiting         = Reason("transaction waits for another")
	ErrNoPropagation   = Reason("transaction may not be sent on")
	ErrReplaced        = Reason("a transaction of higher priority has its tag")
	ErrIncluded        = Reason("another transaction with its tag is in a block")
	ErrWatchers        = Reason("too many watchers")
	ErrRepeats         = Reason("too many repeated transactions")
	ErrUnknownRequest  = Reason("no such request")
	ErrUnfit           = Reason("block authors cannot apply the transaction")
	ErrLost            = Reason("retracted transaction is no longer known")
)

// PriorityError is ErrPriorityTooLow with the priorities: Old of the transactions
// in the pool together, New of the newcomer.
type PriorityError struct{ Old, New uint64 }

func (e PriorityError) Error() string {
	return "priority is too low: (" + strconv.FormatUint(e.Old, 10) + " vs " + strconv.FormatUint(e.New, 10) + ")"
}

// Unwrap returns ErrPriorityTooLow.
func (e PriorityError) Unwrap() error { return ErrPriorityTooLow }

// refusal is a Reason with what the runtime said; errors.Is finds either.
type refusal struct {
	reason Reason
	cause  error
}

// because returns reason, because of cause unless that is nil.
func because(reason Reason, cause error) error {
	if cause == nil {
		return reason
	}
	return refusal{reason, cause}
}

func (r refusal) Error() string   { return string(r.reason) + ": " + r.cause.Error() }
func (r refusal) Unwrap() []error { return []error{r.reason, r.cause} }

// Codes of JSON-RPC errors.
//
// Source: substrate/client/rpc-api/src/author/error.rs.
const (
	CodeInvalid         = 1010 // "Invalid Transaction", data: why
	CodeUnknown         = 1011 // "Unknown Transaction Validity"
	CodeBanned          = 1012 // "Transaction is temporarily banned"
	CodeAlreadyImported = 1013 // "Transaction Already Imported", data: hash
	CodePriorityTooLow  = 1014 // "Priority is too low: (old vs new)"
	CodeCycle           = 1015 // "Cycle Detected"
	CodeDropped         = 1016 // "Immediately Dropped"
	CodeUnactionable    = 1018 // "Unactionable"
	CodeNoTags          = 1019 // "No tags provided"
)

// Code returns the number of the JSON-RPC error for the Reason of a Refused:
// CodeDropped for every limit of this node, CodeUnknown for what has none.
func Code(reason error) int {
	var r Reason
	if !errors.As(reason, &r) {
		return CodeUnknown
	}
	switch r {
	case ErrInvalid, ErrSize, ErrStale, ErrTags, ErrIncluded, ErrUnfit:
		return CodeInvalid
	case ErrBanned:
		return CodeBanned
	case ErrAlreadyImported:
		return CodeAlreadyImported
	case ErrPriorityTooLow:
		return CodePriorityTooLow
	case ErrCycle:
		return CodeCycle
	case ErrDropped, ErrBusy, ErrPeerShare, ErrWatchers, ErrRepeats, ErrLost:
		return CodeDropped
	case ErrUnactionable:
		return CodeUnactionable
	case ErrNoTags:
		return CodeNoTags
	}
	return CodeUnknown
}
