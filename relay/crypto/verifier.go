package crypto

import "github.com/rampart-chain/rampart/relay/crypto/vrf"

// Signed is one entry of a batch.
type Signed struct {
	Public    [32]byte
	Message   []byte
	Signature [64]byte
}

// Signatures verifies signatures. The batch forms return one verdict for each
// entry, in order, equal to that of the single form; for many entries that are
// all good they take about half the time.
type Signatures interface {
	// Sr25519 verifies under the context "substrate"; the schnorrkel marker
	// bit is required.
	Sr25519(pub [32]byte, msg []byte, sig [64]byte) bool
	// Ed25519 verifies under the rules of ZIP-215.
	Ed25519(pub [32]byte, msg []byte, sig [64]byte) bool
	Sr25519Batch(entries []Signed) []bool
	Ed25519Batch(entries []Signed) []bool
}

// VRFInput names a BABE slot claim.
type VRFInput struct {
	Randomness [32]byte // of the epoch
	Slot       uint64
	Epoch      uint64 // index
}

// Transcript returns the VRF transcript of the claim.
func (in VRFInput) Transcript() vrf.Transcript {
	return vrf.BabeTranscript(in.Randomness, in.Slot, in.Epoch)
}

// Verifier verifies what a relay block carries.
type Verifier interface {
	Signatures
	// VRF reports whether preOutput is pub's for in, by proof.
	VRF(pub [32]byte, in VRFInput, preOutput [32]byte, proof [64]byte) bool
	// VRFBytes returns n bytes for context (vrf.ContextBabe and its like) from a
	// pre-output that VRF has accepted; it does not check it again. It returns
	// nil if preOutput cannot be one. n must not be negative.
	VRFBytes(pub [32]byte, in VRFInput, preOutput [32]byte, context string, n int) []byte
}

// TranscriptVerifier verifies VRFs on any transcript: approval assignments.
type TranscriptVerifier interface {
	// TranscriptVRF is VRF for t, the proof being bound to extra, which is
	// vrf.DefaultExtra() where the protocol names none.
	TranscriptVRF(pub [32]byte, t, extra vrf.Transcript, preOutput [32]byte, proof [64]byte) bool
	// TranscriptVRFBytes is VRFBytes for t.
	TranscriptVRFBytes(pub [32]byte, t vrf.Transcript, preOutput [32]byte, context string, n int) []byte
}
