//go:build !wasip1

package ed25519_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
)

func ExampleVerify() {
	var seed [32]byte // from a keystore
	key := ed25519.FromSeed(seed)
	sig := key.Sign([]byte("payload"))
	fmt.Println(ed25519.Verify(key.Public(), []byte("payload"), sig))
	fmt.Println(ed25519.Verify(key.Public(), []byte("other"), sig))
	// Output:
	// true
	// false
}
