//go:build !wasip1

package ecdsa

import (
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// PublicKey is a compressed point.
type PublicKey [33]byte

// Signature is 0..32 r, 32..64 s, big-endian, 64 the recovery id (0 to 3).
type Signature [65]byte

// Reason says why key material was refused.
type Reason string

func (r Reason) Error() string { return string(r) }

// ErrSeed: the seed is 0, or not below the order of the curve.
const ErrSeed = Reason("seed is not a scalar of secp256k1")

// SecretKey is a scalar that is not 0. It is immutable. It prints as a placeholder.
type SecretKey struct{ inner *secp256k1.PrivateKey }

// FromSeed returns the key whose scalar is seed, big-endian, or ErrSeed.
func FromSeed(seed [32]byte) (*SecretKey, error) {
	var scalar secp256k1.ModNScalar
	if overflow := scalar.SetBytes(&seed); overflow != 0 || scalar.IsZero() {
		return nil, ErrSeed
	}
	return &SecretKey{inner: secp256k1.NewPrivateKey(&scalar)}, nil
}

// Public returns the public key.
func (k *SecretKey) Public() PublicKey { return PublicKey(k.inner.PubKey().SerializeCompressed()) }

// String returns a placeholder, so that no secret reaches a log.
func (k *SecretKey) String() string { return "ecdsa.SecretKey(…)" }

// GoString returns the same placeholder.
func (k *SecretKey) GoString() string { return k.String() }

// compactBase is what the library adds to the recovery id, which it puts first.
const compactBase = 27

// Sign returns the signature of msg, with s in the lower half. It is
// deterministic (RFC 6979).
func (k *SecretKey) Sign(msg []byte) (s Signature) {
	digest := hash.Blake2b256(msg)
	compact := ecdsa.SignCompact(k.inner, digest[:], false)
	copy(s[:], compact[1:])
	s[64] = compact[0] - compactBase
	return s
}

// Verify reports whether signature is that of msg by the key: whether the key
// recovered from it is public.
func Verify(public PublicKey, msg []byte, signature Signature) bool {
	if signature[64] > 3 {
		return false
	}
	var compact [65]byte
	compact[0] = signature[64] + compactBase
	copy(compact[1:], signature[:64])
	digest := hash.Blake2b256(msg)
	recovered, _, err := ecdsa.RecoverCompact(compact[:], digest[:])
	return err == nil && PublicKey(recovered.SerializeCompressed()) == public
}
