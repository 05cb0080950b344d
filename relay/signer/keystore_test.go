package signer

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Public keys of //Alice as every Substrate chain knows them.
const (
	aliceSr25519 = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
	aliceEd25519 = "88dc3417d5058ec4b4503e0c12ea1a0a89be200fe98922423d4334014fa6b0ee"
)

func TestKeystoreFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "keystore")
	k, err := OpenKeystore(KeystoreConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range KeyTypes() {
		want := aliceSr25519
		if kind == GRANDPA {
			want = aliceEd25519
		}
		public, err := k.Insert(kind, "//Alice")
		if err != nil || hex.EncodeToString(public[:]) != want {
			t.Fatalf("%s: key %x, %v, want %s", kind, public, err, want)
		}
		path := filepath.Join(dir, hex.EncodeToString(kind[:])+want)
		raw, err := os.ReadFile(path)
		if err != nil || string(raw) != `"//Alice"` {
			t.Errorf("%s holds %q, %v", path, raw, err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []string{"LOCK", "notes.txt", "62616265", hex.EncodeToString([]byte("imon")) + aliceSr25519} {
		if err := os.WriteFile(filepath.Join(dir, other), []byte("?"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again, err := OpenKeystore(KeystoreConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range KeyTypes() {
		got, want := again.Public(kind), k.Public(kind)
		if len(got) != 1 || got[0] != want[0] || !again.Has(kind, want[0]) {
			t.Errorf("%s: %x after reading again, want %x", kind, got, want)
		}
		info, err := os.Stat(filepath.Join(dir, (keyName{kind, want[0]}).name()))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s key file is left with mode %v, %v", kind, info.Mode(), err)
		}
	}
}

// TestInsertFile writes keys that this program does not use, and those that it
// does, which the keystore then holds.
func TestInsertFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "keystore")
	k, err := OpenKeystore(KeystoreConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind   string
		scheme keys.Scheme
		want   error
	}{
		{"babe", keys.SchemeSr25519, nil},
		{"gran", keys.SchemeEd25519, nil},
		{"imon", keys.SchemeSr25519, nil},
		{"beef", keys.SchemeECDSA, nil},
		{"gran", keys.SchemeSr25519, ErrScheme},
		{"para", keys.SchemeECDSA, ErrScheme},
	} {
		kind, err := ParseKeyType(c.kind)
		if err != nil {
			t.Fatal(err)
		}
		path, public, err := k.InsertFile(kind, c.scheme, "//Alice")
		if !errors.Is(err, c.want) {
			t.Errorf("%s %s: %v, want %v", c.kind, c.scheme, err, c.want)
		}
		if c.want != nil {
			continue
		}
		raw, err := os.ReadFile(path)
		if err != nil || string(raw) != `"//Alice"` || filepath.Base(path) != hex.EncodeToString([]byte(c.kind))+hex.EncodeToString(public) {
			t.Errorf("%s holds %q, %v", path, raw, err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	again, err := OpenKeystore(KeystoreConfig{Dir: dir})
	if err != nil || len(again.Public(BABE)) != 1 || len(again.Public(GRANDPA)) != 1 || len(again.Public(ParaValidator)) != 0 {
		t.Errorf("read again: %v", err)
	}
	for _, name := range []string{"", "bab", "babes", "ba e", "bäb"} {
		if kind, err := ParseKeyType(name); !errors.Is(err, ErrKeyType) {
			t.Errorf("key type %q is %s, %v", name, kind, err)
		}
	}
	memory, err := OpenKeystore(KeystoreConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := memory.InsertFile(BABE, keys.SchemeSr25519, "//Alice"); !errors.Is(err, ErrNoDirectory) {
		t.Errorf("without directory: %v", err)
	}
}

func TestKeystoreRefuses(t *testing.T) {
	t.Parallel()
	name := hex.EncodeToString(BABE[:]) + aliceSr25519
	raw, err := hex.DecodeString(aliceSr25519)
	if err != nil {
		t.Fatal(err)
	}
	alice := [32]byte(raw)
	for what, c := range map[string]struct {
		content  string
		password string
		want     error
	}{
		"right key":          {`"//Alice"`, "", nil},
		"phrase":             {`"bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice"`, "", nil},
		"another key":        {`"//Bob"`, "", ErrKeyFile},
		"no JSON":            {`//Alice`, "", ErrKeyFile},
		"no string":          {`["//Alice"]`, "", ErrKeyFile},
		"empty":              {``, "", ErrKeyFile},
		"no phrase":          {`"bottom drive"`, "", keys.ErrPhrase},
		"huge":               {`"` + strings.Repeat(" ", maxKeyFile) + `//Alice"`, "", ErrKeyFile},
		"keystore password":  {`"//Alice"`, "secret", ErrKeyFile},
		"password in itself": {`"//Alice///secret"`, "", ErrKeyFile},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg := KeystoreConfig{Dir: dir, Password: c.password}
		_, err := OpenKeystore(cfg)
		_, one := ReadSr25519(cfg, BABE, alice)
		for _, err := range []error{err, one} {
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("%s: %v, want %v", what, err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "Alice") {
				t.Errorf("%s: error shows the secret: %v", what, err)
			}
		}
	}
	k, err := OpenKeystore(KeystoreConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Insert(BABE, "//Alice"); err != ErrNoDirectory {
		t.Errorf("insert without directory: %v, want %v", err, ErrNoDirectory)
	}
	if _, err := k.InsertMemory(KeyType{'i', 'm', 'o', 'n'}, "//Alice"); err != ErrKeyType {
		t.Errorf("unknown key type: %v, want %v", err, ErrKeyType)
	}
	if _, err := k.InsertMemory(GRANDPA, "/soft"); err != keys.ErrSoftJunction {
		t.Errorf("soft junction: %v, want %v", err, keys.ErrSoftJunction)
	}
}

// TestReadSr25519 reads the key of a collator, with and without a password; its file is
// made private.
func TestReadSr25519(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"", "secret"} {
		cfg := KeystoreConfig{Dir: t.TempDir(), Password: password}
		k, err := OpenKeystore(cfg)
		if err != nil {
			t.Fatal(err)
		}
		path, raw, err := k.InsertFile(Aura, keys.SchemeSr25519, "//Collator")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		public := [32]byte(raw)
		secret, err := ReadSr25519(cfg, Aura, public)
		if err != nil || secret.Public() != public {
			t.Errorf("password %q: %v", password, err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("file %v, %v", info.Mode(), err)
		}
		if _, err := ReadSr25519(cfg, BABE, public); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("another type: %v", err)
		}
		if _, err := ReadSr25519(cfg, GRANDPA, public); err != ErrScheme {
			t.Errorf("a type of another scheme: %v", err)
		}
		cfg.Password += "x"
		if _, err := ReadSr25519(cfg, Aura, public); !errors.Is(err, ErrKeyFile) {
			t.Errorf("another password: %v", err)
		}
	}
}

// TestGenerate checks that a key made here signs at once, also after a restart,
// and that one inserted beside chain data waits.
func TestGenerate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	disk := NewMemory()
	chain := ChainState{Exists: true, Slot: 10, Set: 1, Session: 1}
	for round := range 2 {
		k, err := OpenKeystore(KeystoreConfig{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		s, err := Open(Config{Keystore: k, Disk: disk, Chain: chain})
		if err != nil {
			t.Fatal(err)
		}
		if round == 0 {
			if _, err := s.Generate(BABE); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.SignBABESeal(s.Keys(BABE)[0], 5, hashOf(1)); err != nil {
			t.Errorf("generated key: %v", err)
		}
		if round == 1 {
			public, err := hex.DecodeString(aliceSr25519)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Insert(BABE, "//Alice", public, chain); err != nil {
				t.Fatal(err)
			}
			key := [32]byte(public)
			if _, err := s.SignBABESeal(key, 10, hashOf(1)); err != ErrWaiting {
				t.Errorf("inserted key: %v, want %v", err, ErrWaiting)
			}
			if _, err := s.SignBABESeal(key, 11, hashOf(1)); err != nil {
				t.Errorf("inserted key in the next slot: %v", err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDirectory runs a Signer on the file system.
func TestDirectory(t *testing.T) {
	t.Parallel()
	a := newAlice(t)
	path := filepath.Join(t.TempDir(), "guard")
	for i := range 3 {
		dir, err := OpenDir(path)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Open(Config{Keystore: a.store, Disk: dir, CompactAt: 5, Chain: ChainState{Exists: i > 0}})
		if err != nil {
			t.Fatal(err)
		}
		for x := range 10 {
			check(t, s, []asked{{"seal", nil, a.seal(1+primitives.Slot(10*i+x), 1)}})
		}
		check(t, s, []asked{{"same slot", ErrConflict, a.seal(primitives.Slot(10*i+10), 2)}})
		if _, err := OpenDir(path); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprint("pid ", os.Getpid())) {
			t.Errorf("second process: %v, want %v and the process id", err, ErrLocked)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if len(entries) != 4 { // three guards and the lock
		t.Errorf("%d files: %v", len(entries), entries)
	}
}

func TestUnwritable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(filepath.Join(dir, "guard")); err == nil || !strings.Contains(err.Error(), "--base-path") {
		t.Errorf("unwritable directory: %v, want advice", err)
	}
	if _, err := OpenKeystore(KeystoreConfig{Dir: filepath.Join(dir, "keystore")}); err == nil || !strings.Contains(err.Error(), "--base-path") {
		t.Errorf("unwritable keystore: %v, want advice", err)
	}
}
