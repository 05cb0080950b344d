package signer

import "github.com/rampart-chain/rampart/relay/primitives"

// Record is one entry of a guard: Floor, SealedBlock, CastVote, MadeStatement
// or SentBitfield. Indices 5 and 6 are kept for approval and dispute votes.
//
//frame:enum
type Record interface{ record() }

// Floor is the first slot, authority set and session in which the key may sign.
//
//frame:variant Record 0
type Floor struct {
	Slot    primitives.Slot
	Set     primitives.SetID
	Session primitives.SessionIndex
}

// SealedBlock is the seal of a block made in Slot.
//
//frame:variant Record 1
type SealedBlock struct {
	Slot      primitives.Slot
	PreHash   primitives.Hash
	Signature primitives.Signature
}

// CastVote is a GRANDPA message.
//
//frame:variant Record 2
type CastVote struct {
	Set       primitives.SetID
	Round     primitives.Round
	Message   primitives.GRANDPAMessage
	Signature primitives.Signature
}

// MadeStatement is a backing statement.
//
//frame:variant Record 3
type MadeStatement struct {
	Context   primitives.SigningContext
	Statement primitives.CompactStatement
	Signature primitives.Signature
}

// SentBitfield is an availability bitfield; BitsHash is BLAKE2b-256 of its
// encoding.
//
//frame:variant Record 4
type SentBitfield struct {
	Context   primitives.SigningContext
	BitsHash  primitives.Hash
	Signature primitives.Signature
}

func (Floor) record()         {}
func (SealedBlock) record()   {}
func (CastVote) record()      {}
func (MadeStatement) record() {}
func (SentBitfield) record()  {}
