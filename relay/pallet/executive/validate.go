package executive

import (
	"math"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Validity is what whoever keeps an extrinsic until it is in a block needs to
// know of it.
type Validity struct {
	// Priority orders extrinsics, the greatest first.
	Priority uint64
	// Requires are the tags that others in front of it must provide, Provides
	// those that it does: no two in the same chain provide the same.
	Requires, Provides [][]byte
	// Longevity is for how many blocks all of this holds at least, the greatest
	// number if for ever.
	Longevity uint64
	// Propagate says that others may be told of it.
	Propagate bool
}

// ErrInherent says that an extrinsic is one that only authors of blocks make.
const ErrInherent = InvalidTransaction("inherent is made by the author of a block")

// Validate checks a signed extrinsic that is to be in a block after parent; state
// is the state after parent and is left as it was. It returns an
// InvalidTransaction, possibly wrapped, if the extrinsic cannot be in a block
// whatever else is in it: a nonce that is ahead is not such a reason. A fault of
// the state's backend is in its Err.
//
// Source: polkadot-sdk substrate/frame/executive, validate_transaction; the
// extensions CheckNonce, CheckMortality and ChargeTransactionPayment.
func (r *Runtime) Validate(state *frame.State, parent primitives.Header, extrinsic primitives.Extrinsic) (Validity, error) {
	state.Begin()
	defer state.Rollback()
	x := r.preview(state, parent)
	u, err := primitives.DecodeExtrinsic(extrinsic)
	if err != nil {
		return Validity{}, join(ErrCall, err)
	}
	validity := Validity{Longevity: math.MaxUint64, Propagate: true}
	if u.Signature != nil {
		validity.Requires = waitFor(state, *u.Signature)
	}
	length := encodedLength(extrinsic)
	checked, err := r.check(x.context, u, length, false)
	if err != nil {
		return Validity{}, err
	}
	if checked.signer == nil {
		return Validity{}, ErrInherent
	}
	info := checked.info
	weight := info.Weight.Add(signedWeight).RefTime
	if err := x.room(info.Class, length, weight); err != nil {
		return Validity{}, err
	}
	if err := transactionpayment.Withdraw(x.context, *checked.signer, checked.fee); err != nil {
		return Validity{}, join(ErrPayment, err)
	}
	extra := u.Signature.Extra
	validity.Provides = [][]byte{primitives.NonceTag(*checked.signer, extra.Nonce)}
	if extra.Era.Period != 0 {
		validity.Longevity = uint64(extra.Era.Death(x.context.Number) - x.context.Number)
	}
	reward := checked.tip.SaturatingAdd(primitives.NewBalance(1))
	if info.Class == frame.Operational {
		reward = reward.SaturatingAdd(checked.fee.SaturatingMul(uint64(transactionpayment.OperationalFeeMultiplier)))
	}
	validity.Priority = saturated(reward.SaturatingMul(x.perBlock(info.Class, length, weight)))
	return validity, nil
}

// Try applies an extrinsic as the first of a block after parent, before which
// pallets did nothing, and returns what came of it; state is the state after
// parent and is left as it was. failure is why the call failed, nil if it did
// not; err says that the extrinsic cannot be in that block, as Execution.Apply
// does. A fault of the state's backend is in its Err.
func (r *Runtime) Try(state *frame.State, parent primitives.Header, extrinsic primitives.Extrinsic) (failure frame.DispatchError, err error) {
	state.Begin()
	defer state.Rollback()
	x := r.preview(state, parent)
	if err := x.Apply(extrinsic); err != nil {
		return nil, err
	}
	events := x.context.Events
	if failed, ok := events[len(events)-1].Event.(system.ExtrinsicFailed); ok {
		return failed.DispatchError, nil
	}
	return nil, nil
}

// preview begins a block after parent without asking pallets.
func (r *Runtime) preview(state *frame.State, parent primitives.Header) *Execution {
	c := &frame.Context{State: state, Pallets: r.Pallets, Number: parent.Number + 1, ParentHash: parent.Hash(), Phase: frame.Initialization{}}
	system.Initialize(c)
	return r.execution(c)
}

// waitFor moves the signer's account to the nonce of an extrinsic that is ahead
// of it, and returns the tag of the one before.
func waitFor(state *frame.State, signature primitives.ExtrinsicSignature) [][]byte {
	signer, err := system.Lookup(signature.Signer)
	account, known := system.Account.Lookup(state, signer)
	nonce := signature.Extra.Nonce
	if err != nil || !known || nonce <= account.Nonce {
		return nil
	}
	account.Nonce = nonce
	system.Account.Put(state, signer, account)
	return [][]byte{primitives.NonceTag(signer, nonce-1)}
}

// perBlock returns how many extrinsics of the class, length and weight a block
// has room for, at least 1.
func (x *Execution) perBlock(class frame.DispatchClass, length, weight uint64) uint64 {
	maxLength := x.maxLength
	if class == frame.Normal {
		maxLength = NormalShare(maxLength)
	}
	return max(min(maxLength/max(length, 1), x.maxWeight/max(weight, 1)), 1)
}

// saturated returns b, or the greatest number if it is above that.
func saturated(b primitives.Balance) uint64 {
	if b.Hi != 0 {
		return math.MaxUint64
	}
	return b.Lo
}
