//go:build !wasip1

package keys_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/ss58"
)

func ExampleSr25519() {
	alice, err := keys.Sr25519("//Alice")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ss58.Encode(alice.Public(), ss58.Generic))
	_, err = keys.Sr25519("twelve words are missing here//Alice")
	fmt.Println(err)
	// Output:
	// 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY <nil>
	// phrase is not 12, 15, 18, 21 or 24 BIP-39 words with a good checksum
}
