package main

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/rampart-chain/rampart/parachain/chains/embed"
)

// TestExportGenesisWasm prints the validation function as digits and as bytes, to
// stdout and to a file.
func TestExportGenesisWasm(t *testing.T) {
	if testing.Short() {
		t.Skip("may build the validation function")
	}
	code, err := embed.Coin()
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		t.Helper()
		var out bytes.Buffer
		c := root()
		c.SetOut(&out)
		c.SetArgs(append([]string{"export-genesis-wasm", "--chain", "coin-2000"}, args...))
		if err := c.Execute(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	digits := []byte("0x" + hex.EncodeToString(code))
	if got := run(); !bytes.Equal(got, digits) {
		t.Errorf("%d bytes on stdout, want %d digits", len(got), len(digits))
	}
	if got := run("--raw"); !bytes.Equal(got, code) {
		t.Errorf("%d bytes on stdout, want %d", len(got), len(code))
	}
	path := filepath.Join(t.TempDir(), "code")
	if out := run(path); len(out) > 0 {
		t.Errorf("%d bytes on stdout beside the file", len(out))
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, digits) {
		t.Errorf("%d bytes in the file, %v", len(got), err)
	}
}
