package crypto

import (
	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

// Real verifies for real. It has no state and is safe for concurrent use.
type Real struct{}

var _ Signatures = Real{}

// Sr25519 implements Signatures.
func (Real) Sr25519(pub [32]byte, msg []byte, sig [64]byte) bool {
	return sr25519.Verify(pub, msg, sig)
}

// Ed25519 implements Signatures.
func (Real) Ed25519(pub [32]byte, msg []byte, sig [64]byte) bool {
	return ed25519.Verify(pub, msg, sig)
}

// Sr25519Batch implements Signatures.
func (Real) Sr25519Batch(entries []Signed) []bool {
	b := sr25519.NewBatch(len(entries))
	for i := range entries {
		b.Add(entries[i].Public, entries[i].Message, entries[i].Signature)
	}
	return b.Verify()
}

// Ed25519Batch implements Signatures.
func (Real) Ed25519Batch(entries []Signed) []bool {
	var b ed25519.Batch
	for i := range entries {
		b.Add(entries[i].Public, entries[i].Message, entries[i].Signature)
	}
	return b.Verify()
}
