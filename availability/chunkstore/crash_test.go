package chunkstore

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// written returns the file that putting data under key makes, and its name.
func written(t testing.TB, key Key, data []byte) (raw []byte, name string) {
	t.Helper()
	dir := t.TempDir()
	put(t, open(t, dir), key, data, 5)
	path := pathOf(t, dir)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw, filepath.Base(path)
}

// TestCrashWriting: the process ends after any prefix of an item was written.
// The item was not promised, so it is absent, and nothing is left of it.
func TestCrashWriting(t *testing.T) {
	key, data := Key{candidate(0x3f), 17}, []byte("some data")
	raw, _ := written(t, key, data)
	dir := t.TempDir()
	put(t, open(t, dir), Key{candidate(1), AvailableData}, []byte("earlier"), 3)
	for cut := range len(raw) + 1 {
		torn := filepath.Join(dir, tmpFolder, "put-123")
		if err := os.WriteFile(torn, raw[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir)
		holds(t, s, key, nil)
		holds(t, s, Key{candidate(1), AvailableData}, []byte("earlier"))
		if _, err := os.Stat(torn); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("after %d bytes: torn file is still there, %v", cut, err)
		}
	}
	s := open(t, dir)
	put(t, s, key, data, 5)
	holds(t, open(t, dir), key, data)
}

// TestCrashMakingFolders: the process ends after some folders were made.
func TestCrashMakingFolders(t *testing.T) {
	for _, made := range []string{"", "tmp", "3", "3/3", "f"} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, made), 0o700); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir)
		put(t, s, Key{candidate(0x33), 1}, []byte("x"), 1)
		holds(t, s, Key{candidate(0x33), 1}, []byte("x"))
	}
}

// TestCrashAfterRename: the process was killed before it synced the folder. The
// item counts, so Open syncs the folder, or fails.
func TestCrashAfterRename(t *testing.T) {
	dir := t.TempDir()
	put(t, open(t, dir), Key{candidate(0x3f), 17}, []byte("x"), 5)
	want := map[string]bool{dir: true, filepath.Join(dir, "3"): true, filepath.Join(dir, "3/f"): true}
	broken := errors.New("input/output error")
	for failing := range want {
		synced := make(map[string]bool)
		_, err := openWith(dir, func(f *os.File) error {
			synced[f.Name()] = true
			if f.Name() == failing {
				return broken
			}
			return nil
		})
		if !synced[failing] || !errors.Is(err, ErrNotDurable) {
			t.Fatalf("%s: synced %v, got %v, want %v", failing, synced, err, ErrNotDurable)
		}
	}
}

// TestDamage: whatever happens to the file of an item, Get does not return
// wrong data, and the item can be put again.
func TestDamage(t *testing.T) {
	key, data := Key{candidate(0x3f), 17}, []byte("some data")
	raw, name := written(t, key, data)
	dir := t.TempDir()
	path := filepath.Join(dir, key.folder(), name)
	s := open(t, dir)
	try := func(what string, damaged []byte) {
		t.Helper()
		put(t, s, key, data, 5)
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get(key); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%s: got %q, %v, want %v", what, got, err, ErrCorrupt)
		}
		holds(t, s, key, nil)
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("%s: damaged file is still there, %v", what, err)
		}
	}
	for cut := range len(raw) {
		try("cut", raw[:cut])
	}
	for bit := range 8 * len(raw) {
		damaged := append([]byte(nil), raw...)
		damaged[bit/8] ^= 1 << (bit % 8)
		try("flipped", damaged)
	}
	try("longer", append(raw[:len(raw):len(raw)], 0))
	other, _ := written(t, Key{candidate(0x3f), 18}, data)
	try("of another part", other)
	try("too large", make([]byte, headerSize+MaxItem+1))

	put(t, s, key, data, 5)
	if err := os.WriteFile(path, raw[:len(raw)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if _, err := s.Get(key); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("cut before opening: got %v, want %v", err, ErrCorrupt)
	}
	put(t, s, key, data, 5)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(key); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("deleted: got %v, want %v", err, ErrCorrupt)
	}
	put(t, s, key, data, 5)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	put(t, s, key, data, 6)
	holds(t, open(t, dir), key, data)
}

// TestCopies: of two files for one item the one kept longer counts.
func TestCopies(t *testing.T) {
	key, data := Key{candidate(0x3f), 17}, []byte("some data")
	raw, _ := written(t, key, data)
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, key.folder()), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, block := range []primitives.BlockNumber{58, 59, 5} {
		if err := os.WriteFile(filepath.Join(dir, key.folder(), key.name(block)), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	holds(t, s, key, data)
	if n, err := s.Prune(58); n != 0 || err != nil {
		t.Fatalf("pruned %d, %v, want none", n, err)
	}
	if n, err := s.Prune(59); n != 1 || err != nil {
		t.Fatalf("pruned %d, %v, want 1", n, err)
	}
	holds(t, open(t, dir), key, nil)
}

// TestSyncFails: what may not survive is not held, and nothing is put any more.
func TestSyncFails(t *testing.T) {
	broken := errors.New("input/output error")
	for _, failing := range []int{1, 2} { // the file, its folder
		s := open(t, t.TempDir())
		before, key := Key{candidate(1), 1}, Key{candidate(2), 2}
		put(t, s, before, []byte("x"), 1)
		if err := os.MkdirAll(filepath.Join(s.dir, key.folder()), 0o700); err != nil {
			t.Fatal(err)
		}
		syncs := 0
		s.sync = func(f *os.File) error {
			if syncs++; syncs == failing {
				return broken
			}
			return nil
		}
		for range 2 {
			if err := s.Put(key, []byte("y"), 1); !errors.Is(err, ErrNotDurable) || !errors.Is(err, broken) {
				t.Fatalf("got %v, want %v", err, ErrNotDurable)
			}
			holds(t, s, key, nil)
		}
		if syncs != failing {
			t.Fatalf("synced %d times, want %d: no trying again", syncs, failing)
		}
		holds(t, s, before, []byte("x"))
	}
}
