//go:build !wasip1

package cryptotest

import (
	"encoding/binary"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
)

// Stub is the scheme of keyed hashes. Each value is BLAKE2b over the registry
// secret, one byte saying what it is, the public key and the contents. It has
// no state and is safe for concurrent use.
type Stub struct {
	secret [32]byte
}

var _ Scheme = Stub{}

// NewStub returns the scheme of a registry secret. All nodes of a simulation
// share it.
func NewStub(secret [32]byte) Stub {
	return Stub{secret}
}

// The byte that keeps the uses of the hash apart.
const (
	tagSr25519Key byte = iota
	tagEd25519Key
	tagSr25519
	tagEd25519
	tagPreOutput
	tagProof
	tagBytes
)

// mac hashes parts under the secret. Only the last part may vary in length for
// a given tag.
func (s Stub) mac(tag byte, parts ...[]byte) [64]byte {
	size := len(s.secret) + 1
	for _, p := range parts {
		size += len(p)
	}
	b := make([]byte, 0, size)
	b = append(append(b, s.secret[:]...), tag)
	for _, p := range parts {
		b = append(b, p...)
	}
	return hash.Blake2b512(b)
}

func (s Stub) sr25519(pub [32]byte, msg []byte) [64]byte {
	sig := s.mac(tagSr25519, pub[:], msg)
	sig[63] |= 0x80 // the marker bit, as on a true signature
	return sig
}

func (s Stub) ed25519(pub [32]byte, msg []byte) [64]byte {
	return s.mac(tagEd25519, pub[:], msg)
}

func (s Stub) claim(pub [32]byte, t, extra vrf.Transcript) (preOutput [32]byte, proof [64]byte) {
	in := t.Bytes()
	out := s.mac(tagPreOutput, pub[:], in)
	size := binary.LittleEndian.AppendUint32(nil, uint32(len(in)))
	return [32]byte(out[:32]), s.mac(tagProof, pub[:], size, in, extra.Bytes())
}

// Sr25519 implements crypto.Signatures.
func (s Stub) Sr25519(pub [32]byte, msg []byte, sig [64]byte) bool {
	return sig == s.sr25519(pub, msg)
}

// Ed25519 implements crypto.Signatures.
func (s Stub) Ed25519(pub [32]byte, msg []byte, sig [64]byte) bool {
	return sig == s.ed25519(pub, msg)
}

// Sr25519Batch implements crypto.Signatures.
func (s Stub) Sr25519Batch(entries []crypto.Signed) []bool {
	out := make([]bool, len(entries))
	for i, e := range entries {
		out[i] = s.Sr25519(e.Public, e.Message, e.Signature)
	}
	return out
}

// Ed25519Batch implements crypto.Signatures.
func (s Stub) Ed25519Batch(entries []crypto.Signed) []bool {
	out := make([]bool, len(entries))
	for i, e := range entries {
		out[i] = s.Ed25519(e.Public, e.Message, e.Signature)
	}
	return out
}

// VRF implements crypto.Verifier.
func (s Stub) VRF(pub [32]byte, in crypto.VRFInput, preOutput [32]byte, proof [64]byte) bool {
	return s.TranscriptVRF(pub, in.Transcript(), vrf.DefaultExtra(), preOutput, proof)
}

// VRFBytes implements crypto.Verifier.
func (s Stub) VRFBytes(pub [32]byte, in crypto.VRFInput, preOutput [32]byte, context string, n int) []byte {
	return s.TranscriptVRFBytes(pub, in.Transcript(), preOutput, context, n)
}

// TranscriptVRF implements crypto.TranscriptVerifier.
func (s Stub) TranscriptVRF(pub [32]byte, t, extra vrf.Transcript, preOutput [32]byte, proof [64]byte) bool {
	wantOutput, wantProof := s.claim(pub, t, extra)
	return preOutput == wantOutput && proof == wantProof
}

// TranscriptVRFBytes implements crypto.TranscriptVerifier. Like the true one it
// returns nil for the zero pre-output.
func (s Stub) TranscriptVRFBytes(pub [32]byte, t vrf.Transcript, preOutput [32]byte, context string, n int) []byte {
	if preOutput == ([32]byte{}) {
		return nil
	}
	in := vrf.NewTranscript(context).AppendUint64("n", uint64(n)).Append("in", t.Bytes()).Bytes()
	out := make([]byte, 0, n+64)
	for i := uint32(0); len(out) < n; i++ {
		block := s.mac(tagBytes, binary.LittleEndian.AppendUint32(nil, i), pub[:], preOutput[:], in)
		out = append(out, block[:]...)
	}
	return out[:n:n]
}

// Keys implements Scheme.
func (s Stub) Keys(seed [32]byte) Keys {
	sr, ed := s.mac(tagSr25519Key, seed[:]), s.mac(tagEd25519Key, seed[:])
	return stubKeys{s, [32]byte(sr[:32]), [32]byte(ed[:32])}
}

type stubKeys struct {
	scheme           Stub
	sr25519, ed25519 [32]byte // public keys
}

func (k stubKeys) Sr25519Public() [32]byte     { return k.sr25519 }
func (k stubKeys) Ed25519Public() [32]byte     { return k.ed25519 }
func (k stubKeys) Sr25519(msg []byte) [64]byte { return k.scheme.sr25519(k.sr25519, msg) }
func (k stubKeys) Ed25519(msg []byte) [64]byte { return k.scheme.ed25519(k.ed25519, msg) }

func (k stubKeys) VRF(in crypto.VRFInput) ([32]byte, [64]byte) {
	return k.TranscriptVRF(in.Transcript(), vrf.DefaultExtra())
}

func (k stubKeys) TranscriptVRF(t, extra vrf.Transcript) ([32]byte, [64]byte) {
	return k.scheme.claim(k.sr25519, t, extra)
}
