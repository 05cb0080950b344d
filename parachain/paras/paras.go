// Package paras is the pallet of registered parachains: the head of each, its
// validation code, and how it takes part.
//
// Paras come from genesis. Registering, leaving, and replacing code are not part
// of this package; a candidate that announces new code is refused by package
// inclusion.
//
// Source: polkadot-sdk runtime/parachains/src/paras.
//
//frame:pallet Paras
package paras

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Parachains are the paras with a core of their own, ascending.
	Parachains []primitives.ParaID
	// ParaLifecycles says how a para takes part.
	ParaLifecycles map[primitives.ParaID]Lifecycle `frame:"twox_64_concat"`
	// Heads holds the head of the last included candidate.
	Heads map[primitives.ParaID]primitives.HeadData `frame:"twox_64_concat,optional"`
	// MostRecentContext holds the relay parent's number of that candidate.
	MostRecentContext map[primitives.ParaID]primitives.BlockNumber `frame:"twox_64_concat,optional"`
	// CurrentCodeHash holds the hash of the validation code in force.
	CurrentCodeHash map[primitives.ParaID]primitives.Hash `frame:"twox_64_concat,optional"`
	// CodeByHashRefs counts the paras that use a code.
	CodeByHashRefs map[primitives.Hash]uint32 `frame:"identity"`
	// CodeByHash holds validation code.
	CodeByHash map[primitives.Hash]primitives.ValidationCode `frame:"identity,optional"`
}

// Lifecycle says how a para takes part.
//
//frame:codec
//frame:path polkadot_runtime_parachains::paras::ParaLifecycle
type Lifecycle uint8

// Values of Lifecycle.
const (
	// Parathread pays for each block.
	Parathread Lifecycle = 1
	// Parachain has a core.
	Parachain Lifecycle = 2
)

// NewHeadNoted says that the head of a para changed.
//
//frame:event 3
type NewHeadNoted struct{ Para primitives.ParaID }

// Reason says why a para cannot be registered.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrRegistered = Reason("para is registered already")
	ErrHeadSize   = Reason("head of the para is larger than the configuration allows")
	ErrCodeSize   = Reason("validation code is empty or larger than the configuration allows")
)

// Registration is a para that is there from the start.
type Registration struct {
	ID   primitives.ParaID
	Head primitives.HeadData
	Code primitives.ValidationCode
	Kind Lifecycle
}

// Genesis registers paras, within the limits of the configuration in force.
func Genesis(s *frame.State, registrations []Registration) error {
	config := configuration.ActiveConfig.Get(s)
	parachains := Parachains.Get(s)
	for _, r := range registrations {
		switch {
		case Registered(s, r.ID):
			return ErrRegistered
		case uint64(len(r.Head)) > uint64(config.MaxHeadDataSize):
			return ErrHeadSize
		case len(r.Code) == 0, uint64(len(r.Code)) > uint64(config.MaxCodeSize):
			return ErrCodeSize
		}
		code := r.Code.Hash()
		ParaLifecycles.Put(s, r.ID, r.Kind)
		Heads.Put(s, r.ID, r.Head)
		CurrentCodeHash.Put(s, r.ID, code)
		refs := CodeByHashRefs.Get(s, code)
		if refs == 0 {
			CodeByHash.Put(s, code, r.Code)
		}
		CodeByHashRefs.Put(s, code, refs+1)
		if r.Kind == Parachain {
			at, _ := slices.BinarySearch(parachains, r.ID)
			parachains = slices.Insert(parachains, at, r.ID)
		}
	}
	Parachains.Put(s, parachains)
	return nil
}

// Registered reports whether there is such a para.
func Registered(s *frame.State, para primitives.ParaID) bool { return ParaLifecycles.Has(s, para) }

// NoteHead makes head the head of para, by a candidate that was built at relay
// block context.
func NoteHead(c *frame.Context, para primitives.ParaID, head primitives.HeadData, context primitives.BlockNumber) {
	Heads.Put(c.State, para, head)
	MostRecentContext.Put(c.State, para, context)
	c.Deposit(NewHeadNoted{Para: para})
}

// Code returns the validation code in force for para.
func Code(s *frame.State, para primitives.ParaID) (primitives.ValidationCode, bool) {
	hash, ok := CurrentCodeHash.Lookup(s, para)
	if !ok {
		return nil, false
	}
	return CodeByHash.Lookup(s, hash)
}
