package executive

import (
	"math"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

func appendExtrinsic(b []byte, x primitives.Extrinsic) []byte { return scale.AppendBytes(b, x) }

// Apply applies an extrinsic. An error means that it cannot be in the block: an
// InvalidTransaction or a Reason, wrapped. A call that fails is no error: the
// extrinsic is in the block, its fee is paid, and an event tells the failure.
func (x *Execution) Apply(extrinsic primitives.Extrinsic) error { return x.apply(extrinsic, false) }

// apply is Apply; good says that the signature was verified before.
func (x *Execution) apply(extrinsic primitives.Extrinsic, good bool) error {
	c := x.context
	c.Phase = frame.ApplyExtrinsic{Index: x.index}
	length := encodedLength(extrinsic)
	if length > x.maxLength {
		return ErrOversize
	}
	u, err := primitives.DecodeExtrinsic(extrinsic)
	if err != nil {
		return join(ErrCall, err)
	}
	checked, err := x.runtime.check(c, u, length, good)
	if err != nil {
		return err
	}
	inherent := checked.signer == nil
	weight := frame.Weight{}
	if !inherent {
		weight = checked.info.Weight.Add(signedWeight)
	}
	if err := x.room(checked.info.Class, length, weight.RefTime); err != nil {
		return err
	}
	if inherent && x.signed {
		return ErrInherentOrder
	}
	if inherent {
		if _, err := c.Make(frame.None{}, checked.call); err != nil {
			return join(ErrInherentFailed, err)
		}
		c.Deposit(system.ExtrinsicSuccess{DispatchInfo: checked.info})
		weight = checked.info.Weight
	} else {
		info, err := x.applySigned(checked)
		if err != nil {
			return err
		}
		weight = info.Weight.Add(signedWeight)
	}
	x.signed = x.signed || !inherent
	x.length += length
	x.weights.Add(checked.info.Class, weight)
	x.index++
	return c.State.Err()
}

// SignedWeight is what checking a signature, paying and counting cost besides
// the call, in picoseconds.
const SignedWeight = frame.ExtrinsicTime

var signedWeight = frame.Weight{RefTime: SignedWeight}

// encodedLength returns the length of an extrinsic with its prefix.
func encodedLength(x primitives.Extrinsic) uint64 {
	return uint64(scale.CompactSize(uint64(len(x))) + len(x))
}

// room returns ErrExhaustsResources if the block has no room for an extrinsic of
// the class, and ErrOversize if an empty block had none.
func (x *Execution) room(class frame.DispatchClass, length, weight uint64) error {
	maxLength, maxWeight := x.maxLength, x.maxWeight
	if class == frame.Normal {
		maxLength, maxWeight = NormalShare(maxLength), NormalShare(maxWeight)
	}
	used := x.weights.Mandatory.Add(x.weights.Normal).Add(x.weights.Operational).RefTime
	switch {
	case length > maxLength || weight > maxWeight:
		return ErrOversize
	case x.length+length > maxLength, class != frame.Mandatory && used > maxWeight-weight:
		return ErrExhaustsResources
	}
	return nil
}

// NormalShare returns what class normal may use of what a block has: three
// quarters.
func NormalShare(whole uint64) uint64 { return whole / 4 * 3 }

// applySigned charges the signer, makes the call, gives back what it did not use,
// and returns what it did cost.
func (x *Execution) applySigned(checked checkedExtrinsic) (frame.DispatchInfo, error) {
	c, who := x.context, *checked.signer
	err := c.Transaction(func() error {
		account := system.Account.Get(c.State, who)
		account.Nonce++
		system.Account.Put(c.State, who, account)
		return transactionpayment.Withdraw(c, who, checked.fee)
	})
	if err != nil {
		return frame.DispatchInfo{}, join(ErrPayment, err)
	}
	info, err := c.Make(frame.Signed{Account: who}, checked.call)
	if !info.Weight.Within(checked.info.Weight) {
		info.Weight = checked.info.Weight
	}
	transactionpayment.Settle(c, who, checked.fee, transactionpayment.Fee(c.State, checked.length, info, checked.tip), checked.tip)
	if err != nil {
		c.Deposit(system.ExtrinsicFailed{DispatchError: c.Pallets.DispatchError(err), DispatchInfo: info})
	} else {
		c.Deposit(system.ExtrinsicSuccess{DispatchInfo: info})
	}
	return info, nil
}

// checkedExtrinsic is a decoded extrinsic; signer is nil for an inherent.
type checkedExtrinsic struct {
	call   frame.Call
	info   frame.DispatchInfo // what is declared of call
	length uint64             // with the prefix
	signer *primitives.AccountID
	fee    primitives.Balance
	tip    primitives.Balance
}

// check decodes the call of an extrinsic of a length in bytes, with its prefix, and
// checks everything that can be checked without making the call, but the signature
// if that is known to be good. It changes nothing.
func (r *Runtime) check(c *frame.Context, u primitives.UncheckedExtrinsic, length uint64, good bool) (checkedExtrinsic, error) {
	call, err := r.Pallets.DecodeCall(u.Call)
	if err != nil {
		return checkedExtrinsic{}, join(ErrCall, err)
	}
	info := call.Info()
	if u.Signature == nil {
		if info.Class != frame.Mandatory {
			return checkedExtrinsic{}, ErrUnsigned
		}
		return checkedExtrinsic{call: call, info: info, length: length}, nil
	}
	if info.Class == frame.Mandatory {
		return checkedExtrinsic{}, ErrMandatory
	}
	signer, err := system.Lookup(u.Signature.Signer)
	if err != nil || signer == (primitives.AccountID{}) {
		return checkedExtrinsic{}, ErrSigner
	}
	extra := u.Signature.Extra
	if err := checkNonce(c, signer, extra.Nonce); err != nil {
		return checkedExtrinsic{}, err
	}
	if !good {
		payload, err := r.payload(c, u)
		if err != nil {
			return checkedExtrinsic{}, err
		}
		if err := r.verify(u.Signature.Signature, signer, payload); err != nil {
			return checkedExtrinsic{}, err
		}
	}
	fee := transactionpayment.Fee(c.State, length, info, extra.Tip)
	return checkedExtrinsic{call: call, info: info, length: length, signer: &signer, fee: fee, tip: extra.Tip}, nil
}

func checkNonce(c *frame.Context, signer primitives.AccountID, nonce primitives.Nonce) error {
	account := system.Account.Get(c.State, signer)
	switch {
	case account.Providers == 0 && account.Sufficients == 0:
		return ErrPayment
	case nonce < account.Nonce:
		return ErrStale
	case nonce > account.Nonce || nonce == math.MaxUint32: // the last is never used up, so that no nonce comes twice
		return ErrFuture
	}
	return nil
}

// payload returns what the signer of u must have signed in this block.
func (r *Runtime) payload(c *frame.Context, u primitives.UncheckedExtrinsic) ([]byte, error) {
	extra := u.Signature.Extra
	if extra.MetadataMode != 0 {
		return nil, ErrMetadataMode
	}
	genesis, _ := system.BlockHash.Lookup(c.State, 0)
	birthHash := genesis
	if extra.Era.Period != 0 {
		// An era that ended has another birth by now, so that the hash, and
		// with it the signature, no longer matches.
		known := false
		if birthHash, known = system.BlockHash.Lookup(c.State, extra.Era.Birth(c.Number)); !known {
			return nil, ErrAncientBirthBlock
		}
	}
	return primitives.SigningPayload(u.Call, extra, primitives.SignedImplicit{
		SpecVersion: r.SpecVersion, TransactionVersion: r.TransactionVersion,
		GenesisHash: genesis, EraBirthHash: birthHash,
	}), nil
}

func (r *Runtime) verify(signature primitives.MultiSignature, signer primitives.AccountID, payload []byte) error {
	ok := false
	switch s := signature.(type) {
	case primitives.SR25519Signature:
		ok = r.Verifier.Sr25519(signer, payload, s.Signature)
	case primitives.ED25519Signature:
		ok = r.Verifier.Ed25519(signer, payload, s.Signature)
	default:
		return ErrScheme
	}
	if !ok {
		return ErrBadProof
	}
	return nil
}
