package pvf

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestPrepareErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := engine(t, Config{CacheDir: dir})
	for name, c := range map[string]struct {
		change func(*tiny)
		want   Reason
	}{
		"Check refuses":          {func(m *tiny) { m.start = "\x00" }, ErrStartSection},
		"body does not validate": {func(m *tiny) { m.bodies[1] = "" }, ErrInvalidModule},
		"local out of range":     {func(m *tiny) { m.bodies[1] = "\x20\x05" }, ErrInvalidModule},
		"data beyond memory":     {func(m *tiny) { m.data = []string{"\x00\x41\x80\x80\x04\x0b\x01x"} }, ErrSegmentOutOfBounds},
		"garbage data section":   {func(m *tiny) { m.data = []string{"\x07"} }, ErrInvalidModule},
	} {
		m := valid()
		c.change(&m)
		if _, err := e.Prepare(m.encode()); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}

	// A damaged cache is nobody's fault but this machine's.
	artifact(t, e, valid().encode())
	damage(t, dir)
	fresh := engine(t, Config{CacheDir: dir})
	if _, err := fresh.Prepare(valid().encode()); err == nil || IsInvalid(err) {
		t.Errorf("damaged cache: got %v, want a local error", err)
	}
}

// damage flips a bit in the middle of every file under dir.
func damage(t *testing.T, dir string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		b[len(b)/2] ^= 1
		return os.WriteFile(path, b, 0o600)
	})
	if err != nil || files == 0 {
		t.Fatalf("damaged %d files: %v", files, err)
	}
}

func TestNewErrors(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{CacheDir: file}); err == nil || IsInvalid(err) {
		t.Errorf("cache folder is a file: got %v, want a local error", err)
	}
}

func TestConcurrentCalls(t *testing.T) {
	t.Parallel()
	a := artifact(t, engine(t, Config{}), valid().encode())
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 50 {
				params := strings.Repeat(string(rune('a'+i)), 100+i)
				if got, err := a.Execute([]byte(params), Limits{}); err != nil || string(got) != params {
					t.Errorf("got %q, %v; want %q", got, err, params)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestMemoryIsZero: a buffer used again shows nothing of the call before.
func TestMemoryIsZero(t *testing.T) {
	t.Parallel()
	m := valid()
	// _initialize grows by two pages; alloc writes 1s at 100000 and returns what was
	// there as part of the address: the echo starts elsewhere if it was not zero.
	m.bodies[0] = "\x41\x02\x40\x00\x1a"
	m.bodies[1] = "\x41\xa0\x8d\x06\x28\x02\x00" + "\x41\xa0\x8d\x06\x41\x01\x36\x02\x00" + "\x41\x10\x6a"
	m.bodies[2] = "\x20\x00\xad\x20\x01\xad\x42\x20\x86\x84"
	a := artifact(t, engine(t, Config{}), m.encode())
	for range 3 {
		got, err := a.Execute([]byte("parameters"), Limits{})
		if err != nil || string(got) != "parameters" {
			t.Fatalf("got %q, %v", got, err)
		}
		kept := a.spare.take()
		if cap(kept) < 3*PageBytes {
			t.Fatalf("kept %d bytes, want the call's three pages", cap(kept))
		}
		for i, b := range kept[:cap(kept)] {
			if b != 0 {
				t.Fatalf("byte %d of the kept memory is %d", i, b)
			}
		}
		a.spare.release(kept)
	}
}

func TestKeyNamesTheEngine(t *testing.T) {
	t.Parallel()
	gomod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(EngineVersion, "wazero-"), "/")
	if !strings.Contains(string(gomod), "github.com/tetratelabs/wazero v"+version+"\n") &&
		!strings.Contains(string(gomod), "github.com/tetratelabs/wazero v"+version+" ") {
		t.Errorf("EngineVersion %q is not the wazero of go.mod", EngineVersion)
	}
	if Key([]byte("a")) == Key([]byte("b")) {
		t.Error("two codes, one key")
	}
}
