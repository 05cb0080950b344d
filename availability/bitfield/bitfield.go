// Package bitfield is the rules of availability bitfields: in each relay block
// every validator says, with one bit per availability core, of which pending
// candidates it holds its chunk; a candidate is available once enough of them
// do.
//
//	cores, chunks held → AvailabilityBitfield → (signed elsewhere) → SignedBitfield
//	SignedBitfield, validators, signing context → accepted, or a Reason
//	votes on a candidate → available or not
//
// It signs nothing and keeps nothing. The bytes to sign are
// primitives.BitfieldPayload; the context is the session and the hash of the
// block whose pending candidates the bits speak of, which is the parent of the
// first block that can carry the bitfield.
package bitfield

import (
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Reason says why a bitfield was refused.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrValidator = Reason("bitfield is of a validator that is not in the session")
	ErrLength    = Reason("bitfield has not one bit for each core")
	ErrSignature = Reason("signature of the bitfield does not verify")
)

// Verifier checks signatures.
type Verifier interface {
	Sr25519(public [32]byte, message []byte, signature [64]byte) bool
}

// Threshold returns how many of n validators must hold their chunk of a
// candidate for it to be available: n − ⌊(n−1)/3⌋, and 0 for n = 0.
//
// Source: polkadot-sdk primitives/src/v8, supermajority_threshold.
func Threshold(n int) int { return n - max(n-1, 0)/3 }

// New returns the bitfield of a validator that holds its chunk of the candidate
// on each core for which held says so.
func New(cores int, held func(primitives.CoreIndex) bool) primitives.AvailabilityBitfield {
	bits := scale.NewBitVec(cores)
	for core := range cores {
		bits.Set(core, held(primitives.CoreIndex(core)))
	}
	return bits
}

// Check returns nil if b is a bitfield over cores, signed for context by the
// member of validators that it names; else the Reason.
func Check(b primitives.SignedBitfield, cores int, validators []primitives.SR25519Public, context primitives.SigningContext, v Verifier) error {
	if err := checkForm(b, cores, validators); err != nil {
		return err
	}
	if !v.Sr25519(validators[b.ValidatorIndex], primitives.BitfieldPayload(b.Bitfield, context), b.Signature) {
		return ErrSignature
	}
	return nil
}

// BatchVerifier checks many signatures at once; see crypto.Signatures.
type BatchVerifier interface {
	Sr25519Batch(entries []crypto.Signed) []bool
}

// CheckAll returns for each of bitfields what Check returns. Those of a large
// session, all good, take a quarter of the time.
func CheckAll(bitfields []primitives.SignedBitfield, cores int, validators []primitives.SR25519Public, context primitives.SigningContext, v BatchVerifier) []error {
	errs := make([]error, len(bitfields))
	entries, at := make([]crypto.Signed, 0, len(bitfields)), make([]int, 0, len(bitfields))
	for i, b := range bitfields {
		if errs[i] = checkForm(b, cores, validators); errs[i] == nil {
			entry := crypto.Signed{Public: validators[b.ValidatorIndex], Message: primitives.BitfieldPayload(b.Bitfield, context), Signature: b.Signature}
			entries, at = append(entries, entry), append(at, i)
		}
	}
	for i, ok := range v.Sr25519Batch(entries) {
		if !ok {
			errs[at[i]] = ErrSignature
		}
	}
	return errs
}

func checkForm(b primitives.SignedBitfield, cores int, validators []primitives.SR25519Public) error {
	switch {
	case int64(b.ValidatorIndex) >= int64(len(validators)):
		return ErrValidator
	case b.Bitfield.Len() != cores:
		return ErrLength
	}
	return nil
}

// Available reports whether votes, one bit per validator of the session, make a
// candidate available.
func Available(votes scale.BitVec) bool {
	return votes.Len() > 0 && votes.Count() >= Threshold(votes.Len())
}
