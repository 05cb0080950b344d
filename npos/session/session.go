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
	NextKeys map[primitives.AccountID]Keys `frame:"twox_64_concat"`
	// KeyOwner maps a BABE key to the account that registered it: no two
	// validators can share one.
	KeyOwner map[primitives.SR25519Public]primitives.AccountID `frame:"twox_64_concat"`
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
//frame:call 0 weight=60000000
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
//frame:call 1 weight=40000000
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
	KeyOwner.Delete(c.State, keys.BABE)
	system.Release(c, who)
	return nil
}

// Register sets the keys that who uses from the session after the next on.
func Register(c *frame.Context, who primitives.AccountID, keys Keys) error {
	if owner, taken := KeyOwner.Lookup(c.State, keys.BABE); taken && owner != who {
		return ErrDuplicatedKey
	}
	old, had := NextKeys.Lookup(c.State, who)
	if had {
		KeyOwner.Delete(c.State, old.BABE)
	} else if err := system.Consume(c, who); err != nil {
		return ErrNoAccount
	}
	NextKeys.Put(c.State, who, keys)
	KeyOwner.Put(c.State, keys.BABE, who)
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

// Genesis sets the validators of sessions 0 and 1. Their accounts must exist.
func Genesis(c *frame.Context, validators []Validator) error {
	accounts := make([]primitives.AccountID, len(validators))
	for i, v := range validators {
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
