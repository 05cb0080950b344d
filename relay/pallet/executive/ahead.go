package executive

import (
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// aheadSize is how many extrinsics of a given block have their sr25519
// signatures verified together, which takes about half of the time. A block
// with bad signatures costs at most as many in vain.
const aheadSize = 256

// verifyAhead verifies the sr25519 signatures of extrinsics together and returns
// for each whether it is known to be good. What it does not know, check decides:
// it refuses nothing.
func (r *Runtime) verifyAhead(c *frame.Context, extrinsics []primitives.Extrinsic) []bool {
	good := make([]bool, len(extrinsics))
	entries, at := make([]crypto.Signed, 0, len(extrinsics)), make([]int, 0, len(extrinsics))
	for i, x := range extrinsics {
		u, err := primitives.DecodeExtrinsic(x)
		if err != nil || u.Signature == nil {
			continue
		}
		s, ok := u.Signature.Signature.(primitives.SR25519Signature)
		if !ok {
			continue
		}
		signer, err := system.Lookup(u.Signature.Signer)
		if err != nil {
			continue
		}
		payload, err := r.payload(c, u)
		if err != nil {
			continue
		}
		entries, at = append(entries, crypto.Signed{Public: signer, Message: payload, Signature: s.Signature}), append(at, i)
	}
	if len(entries) < 2 {
		return good
	}
	for i, ok := range r.Verifier.Sr25519Batch(entries) {
		good[at[i]] = ok
	}
	return good
}
