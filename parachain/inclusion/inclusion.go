// Package inclusion is the pallet that takes a candidate from its backing votes
// to the head of its para: it checks what was backed, keeps it on its core while
// its data becomes available, and then gives it effect.
//
//	BackedCandidate → Backing.Back → pending on its core
//	bitfields → Include → included: head, messages and watermark take effect
//	time → TimeOut → dropped, with all that builds on it
//
// Several candidates of a para may be pending, on several cores; they take effect
// in the order in which they build on each other. What a candidate may do is
// Constraints, which node-side code uses too: whoever builds a candidate asks the
// same rules as the chain that will judge it. Constraints count what pending
// candidates will consume, so that a candidate that was backed can always take
// effect.
//
// When blocks, bitfields and candidates are processed is the business of package
// inherent.
//
// Source: polkadot-sdk runtime/parachains/src/inclusion,
// node/subsystem-util/src/inclusion_emulator.
//
//frame:pallet ParaInclusion
package inclusion

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// PendingAvailability holds the candidates of a para that are pending, in
	// the order in which they build on each other.
	PendingAvailability map[primitives.ParaID][]Pending `frame:"twox_64_concat"`
	// Occupied are the cores that hold a pending candidate, in the order in
	// which they were backed.
	Occupied []OccupiedCore
	// CandidateEvents are what the present block did to candidates.
	CandidateEvents []CandidateEvent
}

// Pending is a candidate that was backed and is not yet included.
//
//frame:codec
type Pending struct {
	Core        primitives.CoreIndex
	Hash        primitives.Hash
	Descriptor  primitives.CandidateDescriptor
	Commitments primitives.CandidateCommitments
	// RelayParentNumber is the number of the candidate's relay parent.
	RelayParentNumber primitives.BlockNumber
	// Group backed the candidate.
	Group primitives.GroupIndex
}

// Receipt returns the candidate's receipt.
func (p Pending) Receipt() primitives.CandidateReceipt {
	return primitives.CandidateReceipt{Descriptor: p.Descriptor, CommitmentsHash: p.Commitments.Hash()}
}

// OccupiedCore is a core with the candidate that is pending there.
//
//frame:codec
type OccupiedCore struct {
	Core          primitives.CoreIndex
	Para          primitives.ParaID
	CandidateHash primitives.Hash
	// BackedIn is the block in which the candidate was backed.
	BackedIn primitives.BlockNumber
	// Votes has a bit for each validator: set once it said that it holds its
	// chunk.
	Votes scale.BitVec
}

// CandidateEvent is what happened to a candidate: CandidateBacked,
// CandidateIncluded or CandidateTimedOut.
//
//frame:enum
//frame:path polkadot_primitives::v8::CandidateEvent
type CandidateEvent interface{ candidateEvent() }

// CandidateBacked says that a candidate was backed and is pending on Core.
//
//frame:event 0
//frame:variant CandidateEvent 0
type CandidateBacked struct {
	Receipt primitives.CandidateReceipt
	Head    primitives.HeadData
	Core    primitives.CoreIndex
	Group   primitives.GroupIndex
}

// CandidateIncluded says that a candidate became available and took effect.
//
//frame:event 1
//frame:variant CandidateEvent 1
type CandidateIncluded struct {
	Receipt primitives.CandidateReceipt
	Head    primitives.HeadData
	Core    primitives.CoreIndex
	Group   primitives.GroupIndex
}

// CandidateTimedOut says that a candidate, or one that it builds on, did not
// become available in time.
//
//frame:event 2
//frame:variant CandidateEvent 2
type CandidateTimedOut struct {
	Receipt primitives.CandidateReceipt
	Head    primitives.HeadData
	Core    primitives.CoreIndex
}

func (CandidateBacked) candidateEvent()   {}
func (CandidateIncluded) candidateEvent() {}
func (CandidateTimedOut) candidateEvent() {}
