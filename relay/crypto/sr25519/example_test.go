//go:build !wasip1

package sr25519_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

func ExampleVerify() {
	var seed, entropy [32]byte // from a keystore and from crypto/rand
	key := sr25519.FromSeed(seed)
	sig := key.Sign([]byte("payload"), entropy)
	fmt.Println(sr25519.Verify(key.Public(), []byte("payload"), sig))
	fmt.Println(sr25519.Verify(key.Public(), []byte("other"), sig))
	// Output:
	// true
	// false
}
