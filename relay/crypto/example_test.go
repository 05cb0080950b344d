//go:build !wasip1

package crypto_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
)

func ExampleVerifier() {
	author := sr25519.FromSeed([32]byte{1})
	in := crypto.VRFInput{Slot: 100, Epoch: 3}
	preOutput, proof := vrf.Sign(author, in.Transcript(), [32]byte{})

	var v crypto.Verifier = crypto.Real{}
	fmt.Println(v.VRF(author.Public(), in, preOutput, proof))
	fmt.Println(len(v.VRFBytes(author.Public(), in, preOutput, vrf.ContextBabe, 16)))
	// Output:
	// true
	// 16
}
