//go:build !wasip1

package sr25519

import (
	"bytes"

	"github.com/oasisprotocol/curve25519-voi/primitives/sr25519"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// signingContext is never written after initialization.
var signingContext = sr25519.NewSigningContext([]byte(Context))

// Verify reports whether sig is pub's signature of msg. A signature without
// the schnorrkel marker bit, a scalar that is not reduced and a point that is
// not canonical are all refused, as version 2 of Substrate's host function
// sr25519_verify does.
func Verify(pub PublicKey, msg []byte, sig Signature) bool {
	return (*Keys)(nil).Verify(pub, msg, sig)
}

// Verify is the function Verify with keys remembered.
func (k *Keys) Verify(pub PublicKey, msg []byte, sig Signature) bool {
	var s sr25519.Signature
	if s.UnmarshalBinary(sig[:]) != nil {
		return false
	}
	// A key that does not decode stays uninitialized, which verifies nothing.
	return k.decode(pub).Verify(signingContext.NewTranscriptBytes(msg), &s)
}

// Batch collects signatures and verifies them together, at 64 and more in about
// half the time that Verify takes for each. The zero Batch is empty and ready.
type Batch struct {
	keys   *Keys
	inner  sr25519.BatchVerifier
	commit []byte // public key ‖ signature ‖ Blake2b256(message), for each entry
}

// commitSize is what an entry adds to what the coefficients are drawn from.
const commitSize = 32 + 64 + 32

// NewBatch returns an empty Batch with room for n signatures.
func NewBatch(n int) *Batch { return (*Keys)(nil).NewBatch(n) }

// NewBatch is the function NewBatch with keys remembered.
func (k *Keys) NewBatch(n int) *Batch {
	return &Batch{keys: k, inner: *sr25519.NewBatchVerifierWithCapacity(n), commit: make([]byte, 0, n*commitSize)}
}

// Add appends a signature to check. msg is not kept.
func (b *Batch) Add(pub PublicKey, msg []byte, sig Signature) {
	var s sr25519.Signature
	// A key or signature that does not decode stays uninitialized, which the
	// inner batch takes for an entry that cannot be valid.
	_ = s.UnmarshalBinary(sig[:])
	b.inner.Add(b.keys.decode(pub), signingContext.NewTranscriptBytes(msg), &s)
	digest := hash.Blake2b256(msg)
	b.commit = append(append(append(b.commit, pub[:]...), sig[:]...), digest[:]...)
}

// Verify returns one verdict for each Add, in that order; they are those of
// the function Verify. One bad signature makes it check each by itself.
//
// The random coefficients of the batch equation are drawn from a hash of all
// keys, signatures and messages, so that the result depends on nothing else and
// nobody can choose signatures after the coefficients.
func (b *Batch) Verify() []bool {
	seed := hash.Blake2b256(b.commit)
	_, each := b.inner.Verify(bytes.NewReader(seed[:]))
	return each
}
