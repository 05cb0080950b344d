// Package embed holds the validation functions of the sample chains, for networks
// that want them without a build.
//
// A binary that was built by make has them inside. One that was not (go install,
// go run) builds them on request with package parachain/sdk/build, which needs the
// go command and a working folder in a module that has this package: this
// repository, or one that depends on it. Both ways lead to the same bytes.
package embed

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/rampart-chain/rampart/parachain/sdk/build"
)

// ErrNoGuest says that a validation function is neither embedded nor can it be
// built here.
var ErrNoGuest = errors.New("validation function is neither embedded (run make build) nor can it be built here (needs the go command, in a folder of a module with the source)")

// CoinPackage is the main package of the coin chain's validation function.
const CoinPackage = "github.com/rampart-chain/rampart/parachain/chains/coin/guest"

//go:embed wasm
var files embed.FS

// Coin returns the validation function of the coin chain: what is embedded, else
// what it builds, which may take a minute the first time. ErrNoGuest if it can do
// neither.
func Coin() ([]byte, error) { return guest(files, build.Config{}, "coin.wasm", CoinPackage) }

func guest(files fs.FS, config build.Config, name, pkg string) ([]byte, error) {
	code, err := fs.ReadFile(files, "wasm/"+name)
	if err == nil {
		return code, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	code, err = build.Guest(context.Background(), config, pkg)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoGuest, err)
	}
	return code, nil
}
