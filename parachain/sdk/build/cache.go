package build

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
)

// cacheKey is the hash of everything that decides a guest's bytes: the Go release,
// the flags, go.mod, and each file of each package outside the standard library.
type cacheKey [sha256.Size]byte

// listedPackage is what "go list" says of a package.
type listedPackage struct {
	ImportPath string
	Dir        string
	Standard   bool
	GoFiles    []string
	SFiles     []string
	HFiles     []string
	EmbedFiles []string
}

func (t *toolchain) key(ctx context.Context, pkg string) (cacheKey, error) {
	var key cacheKey
	out, err := t.run(ctx, "list", "-deps", "-json=ImportPath,Dir,Standard,GoFiles,SFiles,HFiles,EmbedFiles", pkg)
	if err != nil {
		return key, err
	}
	h := sha256.New()
	put(h, []byte(t.release))
	for _, s := range append(append([]string{}, buildFlags...), fixed...) {
		put(h, []byte(s))
	}
	if err := putFile(h, t.gomod); err != nil {
		return key, err
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listedPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return key, fmt.Errorf("go list: %w", err)
		}
		if p.Standard {
			continue
		}
		put(h, []byte(p.ImportPath))
		for _, files := range [][]string{p.GoFiles, p.SFiles, p.HFiles, p.EmbedFiles} {
			for _, name := range files {
				put(h, []byte(name))
				if err := putFile(h, filepath.Join(p.Dir, name)); err != nil {
					return key, err
				}
			}
		}
	}
	h.Sum(key[:0])
	return key, nil
}

// put hashes b with its length, so that no two lists of strings hash the same.
func put(h hash.Hash, b []byte) {
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(len(b)))
	h.Write(n[:])
	h.Write(b)
}

func putFile(h hash.Hash, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	put(h, b)
	return nil
}

// cache is a folder of guests. A file is the SHA-256 of the module, then the module.
type cache string

func openCache(dir string) (cache, error) {
	if dir == "" {
		base, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(base, "rampart", "guests")
	}
	return cache(dir), os.MkdirAll(dir, 0o755)
}

func (c cache) path(key cacheKey) string {
	return filepath.Join(string(c), hex.EncodeToString(key[:])+".guest")
}

// load returns the guest kept under key. A damaged file counts as none.
func (c cache) load(key cacheKey) ([]byte, bool) {
	b, err := os.ReadFile(c.path(key))
	if err != nil || len(b) < sha256.Size {
		return nil, false
	}
	sum, code := b[:sha256.Size], b[sha256.Size:]
	if sha256.Sum256(code) != [sha256.Size]byte(sum) {
		return nil, false
	}
	return code, true
}

// store keeps code under key. Readers see all of it or nothing.
func (c cache) store(key cacheKey, code []byte) error {
	f, err := os.CreateTemp(string(c), "new-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	sum := sha256.Sum256(code)
	_, err = f.Write(append(sum[:], code...))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), c.path(key))
}
