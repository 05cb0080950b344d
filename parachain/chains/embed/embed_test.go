package embed

import (
	"bytes"
	"errors"
	"testing"
	"testing/fstest"

	"github.com/rampart-chain/rampart/parachain/pvf"
	"github.com/rampart-chain/rampart/parachain/sdk/build"
)

func TestEmbeddedGuestIsUsed(t *testing.T) {
	files := fstest.MapFS{"wasm/coin.wasm": {Data: []byte("code")}}
	code, err := guest(files, build.Config{Go: "no-such-go"}, "coin.wasm", CoinPackage)
	if err != nil || string(code) != "code" {
		t.Errorf("got %q, %v", code, err)
	}
}

func TestNeitherEmbeddedNorBuilt(t *testing.T) {
	_, err := guest(fstest.MapFS{}, build.Config{Go: "no-such-go"}, "coin.wasm", CoinPackage)
	if !errors.Is(err, ErrNoGuest) || !errors.Is(err, build.ErrNoGo) {
		t.Errorf("without go: %v, want %v", err, ErrNoGuest)
	}
	if _, err = guest(fstest.MapFS{}, build.Config{Dir: t.TempDir()}, "coin.wasm", CoinPackage); !errors.Is(err, ErrNoGuest) {
		t.Errorf("outside of a module: %v, want %v", err, ErrNoGuest)
	}
}

func TestBuiltGuest(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a guest")
	}
	code, err := guest(fstest.MapFS{}, build.Config{}, "coin.wasm", CoinPackage)
	if err != nil {
		t.Fatal(err)
	}
	if err := pvf.Check(code, pvf.Limits{}); err != nil {
		t.Error(err)
	}
	again, err := guest(fstest.MapFS{}, build.Config{}, "coin.wasm", CoinPackage)
	if err != nil || !bytes.Equal(code, again) {
		t.Errorf("built twice: %v, %d and %d bytes", err, len(code), len(again))
	}
}
