package babe

import (
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// EquivocationProof shows that Offender made two different headers in one slot.
//
// Source: sp-consensus-slots, EquivocationProof.
//
//frame:codec
//frame:path sp_consensus_slots::EquivocationProof
type EquivocationProof struct {
	Offender primitives.SR25519Public
	Slot     primitives.Slot
	First    primitives.Header
	Second   primitives.Header
}

// Check returns nil if p is a proof by itself: the headers differ, both claim
// p.Slot for one authority index, and both seals are p.Offender's. Whether the
// offender was an authority then is for the caller. It returns ErrSameHeader,
// ErrProofSlot, ErrProofAuthority, ErrSeal, or a fault of form as Verify does.
//
// Source: sp-consensus-babe, check_equivocation_proof.
func (p EquivocationProof) Check(v crypto.Signatures) error {
	first, err := opened(p.First)
	if err != nil {
		return err
	}
	second, err := opened(p.Second)
	if err != nil {
		return err
	}
	switch {
	case p.First.Hash() == p.Second.Hash():
		return ErrSameHeader
	case first.Slot != p.Slot || second.Slot != p.Slot:
		return ErrProofSlot
	case first.Author != second.Author:
		return ErrProofAuthority
	case !v.Sr25519(p.Offender, first.PreHash[:], first.Signature),
		!v.Sr25519(p.Offender, second.PreHash[:], second.Signature):
		return ErrSeal
	}
	return nil
}

// Detector remembers the first verified header of every author and slot in a
// window of recent slots. It is used by one goroutine.
type Detector struct {
	window primitives.Slot
	newest primitives.Slot
	slots  map[primitives.Slot]map[primitives.SR25519Public]*sighting
}

type sighting struct {
	header   primitives.Header
	hash     primitives.Hash
	reported bool
}

// NewDetector returns a Detector of the last window slots, at least 1; an
// epoch's length is what the chain accepts proofs for.
func NewDetector(window uint64) *Detector {
	return &Detector{
		window: primitives.Slot(max(window, 1)),
		slots:  make(map[primitives.Slot]map[primitives.SR25519Public]*sighting),
	}
}

// Observe takes in a header that Verify accepted as verified. It returns a
// proof the first time that a second header of the same author in the same slot
// is seen. Headers older than the window are ignored, so what is held is at
// most one header for each authority and slot of it.
func (d *Detector) Observe(header primitives.Header, verified Verified) (EquivocationProof, bool) {
	slot := verified.Slot
	if slot > d.newest {
		d.newest = slot
		for old := range d.slots {
			if d.newest-old >= d.window {
				delete(d.slots, old)
			}
		}
	}
	if d.newest-slot >= d.window {
		return EquivocationProof{}, false
	}
	authors := d.slots[slot]
	if authors == nil {
		authors = make(map[primitives.SR25519Public]*sighting)
		d.slots[slot] = authors
	}
	hash := header.Hash()
	first, seen := authors[verified.Key]
	if !seen {
		authors[verified.Key] = &sighting{header: header, hash: hash}
		return EquivocationProof{}, false
	}
	if first.hash == hash || first.reported {
		return EquivocationProof{}, false
	}
	first.reported = true
	return EquivocationProof{Offender: verified.Key, Slot: slot, First: first.header, Second: header}, true
}
