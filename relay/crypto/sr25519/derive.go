//go:build !wasip1

package sr25519

import (
	"bytes"

	"github.com/oasisprotocol/curve25519-voi/curve"
	"github.com/oasisprotocol/curve25519-voi/curve/scalar"
	"github.com/oasisprotocol/curve25519-voi/primitives/merlin"
)

// newDerivation starts the transcript of both derivations; the index that
// schnorrkel could add is empty in Substrate.
func newDerivation() *merlin.Transcript {
	t := merlin.NewTranscript("SchnorrRistrettoHDKD")
	t.AppendMessage("sign-bytes", nil)
	return t
}

// Hard returns the mini secret key of the hard child for chainCode. It does
// not depend on the nonce seed, and the parent's public key does not lead to it.
//
// Source: schnorrkel src/derive.rs, hard_derive_mini_secret_key.
func (k *SecretKey) Hard(chainCode [32]byte) (seed [32]byte) {
	t := newDerivation()
	t.AppendMessage("chain-code", chainCode[:])
	t.AppendMessage("secret-key", k.secret[:32])
	t.ExtractBytes(seed[:], "HDKD-hard")
	return seed
}

// Soft returns the soft child for chainCode, whose public key is the parent's
// public Soft. Its scalar is determined; its nonce seed is drawn from the
// parent secret and entropy, which may be zero.
//
// Source: schnorrkel src/derive.rs, derive_secret_key.
func (k *SecretKey) Soft(chainCode, entropy [32]byte) *SecretKey {
	t, step := softStep(k.public, chainCode)
	sum, err := scalar.NewFromCanonicalBytes(k.secret[:32])
	if err != nil {
		panic("sr25519 secret key lost its scalar: " + err.Error())
	}
	sum.Add(sum, step)

	// Two nonce seeds: the key's own, and the whole key in schnorrkel's form.
	rng, err := t.BuildRng().
		RekeyWithWitnessBytes("HDKD-nonce", k.secret[32:]).
		RekeyWithWitnessBytes("HDKD-nonce", k.secret[:]).
		Finalize(bytes.NewReader(entropy[:]))
	if err != nil {
		panic("sr25519 derivation wants more than 32 bytes of entropy: " + err.Error())
	}
	var child [64]byte
	if err := sum.ToBytes(child[:32]); err != nil {
		panic("sr25519 scalar does not encode: " + err.Error())
	}
	if _, err := rng.Read(child[32:]); err != nil {
		panic("sr25519 nonce stream ended: " + err.Error())
	}
	key, err := FromBytes(child)
	if err != nil {
		panic("sr25519 sum of scalars is not reduced: " + err.Error())
	}
	return key
}

// Soft returns the public key of the soft child for chainCode. It returns
// ErrPublicKey if p is not a canonical point.
func (p PublicKey) Soft(chainCode [32]byte) (PublicKey, error) {
	compressed := curve.CompressedRistretto(p)
	var point, step curve.RistrettoPoint
	if _, err := point.SetCompressed(&compressed); err != nil {
		return PublicKey{}, ErrPublicKey
	}
	_, s := softStep(p, chainCode)
	step.MulBasepoint(curve.RISTRETTO_BASEPOINT_TABLE, s)
	compressed.SetRistrettoPoint(point.Add(&point, &step))
	return PublicKey(compressed), nil
}

// softStep returns the scalar that a soft derivation adds to the key, and the
// transcript after it, from which the nonce seed is drawn.
func softStep(p PublicKey, chainCode [32]byte) (*merlin.Transcript, *scalar.Scalar) {
	t := newDerivation()
	t.AppendMessage("chain-code", chainCode[:])
	t.AppendMessage("public-key", p[:])
	var wide [64]byte
	t.ExtractBytes(wide[:], "HDKD-scalar")
	step, err := scalar.NewFromBytesModOrderWide(wide[:])
	if err != nil {
		panic("sr25519 refused a 64-byte scalar: " + err.Error())
	}
	var next [32]byte // the child's chain code, which Substrate does not use
	t.ExtractBytes(next[:], "HDKD-chaincode")
	return t, step
}
