//go:build !wasip1

package cryptotest_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
)

func ExampleStub() {
	stub := cryptotest.NewStub([32]byte{1, 2, 3})
	alice := stub.Keys([32]byte{1})

	var v crypto.Verifier = stub // what a core is given
	fmt.Println(v.Sr25519(alice.Sr25519Public(), []byte("vote"), alice.Sr25519([]byte("vote"))))
	fmt.Println(v.Sr25519(alice.Sr25519Public(), []byte("other vote"), alice.Sr25519([]byte("vote"))))
	// Output:
	// true
	// false
}
