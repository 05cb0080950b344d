//go:build !wasip1

package sr25519

import (
	"bytes"

	"github.com/oasisprotocol/curve25519-voi/primitives/sr25519"
)

// Reason says why key material was refused.
type Reason string

func (r Reason) Error() string { return string(r) }

const (
	ErrSecretScalar = Reason("sr25519 secret scalar is not canonical")
	ErrPublicKey    = Reason("sr25519 public key is not a canonical point")
)

// SecretKey is a scalar, a nonce seed and the public key of both. It is
// immutable. It prints as a placeholder.
type SecretKey struct {
	pair   *sr25519.KeyPair
	secret [64]byte
	public PublicKey
}

// FromSeed expands a 32-byte mini secret key in mode Ed25519: SHA-512, clamp,
// divide by the cofactor; the second half of the digest is the nonce seed.
func FromSeed(seed [32]byte) *SecretKey {
	mini := sr25519.MiniSecretKey(seed)
	return fromInner(mini.ExpandEd25519())
}

// FromBytes reads what Bytes returns: scalar ‖ nonce seed. It returns
// ErrSecretScalar if the scalar is not reduced.
func FromBytes(b [64]byte) (*SecretKey, error) {
	inner, err := sr25519.NewSecretKeyFromBytes(b[:])
	if err != nil {
		return nil, ErrSecretScalar
	}
	return fromInner(inner), nil
}

func fromInner(inner *sr25519.SecretKey) *SecretKey {
	k := &SecretKey{pair: inner.KeyPair()}
	secret, err := inner.MarshalBinary()
	if err != nil {
		panic("sr25519 secret key does not encode: " + err.Error())
	}
	public, err := k.pair.PublicKey().MarshalBinary()
	if err != nil {
		panic("sr25519 public key does not encode: " + err.Error())
	}
	k.secret, k.public = [64]byte(secret), PublicKey(public)
	return k
}

// Public returns the public key.
func (k *SecretKey) Public() PublicKey { return k.public }

// Bytes returns the secret itself: 0..32 scalar, little-endian; 32..64 nonce
// seed. It is what FromBytes reads, not the mini secret key.
func (k *SecretKey) Bytes() [64]byte { return k.secret }

// String returns a placeholder, so that no secret reaches a log.
func (k *SecretKey) String() string { return "sr25519.SecretKey(…)" }

// GoString returns the same placeholder.
func (k *SecretKey) GoString() string { return k.String() }

// Sign returns the signature of msg. The nonce is drawn from the transcript,
// the key's nonce seed and entropy: with 32 fresh random bytes it is what
// schnorrkel does. The zero entropy is allowed and makes signing
// deterministic, still without repeating a nonce for two messages; fresh
// entropy also protects against fault attacks.
func (k *SecretKey) Sign(msg []byte, entropy [32]byte) Signature {
	sig, err := k.pair.Sign(bytes.NewReader(entropy[:]), signingContext.NewTranscriptBytes(msg))
	if err != nil {
		panic("sr25519 signing wants more than 32 bytes of entropy: " + err.Error())
	}
	b, err := sig.MarshalBinary()
	if err != nil {
		panic("sr25519 signature does not encode: " + err.Error())
	}
	return Signature(b)
}
