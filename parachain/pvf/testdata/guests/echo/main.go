// Command echo is a guest that returns its parameters, preceded by their BLAKE2b-256
// hash. It refuses when the first byte is 0xff.
package main

import (
	"github.com/rampart-chain/rampart/parachain/sdk/guest"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

func init() {
	guest.Register(func(params []byte) ([]byte, bool) {
		if len(params) > 0 && params[0] == 0xff {
			return nil, false
		}
		sum := hash.Blake2b256(params)
		return append(sum[:], params...), true
	})
}

func main() {}
