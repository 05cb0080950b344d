package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/signer"
)

// TestCollatorKey: a collator's key is what a flag says, else it is in its keystore, which
// may be elsewhere and have a password (one that is wrong here).
func TestCollatorKey(t *testing.T) {
	base, elsewhere, password := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := signer.OpenKeystore(signer.KeystoreConfig{Dir: elsewhere})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.InsertFile(signer.Aura, keys.SchemeSr25519, "//Alice"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		flags, want string // want: of the error
	}{
		"flag":           {"--alice", ""},
		"two flags":      {"--alice --bob", "more than one collator key"},
		"none":           {"", filepath.Join(base, "chains")},
		"elsewhere":      {"--keystore-path " + elsewhere, ""},
		"wrong password": {"--keystore-path " + elsewhere + " --password-filename " + password, "perhaps the keystore password is wrong"},
		"no file":        {"--keystore-path " + elsewhere + " --password-filename " + base + "/none", "--password-filename"},
	} {
		t.Run(name, func(t *testing.T) {
			f := collatorFlags{dev: map[string]*bool{}}
			command := collatorCommand()
			command.ResetFlags()
			f.add(command)
			if err := command.ParseFlags(strings.Fields("--chain coin-2000 --relay-chain local --base-path " + base + " " + c.flags)); err != nil {
				t.Fatal(err)
			}
			if err := f.relay.parse(nil); err != nil {
				t.Fatal(err)
			}
			config, _, err := f.para()
			switch {
			case c.want == "" && (err != nil || config.Key == nil):
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
