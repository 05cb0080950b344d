package worker

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestDiskCache(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cache")
	use := func() {
		t.Helper()
		p := newPool(t, Config{CacheDir: dir})
		checkTiny(t, p)
		p.Close()
	}
	use()
	first := files(t, dir)
	if len(first) < 2 {
		t.Fatalf("kept %d files, want the compiled code and its hash", len(first))
	}
	use()
	for path, content := range files(t, dir) {
		if !bytes.Equal(content, first[path]) {
			t.Errorf("%s changed by loading", path)
		}
	}
	for path, content := range first {
		t.Run("damaged "+filepath.Base(path), func(t *testing.T) {
			changed := bytes.Clone(content)
			changed[len(changed)/2] ^= 1
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			use()
			if now := files(t, dir); len(now) != len(first) || !bytes.Equal(now[path], content) {
				t.Errorf("%d files, want %d as they were", len(now), len(first))
			}
		})
	}
	left := filepath.Join(dir, unfinished+"left")
	if err := os.MkdirAll(left, 0o700); err != nil {
		t.Fatal(err)
	}
	use()
	if _, err := os.Stat(left); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("unfinished folder: %v, want it gone", err)
	}
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(blocked, "cache")
	use() // a disk fault costs the cache, not the verdict
}

// files returns the files under dir by path.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		all[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
