// Package session is the pallet of sessions: which validators are in charge,
// with which keys, and when that changes.
//
// A session is one epoch of BABE. Who is in charge next is decided by a Source
// (an election, or nobody: then the validators stay), one session ahead, so
// that BABE can announce the authorities of the next epoch. Telling the other
// pallets of a new session is the runtime's job.
//
//frame:pallet Session
package session

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Keys are the session keys of a validator, in the order of their encoding.
//
//frame:codec
//frame:path rampart_runtime::SessionKeys
type Keys struct {
	GRANDPA            primitives.ED25519Public
	BABE               primitives.SR25519Public
	ParaValidator      primitives.SR25519Public
	ParaAssignment     primitives.SR25519Public
	AuthorityDiscovery primitives.SR25519Public
}

// Validator is an account with its session keys.
//
//frame:codec
type Validator struct {
	Account primitives.AccountID
	Keys    Keys
}

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Validators are the accounts in charge in the present session.
	Validators []primitives.AccountID
	// CurrentIndex is the present session.
	CurrentIndex primitives.SessionIndex
	// QueuedKeys are the validators of the next session with the keys they
	// will use.
	QueuedKeys []Validator
	// NextKeys holds the keys that an account uses from the session after the
	// next on.
	NextKeys map[primitives.AccountID]Keys `frame:"twox_64_concat,optional"`
	// KeyOwner maps a key, with what it is for, to the account that registered
	// it: no two validators can share one.
	KeyOwner map[KeyID]primitives.AccountID `frame:"twox_64_concat,optional"`
}

// KeyID is a session key with the four letters that say what it is for.
//
//frame:codec
type KeyID struct {
	Type [4]byte
	Key  KeyBytes
}

// KeyBytes is a public key as an opaque byte string.
//
//frame:as bytes
type KeyBytes [32]byte

// AppendSCALE appends k as Vec<u8>.
func (k KeyBytes) AppendSCALE(b []byte) []byte { return scale.AppendBytes(b, k[:]) }

// DecodeSCALE reads k; scale.ErrLength for other than 32 bytes.
func (k *KeyBytes) DecodeSCALE(d *scale.Decoder) {
	if d.Compact() != uint64(len(k)) {
		d.Fail(scale.ErrLength)
	}
	d.Fixed(k[:])
}

// IDs returns the keys, each with what it is for.
//
// Source: substrate/primitives/core/src/crypto.rs, key_types, and
// polkadot/primitives, PARACHAIN_KEY_TYPE_ID and ASSIGNMENT_KEY_TYPE_ID.
func (k Keys) IDs() [5]KeyID {
	return [5]KeyID{
		{[4]byte{'g', 'r', 'a', 'n'}, KeyBytes(k.GRANDPA)},
		{[4]byte{'b', 'a', 'b', 'e'}, KeyBytes(k.BABE)},
		{[4]byte{'p', 'a', 'r', 'a'}, KeyBytes(k.ParaValidator)},
		{[4]byte{'a', 's', 'g', 'n'}, KeyBytes(k.ParaAssignment)},
		{[4]byte{'a', 'u', 'd', 'i'}, KeyBytes(k.AuthorityDiscovery)},
	}
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// Errors.
const (
	// ErrDuplicatedKey: another account registered the key.
	ErrDuplicatedKey Error = 2
	// ErrNoKeys: the account has no keys.
	ErrNoKeys Error = 3
	// ErrNoAccount: the account does not exist.
	ErrNoAccount Error = 4
)

// NewSession says that a session began.
//
//frame:event 0
type NewSession struct{ SessionIndex primitives.SessionIndex }

// SetKeys registers the signer's session keys; they are used from the session
// after the next on. Proof is not looked at: a false key harms only its owner.
//
//frame:call 0 weight=setKeysWeight()
type SetKeys struct {
	Keys  Keys
	Proof []byte `scale:"max=1024"`
}

// Dispatch makes the call.
func (k SetKeys) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	return Register(c, who, k.Keys)
}

// PurgeKeys removes the signer's session keys.
//
//frame:call 1 weight=purgeKeysWeight()
type PurgeKeys struct{}

// Dispatch makes the call.
func (PurgeKeys) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	keys, ok := NextKeys.Lookup(c.State, who)
	if !ok {
		return ErrNoKeys
	}
	NextKeys.Delete(c.State, who)
	for _, id := range keys.IDs() {
		KeyOwner.Delete(c.State, id)
	}
	system.Release(c, who)
	return nil
}

// Register sets the keys that who uses from the session after the next on.
// ErrDuplicatedKey if another account has one of them for the same purpose,
// ErrNoAccount if who does not exist.
func Register(c *frame.Context, who primitives.AccountID, keys Keys) error {
	for _, id := range keys.IDs() {
		if owner, taken := KeyOwner.Lookup(c.State, id); taken && owner != who {
			return ErrDuplicatedKey
		}
	}
	old, had := NextKeys.Lookup(c.State, who)
	if had {
		for _, id := range old.IDs() {
			KeyOwner.Delete(c.State, id)
		}
	} else if err := system.Consume(c, who); err != nil {
		return ErrNoAccount
	}
	NextKeys.Put(c.State, who, keys)
	for _, id := range keys.IDs() {
		KeyOwner.Put(c.State, id, who)
	}
	return nil
}

// Source decides who is in charge in the session with the index. ok is false
// if nothing changes.
type Source func(c *frame.Context, index primitives.SessionIndex) (validators []primitives.AccountID, ok bool)

// Stay is the Source that changes nothing.
func Stay(*frame.Context, primitives.SessionIndex) ([]primitives.AccountID, bool) { return nil, false }

// Rotation is what the other pallets must know of a new session.
type Rotation struct {
	Index primitives.SessionIndex
	// Validators are in charge from this block on, Queued in the next session.
	Validators []Validator
	Queued     []Validator
}

// Rotate begins the next session: the queued validators take charge, and source
// is asked for those after them.
func Rotate(c *frame.Context, source Source) Rotation {
	validators := QueuedKeys.Get(c.State)
	index := CurrentIndex.Get(c.State) + 1
	CurrentIndex.Put(c.State, index)
	accounts := make([]primitives.AccountID, len(validators))
	for i, v := range validators {
		accounts[i] = v.Account
	}
	Validators.Put(c.State, accounts)
	next, changed := source(c, index+1)
	if !changed {
		next = accounts
	}
	queued := queue(c.State, next)
	if len(queued) == 0 {
		queued = validators // nobody who was chosen has keys: a chain without validators would be dead
	}
	QueuedKeys.Put(c.State, queued)
	c.Deposit(NewSession{SessionIndex: index})
	return Rotation{Index: index, Validators: validators, Queued: queued}
}

// queue returns the accounts that have keys, with them.
func queue(s *frame.State, accounts []primitives.AccountID) []Validator {
	validators := make([]Validator, 0, len(accounts))
	for _, account := range accounts {
		if keys, ok := NextKeys.Lookup(s, account); ok {
			validators = append(validators, Validator{Account: account, Keys: keys})
		}
	}
	return validators
}

// Genesis sets the validators of sessions 0 and 1. Their accounts must exist;
// ErrDuplicatedKey if an account, or a key of a kind, stands there twice.
func Genesis(c *frame.Context, validators []Validator) error {
	accounts := make([]primitives.AccountID, len(validators))
	for i, v := range validators {
		if NextKeys.Has(c.State, v.Account) {
			return ErrDuplicatedKey
		}
		if err := Register(c, v.Account, v.Keys); err != nil {
			return err
		}
		accounts[i] = v.Account
	}
	Validators.Put(c.State, accounts)
	QueuedKeys.Put(c.State, validators)
	CurrentIndex.Put(c.State, 0)
	return nil
}
