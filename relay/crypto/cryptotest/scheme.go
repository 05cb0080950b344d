//go:build !wasip1

package cryptotest

import (
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
)

// Scheme verifies, and gives out the keys whose signatures it accepts.
type Scheme interface {
	crypto.Verifier
	crypto.TranscriptVerifier
	// Keys returns the keys of seed; the same for the same seed.
	Keys(seed [32]byte) Keys
}

// Keys are one participant's key pairs. All signing is deterministic.
type Keys interface {
	Sr25519Public() [32]byte
	Ed25519Public() [32]byte
	Sr25519(msg []byte) [64]byte
	Ed25519(msg []byte) [64]byte
	// VRF claims in with the sr25519 key.
	VRF(in crypto.VRFInput) (preOutput [32]byte, proof [64]byte)
	// TranscriptVRF claims t with the sr25519 key, the proof bound to extra.
	TranscriptVRF(t, extra vrf.Transcript) (preOutput [32]byte, proof [64]byte)
}

// Real is the scheme of true keys: both are expanded from the same seed.
type Real struct {
	crypto.Real
}

var _ Scheme = Real{}

// Keys implements Scheme.
func (Real) Keys(seed [32]byte) Keys {
	return realKeys{sr25519.FromSeed(seed), ed25519.FromSeed(seed)}
}

type realKeys struct {
	sr *sr25519.SecretKey
	ed *ed25519.SecretKey
}

func (k realKeys) Sr25519Public() [32]byte     { return k.sr.Public() }
func (k realKeys) Ed25519Public() [32]byte     { return k.ed.Public() }
func (k realKeys) Sr25519(msg []byte) [64]byte { return k.sr.Sign(msg, [32]byte{}) }
func (k realKeys) Ed25519(msg []byte) [64]byte { return k.ed.Sign(msg) }

func (k realKeys) VRF(in crypto.VRFInput) ([32]byte, [64]byte) {
	return vrf.Sign(k.sr, in.Transcript(), [32]byte{})
}

func (k realKeys) TranscriptVRF(t, extra vrf.Transcript) ([32]byte, [64]byte) {
	return vrf.SignExtra(k.sr, t, extra, [32]byte{})
}
