//go:build wasip1

package sr25519

// hostVerify takes addresses in the guest's memory; no message is address 0,
// length 0. It returns 1 for a good signature, else 0.
//
//go:wasmimport rampart_1 sr25519_verify
//go:noescape
func hostVerify(sig *Signature, msg *byte, n uint32, pub *PublicKey) int32

// Verify reports whether sig is pub's signature of msg. The host computes it,
// by the rules of Verify there.
func Verify(pub PublicKey, msg []byte, sig Signature) bool {
	var first *byte
	if len(msg) > 0 {
		first = &msg[0]
	}
	return hostVerify(&sig, first, uint32(len(msg)), &pub) == 1
}

// Batch collects verdicts; a guest has nothing to gain from a joint check, so
// Add verifies at once. The zero Batch is empty and ready.
type Batch struct {
	each []bool
}

// NewBatch returns an empty Batch with room for n signatures.
func NewBatch(n int) *Batch { return &Batch{each: make([]bool, 0, n)} }

// Add appends a signature to check.
func (b *Batch) Add(pub PublicKey, msg []byte, sig Signature) {
	b.each = append(b.each, Verify(pub, msg, sig))
}

// Verify returns one verdict for each Add, in that order.
func (b *Batch) Verify() []bool {
	return b.each
}
