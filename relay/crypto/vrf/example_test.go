//go:build !wasip1

package vrf_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
)

func ExampleEvaluate() {
	var seed, entropy, randomness [32]byte
	key := sr25519.FromSeed(seed)
	claim := vrf.BabeTranscript(randomness, 100, 3)

	io := vrf.Evaluate(key, claim)
	lottery := io.MakeBytes(vrf.ContextBabe, 16) // compare with the threshold first
	proof := vrf.Prove(key, io, vrf.DefaultExtra(), entropy)

	seen, ok := vrf.Verify(key.Public(), claim, io.PreOutput(), proof)
	fmt.Println(ok, string(seen.MakeBytes(vrf.ContextBabe, 16)) == string(lottery))
	// Output: true true
}
