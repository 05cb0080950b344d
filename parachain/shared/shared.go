// Package shared is the pallet of what all parachain pallets must agree on in a
// session: its index as parachains see it, who its active validators are and in
// which order, and which relay-chain blocks candidates may be built at.
//
// For parachains a session begins one block later than it does for the relay
// chain's own consensus: at the end of the block that announces it.
//
// Source: polkadot-sdk runtime/parachains/src/{shared,initializer}.rs.
//
//frame:pallet ParasShared
package shared

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/parachain/shared/chacha"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// CurrentSessionIndex is the session of parachains.
	CurrentSessionIndex primitives.SessionIndex
	// ActiveValidatorIndices are the active validators, as positions in the
	// session's list of validators. A ValidatorIndex in parachain messages is
	// a position in this list.
	ActiveValidatorIndices []primitives.ValidatorIndex
	// ActiveValidatorKeys are their keys for parachain messages.
	ActiveValidatorKeys []primitives.SR25519Public
	// AllowedRelayParents are the blocks before the present one that
	// candidates in it may be built at, by number ascending. None is of an
	// earlier session.
	AllowedRelayParents []RelayParent
}

// RelayParent is a block that candidates may be built at.
//
//frame:codec
type RelayParent struct {
	Hash      primitives.Hash
	StateRoot primitives.Hash
	Number    primitives.BlockNumber
	// ClaimQueue holds, for each core, the paras that are next on it.
	ClaimQueue [][]primitives.ParaID
}

// BeginSession begins session index for parachains. The active validators are
// those of validators in the order that seed gives, the first maximum of them
// (nil: all).
func BeginSession(s *frame.State, index primitives.SessionIndex, seed [32]byte, validators []primitives.SR25519Public, maximum *uint32) {
	active := make([]primitives.ValidatorIndex, len(validators))
	for i := range active {
		active[i] = primitives.ValidatorIndex(i)
	}
	chacha.New(seed).Shuffle(len(active), func(i, j int) { active[i], active[j] = active[j], active[i] })
	if maximum != nil && uint64(len(active)) > uint64(*maximum) {
		active = active[:*maximum]
	}
	CurrentSessionIndex.Put(s, index)
	ActiveValidatorIndices.Put(s, active)
	ActiveValidatorKeys.Put(s, Active(active, validators))
	AllowedRelayParents.Put(s, nil)
}

// Active returns those of values, one for each validator of a session, that
// belong to the active validators, in the order of active.
func Active[T any](active []primitives.ValidatorIndex, values []T) []T {
	out := make([]T, len(active))
	for i, index := range active {
		out[i] = values[index]
	}
	return out
}

// NoteRelayParent adds the parent of the present block to AllowedRelayParents
// and drops blocks more than ancestry before it.
func NoteRelayParent(s *frame.State, parent RelayParent, ancestry uint32) {
	allowed := append(AllowedRelayParents.Get(s), parent)
	for uint64(allowed[0].Number)+uint64(ancestry) < uint64(parent.Number) {
		allowed = allowed[1:]
	}
	AllowedRelayParents.Put(s, allowed)
}

// Find returns the relay parent with the hash among allowed.
func Find(allowed []RelayParent, hash primitives.Hash) (RelayParent, bool) {
	for _, r := range allowed {
		if r.Hash == hash {
			return r, true
		}
	}
	return RelayParent{}, false
}

// MinRelayParentNumber returns the number of the oldest block that candidates
// in the child of the block with the state s may be built at.
func MinRelayParentNumber(s *frame.State, ancestry uint32) primitives.BlockNumber {
	number := system.Number.Get(s)
	for _, r := range AllowedRelayParents.Get(s) {
		if uint64(r.Number)+uint64(ancestry) >= uint64(number) {
			return r.Number
		}
	}
	return number
}

// RelayParentsOfChild returns the blocks that candidates in the child of block
// may be built at, by number ascending: block itself, whose state is s and whose
// claim queue is claims, and its ancestors.
func RelayParentsOfChild(s *frame.State, block primitives.Header, claims [][]primitives.ParaID, ancestry uint32) []RelayParent {
	oldest := MinRelayParentNumber(s, ancestry)
	var out []RelayParent
	for _, r := range AllowedRelayParents.Get(s) {
		if r.Number >= oldest {
			out = append(out, r)
		}
	}
	return append(out, RelayParent{Hash: block.Hash(), StateRoot: block.StateRoot, Number: block.Number, ClaimQueue: claims})
}
