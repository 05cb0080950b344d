//go:build !wasip1

package ed25519

import (
	"bytes"

	"github.com/oasisprotocol/curve25519-voi/primitives/ed25519"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// rules are those of ZIP-215; never written after initialization.
var rules = &ed25519.Options{Verify: ed25519.VerifyOptionsZIP_215}

// Verify reports whether sig is pub's signature of msg under ZIP-215.
func Verify(pub PublicKey, msg []byte, sig Signature) bool {
	return ed25519.VerifyWithOptions(pub[:], msg, sig[:], rules)
}

// Batch collects signatures and verifies them together, at 64 and more in about
// half the time that Verify takes for each. The zero Batch is empty and ready.
type Batch struct {
	inner  ed25519.BatchVerifier
	commit []byte // public key ‖ signature ‖ Blake2b256(message), for each entry
}

// Add appends a signature to check. msg is not kept.
func (b *Batch) Add(pub PublicKey, msg []byte, sig Signature) {
	b.inner.AddWithOptions(pub[:], msg, sig[:], rules)
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
