package collation

import "github.com/rampart-chain/rampart/relay/primitives"

// Messages carry no version byte: that is part of the id of the request protocol.
// A descriptor of an unknown version gives primitives.ErrDescriptor, which says
// that the collator is newer than this node.

// Offer says that a collator has a candidate. It is the request of protocol
// collation-advertise; OfferAnswer answers it.
//
//frame:codec
type Offer struct {
	Para        primitives.ParaID
	RelayParent primitives.Hash
	Candidate   primitives.Hash
	// ParentHead is the hash of the head that the candidate builds on.
	ParentHead primitives.Hash
}

// OfferAnswer says what becomes of an Offer: taken, perhaps to be fetched, or
// refused for a reason.
//
//frame:codec
type OfferAnswer struct {
	Taken bool
	// Reason is empty if taken.
	Reason string `scale:"max=256"`
}

// Request asks for a collation that was offered. It is the request of protocol
// collation; Answer answers it.
//
//frame:codec
type Request struct {
	Para        primitives.ParaID
	RelayParent primitives.Hash
	Candidate   primitives.Hash
}

// Answer is a collation; nil if the collator does not have it any more.
//
//frame:codec
type Answer struct {
	Collation *Collation
}

// Collation is a candidate as its collator hands it over.
//
//frame:codec
type Collation struct {
	Receipt primitives.CandidateReceipt
	PoV     primitives.PoV
}
