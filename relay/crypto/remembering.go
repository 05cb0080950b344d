//go:build !wasip1

package crypto

import "github.com/rampart-chain/rampart/relay/crypto/sr25519"

// Remembering verifies as Real does, with the same verdicts, and remembers sr25519
// keys decoded (see sr25519.Keys): a node has one for all that it verifies. It is
// safe for concurrent use.
type Remembering struct {
	Real
	keys *sr25519.Keys
}

// NewRemembering returns a Remembering that remembers no key yet.
func NewRemembering() Remembering { return Remembering{keys: sr25519.NewKeys()} }

var (
	_ Verifier           = Remembering{}
	_ TranscriptVerifier = Remembering{}
)

// Sr25519 implements Signatures.
func (r Remembering) Sr25519(pub [32]byte, msg []byte, sig [64]byte) bool {
	return r.keys.Verify(pub, msg, sig)
}

// Sr25519Batch implements Signatures.
func (r Remembering) Sr25519Batch(entries []Signed) []bool {
	b := r.keys.NewBatch(len(entries))
	for i := range entries {
		b.Add(entries[i].Public, entries[i].Message, entries[i].Signature)
	}
	return b.Verify()
}
