//go:build !wasip1

package ed25519

import "github.com/oasisprotocol/curve25519-voi/primitives/ed25519"

// SecretKey is an expanded 32-byte seed. It is immutable. It prints as a
// placeholder.
type SecretKey struct {
	inner ed25519.PrivateKey
}

// FromSeed returns the key of seed (RFC 8032, 5.1.5).
func FromSeed(seed [32]byte) *SecretKey {
	return &SecretKey{inner: ed25519.NewKeyFromSeed(seed[:])}
}

// Public returns the public key.
func (k *SecretKey) Public() PublicKey { return PublicKey(k.inner[32:]) }

// Seed returns the secret itself, which FromSeed reads.
func (k *SecretKey) Seed() [32]byte { return [32]byte(k.inner[:32]) }

// String returns a placeholder, so that no secret reaches a log.
func (k *SecretKey) String() string { return "ed25519.SecretKey(…)" }

// GoString returns the same placeholder.
func (k *SecretKey) GoString() string { return k.String() }

// Sign returns the signature of msg. It is deterministic.
func (k *SecretKey) Sign(msg []byte) Signature {
	return Signature(ed25519.Sign(k.inner, msg))
}
