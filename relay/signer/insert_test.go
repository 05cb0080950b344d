package signer

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// publicOf returns the public key of //Alice.
func publicOf(t *testing.T, scheme keys.Scheme) []byte {
	t.Helper()
	u, err := keys.ParseURI("//Alice")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := u.Pair(scheme)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Public()
}

// openIn returns a signer with a keystore in dir.
func openIn(t *testing.T, dir string, disk Disk, chain ChainState) *Signer {
	t.Helper()
	k, err := OpenKeystore(KeystoreConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(Config{Keystore: k, Disk: disk, Chain: chain})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// waiting checks that the keys of alice sign what is later than (10, 1, 1), and only
// that: a key that came from elsewhere may have signed until then.
func (a alice) waiting(t *testing.T, s *Signer) {
	t.Helper()
	prevote := primitives.Prevote{TargetBlock: target(1)}
	check(t, s, []asked{
		{"slot of now", ErrWaiting, a.seal(10, 1)}, {"next slot", nil, a.seal(11, 1)}, {"another seal", ErrConflict, a.seal(11, 2)},
		{"set of now", ErrWaiting, a.vote(1, 1, prevote)}, {"next set", nil, a.vote(2, 1, prevote)},
		{"session of now", ErrWaiting, a.back(context(1, 1), statement(primitives.Seconded, 1), 3)}, {"its bitfield", ErrWaiting, a.bitfield(context(1, 1), 1)},
		{"next session", nil, a.bitfield(context(2, 1), 1)},
	})
}

// TestInsertWhileRunning: what the chain says when a key is inserted counts, not what
// it said when the signer was opened; and that holds after a restart.
func TestInsertWhileRunning(t *testing.T) {
	t.Parallel()
	dir, disk, a := t.TempDir(), NewMemory(), newAlice(t)
	s := openIn(t, dir, disk, ChainState{})
	now := ChainState{Exists: true, Slot: 10, Set: 1, Session: 1}
	for _, kind := range KeyTypes() {
		public := publicOf(t, kind.Scheme())
		if s.Has(kind, public) {
			t.Errorf("%s key is there before", kind)
		}
		for range 2 { // again changes nothing
			if err := s.Insert(kind, "//Alice", public, now); err != nil {
				t.Fatal(err)
			}
		}
		if !s.Has(kind, public) || s.Has(kind, public[1:]) || len(s.Keys(kind)) != 1 {
			t.Errorf("%s keys %x, want %x", kind, s.Keys(kind), public)
		}
	}
	a.waiting(t, s)
	check(t, openIn(t, dir, disk, ChainState{}), []asked{{"again", nil, a.seal(11, 1)}, {"another seal", ErrConflict, a.seal(11, 2)}, {"set before", ErrWaiting, a.vote(1, 1, primitives.Prevote{TargetBlock: target(1)})}})
}

func TestInsertRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openIn(t, dir, NewMemory(), ChainState{})
	sr, ed, ec := publicOf(t, keys.SchemeSr25519), publicOf(t, keys.SchemeEd25519), publicOf(t, keys.SchemeECDSA)
	for _, c := range []struct {
		kind, uri string
		public    []byte
		want      error
	}{
		{"babe", "//Bob", sr, ErrPublic},
		{"babe", "//Alice", ed, ErrPublic},
		{"babe", "//Alice", nil, ErrPublic},
		{"gran", "//Alice", sr, ErrPublic},
		{"gran", "/soft", ed, keys.ErrSoftJunction},
		{"babe", "bottom drive", sr, keys.ErrPhrase},
		{"imon", "//Bob", sr, ErrPublic},
		{"imon", "//Alice", sr, nil},
		{"beef", "//Alice", ec, nil},
		{"xxxx", "//Alice", ed, nil},
	} {
		kind, err := ParseKeyType(c.kind)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Insert(kind, c.uri, c.public, ChainState{}); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s %s %x: %v, want %v", c.kind, c.uri, c.public, err, c.want)
		}
		if got := s.Has(kind, c.public); got != (c.want == nil) {
			t.Errorf("%s %x is there: %t", c.kind, c.public, got)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 3 {
		t.Errorf("%d files, %v, want those of the keys that were taken", len(files), err)
	}
	imon, err := ParseKeyType("imon")
	if err != nil || s.Has(imon, append(sr, 0, 0)) {
		t.Errorf("a longer key is there, %v", err)
	}
}

// TestReload: key files that come while the signer runs are taken up and wait, once; a
// bad one is named and keeps no other out.
func TestReload(t *testing.T) {
	t.Parallel()
	dir, a := t.TempDir(), newAlice(t)
	s := openIn(t, dir, NewMemory(), ChainState{})
	asked := 0
	reload := func() error {
		return s.Reload(func() (ChainState, error) {
			asked++
			return ChainState{Exists: true, Slot: 10, Set: 1, Session: 1}, nil
		})
	}
	if err := reload(); err != nil || asked != 0 {
		t.Errorf("nothing new: %v, chain asked %d times", err, asked)
	}
	other, err := OpenKeystore(KeystoreConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range KeyTypes() {
		if _, _, err := other.InsertFile(kind, kind.Scheme(), "//Alice"); err != nil {
			t.Fatal(err)
		}
	}
	bad := filepath.Join(dir, hex.EncodeToString(append([]byte("babe"), make([]byte, 32)...)))
	if err := os.WriteFile(bad, []byte(`"//Ali`), 0o600); err != nil { // not written completely yet
		t.Fatal(err)
	}
	for range 2 {
		if err := reload(); !errors.Is(err, ErrKeyFile) {
			t.Errorf("with a bad file: %v, want %v", err, ErrKeyFile)
		}
		for _, kind := range KeyTypes() {
			if !s.Has(kind, publicOf(t, kind.Scheme())) {
				t.Errorf("%s key was not taken up", kind)
			}
		}
	}
	a.waiting(t, s)
	if err := os.Remove(bad); err != nil {
		t.Fatal(err)
	}
	seen := asked
	if err := reload(); err != nil || asked != seen {
		t.Errorf("nothing new: %v, chain asked %d times, want %d", err, asked, seen)
	}
}

// TestInsertIsBounded: a keystore does not take ever more keys, but one again that it
// has.
func TestInsertIsBounded(t *testing.T) {
	t.Parallel()
	s := openIn(t, t.TempDir(), NewMemory(), ChainState{})
	for i := range maxKeys {
		if _, err := s.cfg.Keystore.InsertMemory(ParaAssignment, fmt.Sprint("//", i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Generate(ParaAssignment); err != ErrKeys {
		t.Errorf("one more: %v, want %v", err, ErrKeys)
	}
	if _, err := s.cfg.Keystore.Insert(ParaAssignment, "//0"); err != nil {
		t.Errorf("one that is there: %v", err)
	}
	if _, err := s.Generate(BABE); err != nil {
		t.Errorf("another type: %v", err)
	}
}
