package signer

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzKeyFile reads any text as a key file: it is the key of its name, or refused.
func FuzzKeyFile(f *testing.F) {
	good := hex.EncodeToString(BABE[:]) + aliceSr25519
	f.Add(good, []byte(`"//Alice"`))
	f.Add(good, []byte(`"//Bob"`))
	f.Add(hex.EncodeToString(GRANDPA[:])+aliceEd25519, []byte(`"\u002f/Alice"`))
	f.Add(good[1:], []byte(`null`))
	dir := f.TempDir()
	k, err := OpenKeystore(KeystoreConfig{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		parsed, ok := parseKeyName(name)
		if !ok {
			return
		}
		path := filepath.Join(dir, "key")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := k.read(parsed, path)
		if err != nil {
			if !errors.Is(err, ErrKeyFile) {
				t.Fatal(err)
			}
			return
		}
		var uri string
		if err := json.Unmarshal(text, &uri); err != nil {
			t.Fatal(err)
		}
		if public, _, err := k.derive(parsed.kind, uri); err != nil || public != parsed.public || s == (secret{}) {
			t.Fatalf("%s holds key %x, %v", name, public, err)
		}
	})
}
