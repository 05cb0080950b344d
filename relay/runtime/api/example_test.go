package api_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/runtime/api"
)

// What a node tells a client that asks which runtime calls it may make.
func ExampleVersion() {
	version := api.Version()
	fmt.Println(version.SpecName, version.SpecVersion)
	for _, a := range version.APIs[:3] {
		fmt.Printf("0x%x %d\n", a.ID, a.Version)
	}
	// Output:
	// rampart 1
	// 0xcbca25e39f142387 2
	// 0xed99c5acb25eedf5 3
	// 0xab3c0572291feb8b 1
}
