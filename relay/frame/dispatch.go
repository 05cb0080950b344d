package frame

import (
	"math/bits"

	"github.com/rampart-chain/rampart/relay/scale"
)

// DispatchClass says which share of a block a call uses.
//
//frame:codec
//frame:path frame_support::dispatch::DispatchClass
type DispatchClass uint8

// Classes of calls.
const (
	Normal      DispatchClass = 0
	Operational DispatchClass = 1
	Mandatory   DispatchClass = 2
)

// Pays says whether a call pays a fee.
//
//frame:codec
//frame:path frame_support::dispatch::Pays
type Pays uint8

// Values of Pays.
const (
	PaysYes Pays = 0
	PaysNo  Pays = 1
)

// Weight is the cost of execution: time in picoseconds on the reference
// machine, and bytes of proof.
//
//frame:codec
//frame:path sp_weights::weight_v2::Weight
type Weight struct {
	RefTime   uint64 `scale:"compact"`
	ProofSize uint64 `scale:"compact"`
}

// Add returns the sum of both parts, each at most the greatest number.
func (w Weight) Add(other Weight) Weight {
	return Weight{RefTime: saturatingAdd(w.RefTime, other.RefTime), ProofSize: saturatingAdd(w.ProofSize, other.ProofSize)}
}

// Within reports whether both parts are at most those of limit.
func (w Weight) Within(limit Weight) bool {
	return w.RefTime <= limit.RefTime && w.ProofSize <= limit.ProofSize
}

func saturatingAdd(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	return sum | -carry
}

// DispatchInfo is what is known of a call before it is made.
//
//frame:codec
//frame:path frame_support::dispatch::DispatchInfo
type DispatchInfo struct {
	Weight  Weight
	Class   DispatchClass
	PaysFee Pays
}

// CallID names a call: the pallet, and the call's index in it.
type CallID struct {
	Pallet string
	Index  uint8
}

// Call is a decoded call. Generated code provides everything but Dispatch.
type Call interface {
	// AppendSCALE appends the arguments, without the indices of ID.
	scale.Marshaler
	ID() CallID
	Info() DispatchInfo
	// Dispatch makes the call. An error undoes its changes of the state; it
	// is a DispatchError, or a PalletError, or wraps one.
	Dispatch(c *Context, origin Origin) error
}

// Measured is a call of which more is known after it was made than before: it
// refunds what it did not use.
type Measured interface {
	Call
	// Make makes the call like Dispatch and returns what it did cost, whether
	// or not it failed: class as in Info, weight at most that of Info.
	Make(c *Context, origin Origin) (DispatchInfo, error)
}

// EventID names an event: the pallet, and the event's index in it.
type EventID struct {
	Pallet string
	Index  uint8
}

// Event is something that happened in a block. Generated code provides it.
type Event interface {
	// AppendSCALE appends the fields, without the indices of ID.
	scale.Marshaler
	ID() EventID
}

// PalletError is an error that a pallet declares. Generated code provides it.
type PalletError interface {
	error
	PalletError() (pallet string, index uint8)
}

// DispatchError is why a dispatched call failed, in the form that events carry.
//
//frame:enum
//frame:path sp_runtime::DispatchError
type DispatchError interface {
	error
	dispatchError()
}

// DispatchResult is what came of a call: Succeeded or Failed.
//
//frame:enum
//frame:path Result
//frame:params T=() E=relay/frame.DispatchError
type DispatchResult interface{ dispatchResult() }

// Succeeded is a call that did what it was to do.
//
//frame:variant DispatchResult 0 name=Ok
type Succeeded struct{}

// Failed is a call that did nothing.
//
//frame:variant DispatchResult 1 name=Err
type Failed struct{ Error DispatchError }

func (Succeeded) dispatchResult() {}
func (Failed) dispatchResult()    {}

// OtherError is a failure without a more precise name.
//
//frame:variant DispatchError 0 name=Other
type OtherError struct{}

// CannotLookup says that an address does not name an account.
//
//frame:variant DispatchError 1
type CannotLookup struct{}

// BadOrigin says that the origin may not make the call.
//
//frame:variant DispatchError 2
type BadOrigin struct{}

// ModuleError is a PalletError: the pallet's index in the runtime and the
// error's index in the pallet, in the first of four bytes.
//
//frame:variant DispatchError 3 name=Module
//frame:path sp_runtime::ModuleError
type ModuleError struct {
	Index uint8
	Code  [4]byte `frame:"name=error"`
}

// ConsumerRemaining says that an account is still referred to.
//
//frame:variant DispatchError 4
type ConsumerRemaining struct{}

// NoProviders says that nothing keeps the account alive.
//
//frame:variant DispatchError 5
type NoProviders struct{}

// Token is a failure to move funds.
//
//frame:variant DispatchError 7
type Token struct{ Reason TokenError }

// Arithmetic is an overflow, an underflow or a division by zero.
//
//frame:variant DispatchError 8
type Arithmetic struct{ Reason ArithmeticError }

// Exhausted says that a resource of the block is used up.
//
//frame:variant DispatchError 10
type Exhausted struct{}

// TokenError says why funds could not be moved.
//
//frame:codec
//frame:path sp_runtime::TokenError
type TokenError uint8

// Values of TokenError.
const (
	FundsUnavailable TokenError = 0
	OnlyProvider     TokenError = 1
	BelowMinimum     TokenError = 2
	CannotCreate     TokenError = 3
	UnknownAsset     TokenError = 4
	Frozen           TokenError = 5
)

// ArithmeticError says which operation failed.
//
//frame:codec
//frame:path sp_arithmetic::ArithmeticError
type ArithmeticError uint8

// Values of ArithmeticError.
const (
	Underflow      ArithmeticError = 0
	Overflow       ArithmeticError = 1
	DivisionByZero ArithmeticError = 2
)

func (OtherError) dispatchError()        {}
func (CannotLookup) dispatchError()      {}
func (BadOrigin) dispatchError()         {}
func (ModuleError) dispatchError()       {}
func (ConsumerRemaining) dispatchError() {}
func (NoProviders) dispatchError()       {}
func (Token) dispatchError()             {}
func (Arithmetic) dispatchError()        {}
func (Exhausted) dispatchError()         {}

func (OtherError) Error() string        { return "other" }
func (CannotLookup) Error() string      { return "address does not name an account" }
func (BadOrigin) Error() string         { return "origin may not make this call" }
func (ModuleError) Error() string       { return "error of a pallet" }
func (ConsumerRemaining) Error() string { return "account is still referred to" }
func (NoProviders) Error() string       { return "nothing keeps the account alive" }
func (t Token) Error() string           { return tokenErrors[t.Reason] }
func (a Arithmetic) Error() string      { return arithmeticErrors[a.Reason] }
func (Exhausted) Error() string         { return "block resources exhausted" }

var (
	tokenErrors = [...]string{"funds unavailable", "account would die", "below the existential deposit",
		"account cannot be created", "unknown asset", "funds are frozen"}
	arithmeticErrors = [...]string{"arithmetic underflow", "arithmetic overflow", "division by zero"}
)
