//go:build !wasip1

package vrf

import (
	"bytes"

	"github.com/oasisprotocol/curve25519-voi/curve"
	"github.com/oasisprotocol/curve25519-voi/curve/scalar"
	"github.com/oasisprotocol/curve25519-voi/primitives/merlin"

	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

// InOut is a VRF input point with the output point of one key.
type InOut struct {
	input, output both
}

// both is a point and its compressed form.
type both struct {
	point      curve.RistrettoPoint
	compressed curve.CompressedRistretto
}

// compress fills in the compressed form of b's point.
func (b *both) compress() { b.compressed.SetRistrettoPoint(&b.point) }

// PreOutput returns the output point as it goes on the wire.
func (io *InOut) PreOutput() [PreOutputSize]byte { return io.output.compressed }

// MakeBytes returns n pseudo-random bytes for context. Different contexts and
// different n give unrelated bytes. n must not be negative.
func (io *InOut) MakeBytes(context string, n int) []byte {
	t := merlin.NewTranscript("VRFResult")
	t.AppendMessage("", []byte(context))
	t.AppendMessage("vrf-in", io.input.compressed[:])
	t.AppendMessage("vrf-out", io.output.compressed[:])
	out := make([]byte, n)
	t.ExtractBytes(out, "")
	return out
}

// merlin returns the Merlin state after t's label and messages.
func (t Transcript) merlin() *merlin.Transcript {
	m := merlin.NewTranscript(t.label)
	for _, it := range t.items {
		m.AppendMessage(it.label, it.data)
	}
	return m
}

// hashToPoint returns the input point of pub for t. The public key is part of
// the hash, so that related keys have unrelated outputs.
func hashToPoint(pub sr25519.PublicKey, t Transcript) (in both) {
	m := t.merlin()
	m.AppendMessage("vrf-nm-pk", pub[:])
	var uniform [64]byte
	m.ExtractBytes(uniform[:], "VRFHash")
	if _, err := in.point.SetUniformBytes(uniform[:]); err != nil {
		panic("vrf refused 64 uniform bytes: " + err.Error())
	}
	in.compress()
	return in
}

// secretScalar returns the scalar of k.
func secretScalar(k *sr25519.SecretKey) (*scalar.Scalar, [32]byte) {
	secret := k.Bytes()
	s, err := scalar.NewFromCanonicalBytes(secret[:32])
	if err != nil {
		panic("sr25519 secret key lost its scalar: " + err.Error())
	}
	return s, [32]byte(secret[32:])
}

// Evaluate returns k's input and output for t, without a proof. It is enough to
// learn whether a lottery was won.
func Evaluate(k *sr25519.SecretKey, t Transcript) *InOut {
	io := &InOut{input: hashToPoint(k.Public(), t)}
	s, _ := secretScalar(k)
	io.output.point.Mul(&io.input.point, s)
	io.output.compress()
	return io
}

// Prove returns the proof that io is k's, bound to extra. io must come from
// Evaluate with the same key. entropy hedges the nonce as in sr25519.Sign; zero
// is allowed.
func Prove(k *sr25519.SecretKey, io *InOut, extra Transcript, entropy [32]byte) (proof [ProofSize]byte) {
	sk, nonceSeed := secretScalar(k)
	m := extra.merlin()
	m.AppendMessage("proto-name", []byte("DLEQProof"))
	m.AppendMessage("vrf:h", io.input.compressed[:])

	// The label is schnorrkel's, misprinted zero byte and digit included.
	rng, err := m.BuildRng().RekeyWithWitnessBytes("proving\x000", nonceSeed[:]).
		Finalize(bytes.NewReader(entropy[:]))
	if err != nil {
		panic("vrf proof wants more than 32 bytes of entropy: " + err.Error())
	}
	r, err := scalar.New().SetRandom(rng)
	if err != nil {
		panic("vrf nonce stream ended: " + err.Error())
	}
	var gr, hr both
	gr.point.MulBasepoint(curve.RISTRETTO_BASEPOINT_TABLE, r)
	gr.compress()
	hr.point.Mul(&io.input.point, r)
	hr.compress()

	c := challenge(m, &gr.compressed, &hr.compressed, k.Public(), &io.output.compressed)
	s := scalar.New().Mul(c, sk)
	s.Sub(r, s)
	if c.ToBytes(proof[:32]) != nil || s.ToBytes(proof[32:]) != nil {
		panic("vrf proof scalars do not encode")
	}
	return proof
}

// challenge appends the commitments to m, in Kusama's order, and returns c.
func challenge(m *merlin.Transcript, gr, hr *curve.CompressedRistretto, pub sr25519.PublicKey, out *curve.CompressedRistretto) *scalar.Scalar {
	m.AppendMessage("vrf:R=g^r", gr[:])
	m.AppendMessage("vrf:h^r", hr[:])
	m.AppendMessage("vrf:pk", pub[:])
	m.AppendMessage("vrf:h^sk", out[:])
	var wide [64]byte
	m.ExtractBytes(wide[:], "prove")
	c, err := scalar.NewFromBytesModOrderWide(wide[:])
	if err != nil {
		panic("vrf refused a 64-byte scalar: " + err.Error())
	}
	return c
}

// Sign is Evaluate and Prove with DefaultExtra.
func Sign(k *sr25519.SecretKey, t Transcript, entropy [32]byte) (preOutput [PreOutputSize]byte, proof [ProofSize]byte) {
	return SignExtra(k, t, DefaultExtra(), entropy)
}

// SignExtra is Evaluate and Prove.
func SignExtra(k *sr25519.SecretKey, t, extra Transcript, entropy [32]byte) (preOutput [PreOutputSize]byte, proof [ProofSize]byte) {
	io := Evaluate(k, t)
	return io.PreOutput(), Prove(k, io, extra, entropy)
}

// Attach returns the InOut of a pre-output that pub claims for t, without
// checking a proof: for pre-outputs that were verified before. It reports
// false if preOutput is not a canonical point or is the identity.
func Attach(pub sr25519.PublicKey, t Transcript, preOutput [PreOutputSize]byte) (*InOut, bool) {
	io := new(InOut)
	io.output.compressed = preOutput
	if _, err := io.output.point.SetCompressed(&io.output.compressed); err != nil || io.output.point.IsIdentity() {
		return nil, false
	}
	io.input = hashToPoint(pub, t)
	return io, true
}

// Verify is VerifyExtra with DefaultExtra.
func Verify(pub sr25519.PublicKey, t Transcript, preOutput [PreOutputSize]byte, proof [ProofSize]byte) (*InOut, bool) {
	return VerifyExtra(pub, t, DefaultExtra(), preOutput, proof)
}

// VerifyExtra reports whether preOutput is pub's for t, by proof bound to
// extra. It reports false, and no InOut, if pub or preOutput is not a canonical
// point, preOutput is the identity, a scalar of proof is not reduced, or
// the equation does not hold.
func VerifyExtra(pub sr25519.PublicKey, t, extra Transcript, preOutput [PreOutputSize]byte, proof [ProofSize]byte) (*InOut, bool) {
	key := both{compressed: curve.CompressedRistretto(pub)}
	if _, err := key.point.SetCompressed(&key.compressed); err != nil {
		return nil, false
	}
	c, err := scalar.NewFromCanonicalBytes(proof[:32])
	if err != nil {
		return nil, false
	}
	s, err := scalar.NewFromCanonicalBytes(proof[32:])
	if err != nil {
		return nil, false
	}
	io, ok := Attach(pub, t, preOutput)
	if !ok {
		return nil, false
	}
	m := extra.merlin()
	m.AppendMessage("proto-name", []byte("DLEQProof"))
	m.AppendMessage("vrf:h", io.input.compressed[:])

	// With s = r − c·sk: c·pk + s·G is r·G, and c·output + s·input is r·input.
	var gr, hr both
	gr.point.DoubleScalarMulBasepointVartime(c, &key.point, s)
	gr.compress()
	hr.point.MultiscalarMulVartime([]*scalar.Scalar{c, s}, []*curve.RistrettoPoint{&io.output.point, &io.input.point})
	hr.compress()
	if challenge(m, &gr.compressed, &hr.compressed, pub, &io.output.compressed).Equal(c) != 1 {
		return nil, false
	}
	return io, true
}
