package babe

import (
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// MaxDrift is how many slots ahead of our clock a header may be.
const MaxDrift primitives.Slot = 1

// SlotAt returns the slot that now is in: ⌊now / duration⌋. duration must be
// positive.
func SlotAt(now, duration primitives.Millis) primitives.Slot {
	return primitives.Slot(now / duration)
}

// Verified is a header whose seal and claim are good.
type Verified struct {
	Claim     primitives.BABEPreDigest
	Slot      primitives.Slot
	Epoch     *Epoch
	Author    primitives.AuthorityIndex
	Key       primitives.SR25519Public
	PreHash   primitives.Hash // what the seal signs
	Signature primitives.Signature
}

// Weight returns what the header adds to the weight of its chain, 0 or 1.
func (v Verified) Weight() uint32 { return v.Claim.Weight() }

// VRF returns the output and proof of the claim; false for a secondary claim
// without one.
func (v Verified) VRF() (primitives.VRFSignature, bool) { return claimVRF(v.Claim) }

func claimVRF(claim primitives.BABEPreDigest) (primitives.VRFSignature, bool) {
	switch claim := claim.(type) {
	case primitives.PrimaryClaim:
		return claim.VRF, true
	case primitives.SecondaryVRFClaim:
		return claim.VRF, true
	}
	return primitives.VRFSignature{}, false
}

// Verify checks that the author of header, a child of parent.Block, was allowed
// to make it. now is the present slot by our own clock. It does not look at
// parent hash, number, roots or announcements of epochs.
//
// Checks and what they return, in this order: form of the digest
// (primitives.ErrNoPreDigest, primitives.ErrDigestOrder, a scale.Reason,
// primitives.ErrNoSeal, ErrSealForm); slot (ErrSlotOrder; ErrFuture if it is
// more than MaxDrift ahead, to be tried again later); author (ErrAuthorityIndex,
// ErrClaimKind); ErrSeal; ErrVRF; ErrThreshold or ErrSecondary.
//
// Source: sp-consensus-babe client, check_header.
func Verify(v crypto.Verifier, header primitives.Header, parent View, now primitives.Slot) (Verified, error) {
	out, err := opened(header)
	if err != nil {
		return Verified{}, err
	}
	if out.Epoch, err = parent.Epoch(out.Slot); err != nil {
		return Verified{}, err
	}
	if out.Slot > now && out.Slot-now > MaxDrift {
		return Verified{}, ErrFuture
	}
	if uint64(out.Author) >= uint64(len(out.Epoch.Authorities)) {
		return Verified{}, ErrAuthorityIndex
	}
	if !out.Epoch.allows(out.Claim) {
		return Verified{}, ErrClaimKind
	}
	out.Key = out.Epoch.Authorities[out.Author].Key
	if !v.Sr25519(out.Key, out.PreHash[:], out.Signature) {
		return Verified{}, ErrSeal
	}
	if err := out.checkClaim(v); err != nil {
		return Verified{}, err
	}
	return out, nil
}

// opened reads claim, pre-hash and seal of header.
func opened(header primitives.Header) (Verified, error) {
	claim, err := header.BABEPreDigest()
	if err != nil {
		return Verified{}, err
	}
	unsealed, seal, err := header.Unsealed()
	if err != nil {
		return Verified{}, err
	}
	out := Verified{Claim: claim, PreHash: unsealed.Hash()}
	if seal.Engine != primitives.EngineBABE || len(seal.Data) != len(out.Signature) {
		return Verified{}, ErrSealForm
	}
	copy(out.Signature[:], seal.Data)
	out.Author, out.Slot = claim.Author()
	return out, nil
}

// allows reports whether claims of this kind are allowed in e.
func (e *Epoch) allows(claim primitives.BABEPreDigest) bool {
	switch claim.(type) {
	case primitives.PrimaryClaim:
		return true
	case primitives.SecondaryPlainClaim:
		return e.Config.AllowedSlots == primitives.PrimaryAndSecondaryPlainSlots
	case primitives.SecondaryVRFClaim:
		return e.Config.AllowedSlots == primitives.PrimaryAndSecondaryVRFSlots
	}
	return false
}

// checkClaim returns ErrVRF, ErrThreshold or ErrSecondary.
func (v Verified) checkClaim(verifier crypto.Verifier) error {
	signature, has := v.VRF()
	in := v.Epoch.VRFInput(v.Slot)
	if has && !verifier.VRF(v.Key, in, signature.PreOutput, signature.Proof) {
		return ErrVRF
	}
	if _, primary := v.Claim.(primitives.PrimaryClaim); primary {
		ticket := verifier.VRFBytes(v.Key, in, signature.PreOutput, vrf.ContextBabe, TicketSize)
		if len(ticket) != TicketSize {
			return ErrVRF
		}
		if !v.Epoch.Threshold(v.Author).Wins([TicketSize]byte(ticket)) {
			return ErrThreshold
		}
		return nil
	}
	if SecondaryAuthor(v.Epoch.Randomness, v.Slot, len(v.Epoch.Authorities)) != v.Author {
		return ErrSecondary
	}
	return nil
}

// VRFInput returns what the VRF of a claim of slot, which must be in e, is
// evaluated on.
func (e *Epoch) VRFInput(slot primitives.Slot) crypto.VRFInput {
	return crypto.VRFInput{Randomness: e.Randomness, Slot: uint64(slot), Epoch: uint64(e.Index)}
}
