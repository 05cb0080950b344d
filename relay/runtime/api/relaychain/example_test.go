package relaychain_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/runtime/api/relaychain"
)

// What a node tells a client that asks which runtime calls it may make.
func ExampleChain() {
	version := relaychain.Chain(runtime.New(crypto.Real{})).Version()
	fmt.Println(version.SpecName, version.SpecVersion)
	for _, a := range version.APIs[:3] {
		fmt.Printf("0x%x %d\n", a.ID, a.Version)
	}
	// Output:
	// rampart 2
	// 0xdf6acb689907609b 5
	// 0x37e397fc7c91f5e4 2
	// 0xbc9d89904f5b923f 1
}
