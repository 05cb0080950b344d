//go:build !wasip1

package crypto

import "github.com/rampart-chain/rampart/relay/crypto/vrf"

var (
	_ Verifier           = Real{}
	_ TranscriptVerifier = Real{}
)

// VRF implements Verifier.
func (r Real) VRF(pub [32]byte, in VRFInput, preOutput [32]byte, proof [64]byte) bool {
	return r.TranscriptVRF(pub, in.Transcript(), vrf.DefaultExtra(), preOutput, proof)
}

// VRFBytes implements Verifier.
func (r Real) VRFBytes(pub [32]byte, in VRFInput, preOutput [32]byte, context string, n int) []byte {
	return r.TranscriptVRFBytes(pub, in.Transcript(), preOutput, context, n)
}

// TranscriptVRF implements TranscriptVerifier.
func (Real) TranscriptVRF(pub [32]byte, t, extra vrf.Transcript, preOutput [32]byte, proof [64]byte) bool {
	_, ok := vrf.VerifyExtra(pub, t, extra, preOutput, proof)
	return ok
}

// TranscriptVRFBytes implements TranscriptVerifier.
func (Real) TranscriptVRFBytes(pub [32]byte, t vrf.Transcript, preOutput [32]byte, context string, n int) []byte {
	io, ok := vrf.Attach(pub, t, preOutput)
	if !ok {
		return nil
	}
	return io.MakeBytes(context, n)
}
