// Package utility is the pallet that makes several calls as one, and calls on
// behalf of accounts that are derived from the signer's.
//
// Calls are made in order, each in a layer of its own: one that fails leaves
// nothing. It keeps no state. What its origin may not call, it may not call
// through this pallet either.
//
// Source: polkadot-sdk substrate/frame/utility. Left out: dispatch_as,
// with_weight, dispatch_as_checked and if_else.
//
//frame:pallet Utility
package utility

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// BatchedCallsLimit bounds the calls of a batch.
//
//frame:constant name=batched_calls_limit
const BatchedCallsLimit uint32 = 10922

// Error of the pallet.
//
//frame:errors
type Error uint8

// ErrTooManyCalls: a batch has more than BatchedCallsLimit calls.
const ErrTooManyCalls Error = 0

// BatchInterrupted says that the call at the index failed, and that those after it
// were not made.
//
//frame:event 0
type BatchInterrupted struct {
	Index uint32
	Error frame.DispatchError
}

// BatchCompleted says that no call of a batch failed.
//
//frame:event 1
type BatchCompleted struct{}

// BatchCompletedWithErrors says that some calls of a batch failed.
//
//frame:event 2
type BatchCompletedWithErrors struct{}

// ItemCompleted says that a call of a batch did not fail.
//
//frame:event 3
type ItemCompleted struct{}

// ItemFailed says that one did.
//
//frame:event 4
type ItemFailed struct{ Error frame.DispatchError }

// Batch makes calls until one fails; those before it keep their effects, and it
// does not fail itself.
//
//frame:call 0 measured
type Batch struct {
	Calls []frame.RuntimeCall `scale:"max=1048576"`
}

// Info adds up what is declared of the calls.
func (b Batch) Info() frame.DispatchInfo { return batchInfo(b.Calls, batchWeight) }

// Make makes the calls and returns what those that were made did cost.
func (b Batch) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	return batch(c, origin, b.Calls, batchWeight, func(index int, err error) (bool, error) {
		c.Deposit(BatchInterrupted{Index: uint32(index), Error: c.Pallets.DispatchError(err)})
		return false, nil
	})
}

// BatchAll makes calls, all or none.
//
//frame:call 2 measured
type BatchAll struct {
	Calls []frame.RuntimeCall `scale:"max=1048576"`
}

// Info adds up what is declared of the calls.
func (b BatchAll) Info() frame.DispatchInfo { return batchInfo(b.Calls, batchAllWeight) }

// Make makes the calls and returns what those that were made did cost. A batch of
// this kind may not hold another one.
func (b BatchAll) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	if signed, ok := origin.(frame.Signed); ok {
		signed.Filter = &frame.Filter{Allows: isNoBatchAll, Outer: signed.Filter}
		origin = signed
	}
	return batch(c, origin, b.Calls, batchAllWeight, func(_ int, err error) (bool, error) { return false, err })
}

func isNoBatchAll(call frame.Call) bool { return call.ID() != BatchAll{}.ID() }

// ForceBatch makes calls, whether or not others fail.
//
//frame:call 4 measured
type ForceBatch struct {
	Calls []frame.RuntimeCall `scale:"max=1048576"`
}

// Info adds up what is declared of the calls.
func (b ForceBatch) Info() frame.DispatchInfo { return batchInfo(b.Calls, forceBatchWeight) }

// Make makes the calls and returns what they did cost.
func (b ForceBatch) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	return batch(c, origin, b.Calls, forceBatchWeight, func(_ int, err error) (bool, error) {
		c.Deposit(ItemFailed{Error: c.Pallets.DispatchError(err)})
		return true, nil
	})
}

// batchInfo returns what a batch weighs; own says what one of n calls does without
// them. Its class is normal if that of a call is, else operational.
func batchInfo(calls []frame.RuntimeCall, own func(n int) frame.Weight) frame.DispatchInfo {
	info := frame.DispatchInfo{Weight: own(len(calls)), Class: frame.Operational}
	for _, call := range calls {
		inner := call.Call.Info()
		info.Weight = info.Weight.Add(inner.Weight)
		if inner.Class == frame.Normal {
			info.Class = frame.Normal
		}
	}
	return info
}

// batch makes calls; own is as for batchInfo. When one fails, failed says whether to
// go on, and whether all of the batch fails.
func batch(c *frame.Context, origin frame.Origin, calls []frame.RuntimeCall, own func(n int) frame.Weight, failed func(index int, err error) (bool, error)) (frame.DispatchInfo, error) {
	info := batchInfo(calls, own)
	if err := frame.EnsureNotNone(origin); err != nil {
		return info, err
	}
	if len(calls) > int(BatchedCallsLimit) {
		return info, ErrTooManyCalls
	}
	weight, errors := frame.Weight{}, false
	for i, call := range calls {
		inner, err := system.Dispatch(c, origin, call.Call)
		weight = weight.Add(inner.Weight)
		if err == nil {
			c.Deposit(ItemCompleted{})
			continue
		}
		errors = true
		goOn, err := failed(i, err)
		if !goOn {
			info.Weight = own(i + 1).Add(weight)
			return info, err
		}
	}
	info.Weight = own(len(calls)).Add(weight)
	if errors {
		c.Deposit(BatchCompletedWithErrors{})
	} else {
		c.Deposit(BatchCompleted{})
	}
	return info, nil
}

// AsDerivative makes a call on behalf of the account that is derived from the
// signer's with an index.
//
//frame:call 1 measured
type AsDerivative struct {
	Index uint16
	Call  frame.RuntimeCall
}

// Info adds the weight of the change of account to that of the call.
func (a AsDerivative) Info() frame.DispatchInfo { return derivative(a.Call.Call.Info()) }

// derivative returns what a call costs on behalf of a derived account. The fee is
// the signer's to pay.
func derivative(inner frame.DispatchInfo) frame.DispatchInfo {
	return frame.DispatchInfo{Weight: inner.Weight.Add(asDerivativeWeight()), Class: inner.Class}
}

// Make makes the call and returns what it did cost.
func (a AsDerivative) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	signed, ok := origin.(frame.Signed)
	if !ok {
		return a.Info(), frame.BadOrigin{}
	}
	signed.Account = Derivative(signed.Account, a.Index)
	inner, err := system.Dispatch(c, signed, a.Call.Call)
	return derivative(inner), err
}

// Derivative returns the account that is derived from who with an index:
// BLAKE2b-256 of "modlpy/utilisuba" ‖ who ‖ index.
func Derivative(who primitives.AccountID, index uint16) primitives.AccountID {
	entropy := append([]byte("modlpy/utilisuba"), who[:]...)
	return primitives.AccountID(primitives.Blake2b256(scale.AppendU16(entropy, index)))
}
