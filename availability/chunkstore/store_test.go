package chunkstore

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// open opens the store in dir. It does not sync: these tests end no machine.
func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := openWith(dir, func(*os.File) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// candidate returns a hash that begins with first.
func candidate(first byte) primitives.Hash { return primitives.Hash{first, 31: 7} }

// put stores an item that must be accepted.
func put(t testing.TB, s *Store, key Key, data []byte, block primitives.BlockNumber) {
	t.Helper()
	if err := s.Put(key, data, block); err != nil {
		t.Fatal(err)
	}
}

// holds checks that s returns data, or ErrNotFound if data is nil.
func holds(t testing.TB, s *Store, key Key, data []byte) {
	t.Helper()
	got, err := s.Get(key)
	if data == nil {
		if !errors.Is(err, ErrNotFound) || s.Has(key) {
			t.Fatalf("%v: got %d bytes, %v, want %v", key, len(got), err, ErrNotFound)
		}
		return
	}
	if err != nil || !bytes.Equal(got, data) || !s.Has(key) {
		t.Fatalf("%v: got %d bytes, %v, want %d bytes", key, len(got), err, len(data))
	}
}

// pathOf returns the path of the only item in the store at dir.
func pathOf(t testing.TB, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "?", "?", "*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("got files %v, %v, want one", found, err)
	}
	return found[0]
}

func TestStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "by", "open")
	s := open(t, dir)
	chunk, full := Key{candidate(0x3f), 17}, Key{candidate(0x3f), AvailableData}
	other := Key{candidate(0xf3), 17}
	holds(t, s, chunk, nil)
	put(t, s, chunk, []byte("chunk"), 10)
	put(t, s, full, []byte("everything"), 11)
	put(t, s, other, []byte{}, 12)
	check := func(s *Store) {
		t.Helper()
		holds(t, s, chunk, []byte("chunk"))
		holds(t, s, full, []byte("everything"))
		holds(t, s, other, []byte{})
		holds(t, s, Key{candidate(0x3f), 18}, nil)
		if s.Len() != 3 {
			t.Fatalf("got %d items, want 3", s.Len())
		}
	}
	check(s)
	synced, err := Open(dir + "/")
	if err != nil {
		t.Fatal(err)
	}
	check(synced)
	put(t, synced, other, nil, 13)
	check(synced)
}

func TestPut(t *testing.T) {
	key := Key{candidate(1), 0}
	t.Run("a later block keeps the item longer", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, dir)
		put(t, s, key, []byte("x"), 10)
		put(t, s, key, []byte("x"), 20)
		put(t, s, key, []byte("x"), 15)
		for _, s := range []*Store{s, open(t, dir)} {
			if n, err := s.Prune(19); n != 0 || err != nil {
				t.Fatalf("pruned %d, %v, want none", n, err)
			}
			holds(t, s, key, []byte("x"))
		}
		if n, err := s.Prune(20); n != 1 || err != nil {
			t.Fatalf("pruned %d, %v, want 1", n, err)
		}
		holds(t, s, key, nil)
		holds(t, open(t, dir), key, nil)
	})
	t.Run("too large", func(t *testing.T) {
		s := open(t, t.TempDir())
		if err := s.Put(key, make([]byte, MaxItem+1), 1); !errors.Is(err, ErrTooLarge) {
			t.Fatalf("got %v, want %v", err, ErrTooLarge)
		}
	})
	t.Run("the largest", func(t *testing.T) {
		s := open(t, t.TempDir())
		put(t, s, key, make([]byte, MaxItem), 1)
		holds(t, s, key, make([]byte, MaxItem))
	})
	t.Run("an error leaves nothing behind", func(t *testing.T) {
		dir := t.TempDir()
		s := open(t, dir)
		blocking := filepath.Join(dir, key.folder(), key.name(1), "x")
		if err := os.MkdirAll(blocking, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := s.Put(key, []byte("x"), 1); err == nil {
			t.Fatal("stored where there is a folder")
		}
		holds(t, s, key, nil)
		if left, err := os.ReadDir(filepath.Join(dir, tmpFolder)); len(left) != 0 || err != nil {
			t.Fatalf("left %v, %v", left, err)
		}
		if err := os.RemoveAll(filepath.Dir(blocking)); err != nil {
			t.Fatal(err)
		}
		put(t, s, key, []byte("x"), 1)
	})
}

func TestPrune(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range byte(20) {
		put(t, s, Key{candidate(i), Part(i)}, []byte{i}, primitives.BlockNumber(i/2))
	}
	if n, err := s.Prune(4); n != 10 || err != nil {
		t.Fatalf("pruned %d, %v, want 10", n, err)
	}
	if n, err := s.Prune(4); n != 0 || err != nil {
		t.Fatalf("pruned %d, %v, want none", n, err)
	}
	for _, s := range []*Store{s, open(t, dir)} {
		for i := range byte(20) {
			var want []byte
			if i >= 10 {
				want = []byte{i}
			}
			holds(t, s, Key{candidate(i), Part(i)}, want)
		}
	}
	if n, err := s.Prune(1<<32 - 1); n != 10 || err != nil || s.Len() != 0 {
		t.Fatalf("pruned %d, %v, %d left, want 10 and 0", n, err, s.Len())
	}
}

func TestOpenRefuses(t *testing.T) {
	key := Key{candidate(0x3f), 17}
	name := key.name(10)
	for _, c := range []struct {
		name, file string
	}{
		{"file at the top", "notes.txt"},
		{"file named like a folder", "a"},
		{"folder at the top", "g/x"},
		{"file between", "3/readme"},
		{"folder between", "3/zz/x"},
		{"file in tmp", "tmp/x"},
		{"item in another's folder", "3/e/" + name},
		{"name cut", "3/f/" + name[1:]},
		{"upper case", "3/f/" + strings.ToUpper(name)},
		{"leading zero", "3/f/" + strings.Replace(name, ".17.", ".017.", 1)},
		{"AvailableData as a number", "3/f/" + strings.Replace(name, ".17.", ".4294967295.", 1)},
		{"block beyond 32 bits", "3/f/" + strings.Replace(name, ".10", ".4294967296", 1)},
		{"folder named like an item", "3/f/" + name + "/x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, c.file)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, c.file), []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(dir)
			if !errors.Is(err, ErrForeign) {
				t.Fatalf("got %v, want %v", err, ErrForeign)
			}
			if got, err := os.ReadFile(filepath.Join(dir, c.file)); err != nil || string(got) != "mine" {
				t.Fatalf("foreign file was touched: %q, %v", got, err)
			}
		})
	}
	t.Run("a file in the way", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{file, filepath.Join(file, "below")} {
			if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), file) {
				t.Errorf("%s: got %v, want an error that names it", dir, err)
			}
		}
	})
	t.Run("not writable", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root may write anywhere")
		}
		dir := t.TempDir()
		open(t, dir)
		tmp := filepath.Join(dir, tmpFolder)
		if err := os.Chmod(tmp, 0o500); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(tmp, 0o700)
		if _, err := Open(dir); !errors.Is(err, os.ErrPermission) {
			t.Fatalf("got %v, want %v", err, os.ErrPermission)
		}
	})
}

func TestName(t *testing.T) {
	for _, part := range []Part{0, 9, 9999, AvailableData - 1, AvailableData} {
		for _, block := range []primitives.BlockNumber{0, 10, 1<<32 - 1} {
			key := Key{candidate(0xab), part}
			got, at, ok := parseName(key.name(block))
			if !ok || got != key || at != block {
				t.Errorf("%s: got %v %d %v", key.name(block), got, at, ok)
			}
		}
	}
}
