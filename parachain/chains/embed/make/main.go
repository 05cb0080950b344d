// Command make writes the validation functions that package embed holds. It is run
// in the top folder of the repository, before the binary is built.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/rampart-chain/rampart/parachain/chains/embed"
	"github.com/rampart-chain/rampart/parachain/sdk/build"
)

// output is where the embed pattern looks.
const output = "parachain/chains/embed/wasm/coin.wasm"

func main() {
	code, err := build.Guest(context.Background(), build.Config{}, embed.CoinPackage)
	if err == nil {
		err = os.WriteFile(output, code, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%s: %d bytes\n", output, len(code))
}
