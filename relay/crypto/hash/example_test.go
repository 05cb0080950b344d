package hash_test

import (
	"encoding/hex"
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// The first half of every storage key of the System pallet.
func ExampleTwox128() {
	digest := hash.Twox128([]byte("System"))
	fmt.Println(hex.EncodeToString(digest[:]))
	// Output: 26aa394eea5630e07c48ae0c9558cef7
}
