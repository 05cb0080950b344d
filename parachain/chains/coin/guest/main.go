// Command guest is the validation function of coin chains, built for WebAssembly
// by parachain/sdk/build.
package main

import (
	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/sdk"
)

func init() { sdk.Main(coin.Chain()) }

func main() {} // never runs
