package multisig

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// AsMultiThreshold1 makes a call on behalf of the account of the signer and
// others of which any one may.
//
//frame:call 0 measured name=AsMultiThreshold_1
type AsMultiThreshold1 struct {
	OtherSignatories []primitives.AccountID `scale:"max=1048576"`
	Call             frame.RuntimeCall
}

// Info adds the weight of the check to that of the call.
func (a AsMultiThreshold1) Info() frame.DispatchInfo { return a.around(a.Call.Call.Info()) }

func (a AsMultiThreshold1) around(inner frame.DispatchInfo) frame.DispatchInfo {
	own := asMultiThreshold1Weight(len(a.OtherSignatories), int(a.Call.Length()))
	return frame.DispatchInfo{Weight: inner.Weight.Add(own), Class: inner.Class}
}

// Make makes the call, and fails if it does.
func (a AsMultiThreshold1) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return a.Info(), err
	}
	id, err := accountOf(who, a.OtherSignatories, 1)
	if err != nil {
		return a.Info(), err
	}
	inner, err := system.Dispatch(c, frame.Signed{Account: id}, a.Call.Call)
	return a.around(inner), err
}

// AsMulti approves of a call, and makes it if that is the last approval which it
// needs. It does not fail if the call does.
//
//frame:call 1 measured
type AsMulti struct {
	// Threshold is how many must approve.
	Threshold        uint16
	OtherSignatories []primitives.AccountID `scale:"max=1048576"`
	// MaybeTimepoint is when the operation was begun; nil begins it.
	MaybeTimepoint *Timepoint
	Call           frame.RuntimeCall
	// MaxWeight bounds what the call may weigh.
	MaxWeight frame.Weight
}

// Info counts MaxWeight for the call.
func (a AsMulti) Info() frame.DispatchInfo {
	return frame.DispatchInfo{Weight: a.own().Add(a.MaxWeight)}
}

// own returns what it weighs without the call.
func (a AsMulti) own() frame.Weight {
	return asMultiWeight(len(a.OtherSignatories), int(a.Call.Length()))
}

// Make approves, and returns what that and the call did cost.
func (a AsMulti) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	inner, err := operate(c, origin, operation{
		threshold: a.Threshold, others: a.OtherSignatories, began: a.MaybeTimepoint,
		call: a.Call.Call, hash: primitives.Blake2b256(a.Call.AppendSCALE(nil)), maxWeight: a.MaxWeight,
	})
	return frame.DispatchInfo{Weight: a.own().Add(inner)}, err
}

// ApproveAsMulti approves of a call by its hash. It never makes the call.
//
//frame:call 2 measured
type ApproveAsMulti struct {
	Threshold        uint16
	OtherSignatories []primitives.AccountID `scale:"max=1048576"`
	MaybeTimepoint   *Timepoint
	CallHash         [32]byte
	MaxWeight        frame.Weight
}

// Info counts MaxWeight, of which nothing is used.
func (a ApproveAsMulti) Info() frame.DispatchInfo {
	return frame.DispatchInfo{Weight: approveAsMultiWeight(len(a.OtherSignatories)).Add(a.MaxWeight)}
}

// Make approves.
func (a ApproveAsMulti) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	_, err := operate(c, origin, operation{threshold: a.Threshold, others: a.OtherSignatories, began: a.MaybeTimepoint, hash: a.CallHash})
	return frame.DispatchInfo{Weight: approveAsMultiWeight(len(a.OtherSignatories))}, err
}

// operation is what the signer approves of.
type operation struct {
	threshold uint16
	others    []primitives.AccountID
	began     *Timepoint
	call      frame.Call // nil if only the hash is known
	hash      [32]byte
	maxWeight frame.Weight
}

// operate begins o, adds the signer's approval, or makes the call; it returns what
// the call did cost.
func operate(c *frame.Context, origin frame.Origin, o operation) (frame.Weight, error) {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return frame.Weight{}, err
	}
	if o.threshold < 2 {
		return frame.Weight{}, ErrMinimumThreshold
	}
	id, err := accountOf(who, o.others, o.threshold)
	if err != nil {
		return frame.Weight{}, err
	}
	open, begun := Multisigs.Lookup(c.State, id, o.hash)
	if !begun {
		return frame.Weight{}, begin(c, who, id, o)
	}
	switch {
	case o.began == nil:
		return frame.Weight{}, ErrNoTimepoint
	case *o.began != open.When:
		return frame.Weight{}, ErrWrongTimepoint
	}
	at, approved := slices.BinarySearchFunc(open.Approvals, who, compare)
	approvals := len(open.Approvals)
	counts := !approved && approvals < int(o.threshold)
	if counts {
		approvals++
	}
	if o.call != nil && approvals >= int(o.threshold) {
		return execute(c, who, id, o, open)
	}
	if !counts {
		return frame.Weight{}, ErrAlreadyApproved
	}
	if len(open.Approvals) >= int(MaxSignatories) {
		return frame.Weight{}, ErrTooManySignatories
	}
	open.Approvals = slices.Insert(open.Approvals, at, who)
	Multisigs.Put(c.State, id, o.hash, open)
	c.Deposit(MultisigApproval{Approving: who, Timepoint: open.When, Multisig: id, CallHash: o.hash})
	return frame.Weight{}, nil
}

// begin begins an operation of the account id with the approval of who.
func begin(c *frame.Context, who, id primitives.AccountID, o operation) error {
	if o.began != nil {
		return ErrUnexpectedTimepoint
	}
	deposit := DepositBase.SaturatingAdd(DepositFactor.SaturatingMul(uint64(o.threshold)))
	if err := balances.Reserve(c, who, deposit); err != nil {
		return err
	}
	Multisigs.Put(c.State, id, o.hash, Operation{
		When: Timepoint{Height: c.Number, Index: c.ExtrinsicIndex()}, Deposit: deposit, Depositor: who, Approvals: []primitives.AccountID{who}})
	c.Deposit(NewMultisig{Approving: who, Multisig: id, CallHash: o.hash})
	return nil
}

// execute ends the operation and makes its call: in this order, so that the call
// cannot be made twice.
func execute(c *frame.Context, who, id primitives.AccountID, o operation, open Operation) (frame.Weight, error) {
	if !o.call.Info().Weight.Within(o.maxWeight) {
		return frame.Weight{}, ErrMaxWeightTooLow
	}
	Multisigs.Delete(c.State, id, o.hash)
	balances.Unreserve(c, open.Depositor, open.Deposit)
	inner, err := system.Dispatch(c, frame.Signed{Account: id}, o.call)
	c.Deposit(MultisigExecuted{Approving: who, Timepoint: open.When, Multisig: id, CallHash: o.hash, Result: c.Result(err)})
	return inner.Weight, nil
}

// CancelAsMulti ends an operation that the signer began, and frees the deposit.
//
//frame:call 3 weight=cancelAsMultiWeight(len(call.OtherSignatories))
type CancelAsMulti struct {
	Threshold        uint16
	OtherSignatories []primitives.AccountID `scale:"max=1048576"`
	Timepoint        Timepoint
	CallHash         [32]byte
}

// Dispatch makes the call.
func (a CancelAsMulti) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	if a.Threshold < 2 {
		return ErrMinimumThreshold
	}
	id, err := accountOf(who, a.OtherSignatories, a.Threshold)
	if err != nil {
		return err
	}
	open, begun := Multisigs.Lookup(c.State, id, a.CallHash)
	switch {
	case !begun:
		return ErrNotFound
	case open.When != a.Timepoint:
		return ErrWrongTimepoint
	case open.Depositor != who:
		return ErrNotOwner
	}
	balances.Unreserve(c, open.Depositor, open.Deposit)
	Multisigs.Delete(c.State, id, a.CallHash)
	c.Deposit(MultisigCancelled{Cancelling: who, Timepoint: open.When, Multisig: id, CallHash: a.CallHash})
	return nil
}
