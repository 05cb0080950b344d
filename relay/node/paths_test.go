package node

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPathsOf(t *testing.T) {
	p := PathsOf("base", "rampart_local")
	for got, want := range map[string]string{
		p.Keystore: "base/chains/rampart_local/keystore", p.NodeKey: "base/chains/rampart_local/network/secret_ed25519",
		p.Database: "base/chains/rampart_local/db/full", p.Guards: "base/chains/rampart_local/guard", p.Data(): "base/chains/rampart_local/db",
	} {
		if got != filepath.FromSlash(want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for _, kept := range []string{p.Keystore, p.Guards, p.NodeKey} {
		if strings.HasPrefix(kept, p.Data()+string(filepath.Separator)) {
			t.Errorf("%s is among the data that can be removed", kept)
		}
	}
	for _, id := range []string{"", ".", "..", "a/b", "../x", "/"} {
		if got := PathsOf("base", id).Chain; got != filepath.Join("base", "chains", DefaultChainID) {
			t.Errorf("chain %q is in %s", id, got)
		}
	}
}

func TestOldLayoutIsRefused(t *testing.T) {
	for _, name := range []string{"guard", "keystore", "db", "node.key"} {
		base := t.TempDir()
		if err := PathsOf(base, "x").Check(); err != nil {
			t.Errorf("empty base path: %v", err)
		}
		if err := os.Mkdir(filepath.Join(base, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := PathsOf(base, "x").Check(); err == nil || !strings.Contains(err.Error(), "move guard") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNodeKeyForms reads a key as each tool writes it.
func TestNodeKeyForms(t *testing.T) {
	seed := bytes.Repeat([]byte{0xab}, ed25519.SeedSize)
	want := ed25519.NewKeyFromSeed(seed)
	digits := strings.Repeat("ab", ed25519.SeedSize)
	for name, text := range map[string]string{"raw": string(seed), "digits": digits, "a line": digits + "\n", "prefix": "0x" + digits} {
		path := filepath.Join(t.TempDir(), "network", "key")
		if err := WriteNodeKey(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := NodeKey(path); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
