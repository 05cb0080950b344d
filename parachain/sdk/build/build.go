package build

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

var (
	// ErrNoGo: there is no go command.
	ErrNoGo = errors.New("no go command found; guests are built with the Go toolchain, see https://go.dev/dl")
	// ErrGoVersion: the go command is not the release that go.mod pins, and may not
	// fetch it (GOTOOLCHAIN=local) or could not.
	ErrGoVersion = errors.New("wrong Go release for reproducible guests")
	// ErrNoModule: the folder is not inside a Go module.
	ErrNoModule = errors.New("not inside a Go module")
	// ErrTooLarge: the guest exceeds MaxBytes.
	ErrTooLarge = errors.New("guest exceeds the size limit")
)

// MaxBytes bounds a built guest.
const MaxBytes = 64 << 20

// Config says where things are. Nothing in it changes the bytes of a guest.
type Config struct {
	// Dir is a folder inside the module. Default: the current one.
	Dir string
	// Go is the go command. Default: "go" in PATH.
	Go string
	// CacheDir keeps guests, keyed by sources and Go release. Default:
	// rampart/guests in the user's cache folder.
	CacheDir string
	// NoCache builds always and keeps nothing.
	NoCache bool
}

// Guest builds the main package pkg, an import path or a path relative to c.Dir that
// starts with "./", and returns the module's bytes.
//
// Errors: ErrNoGo, ErrGoVersion, ErrNoModule, ErrTooLarge; what the compiler said;
// those of the file system; ctx's.
func Guest(ctx context.Context, c Config, pkg string) ([]byte, error) {
	t, err := newToolchain(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("guest %s: %w", pkg, err)
	}
	code, err := t.guest(ctx, c, pkg)
	if err != nil {
		return nil, fmt.Errorf("guest %s: %w", pkg, err)
	}
	return code, nil
}

func (t *toolchain) guest(ctx context.Context, c Config, pkg string) ([]byte, error) {
	if c.NoCache {
		return t.build(ctx, pkg)
	}
	cache, err := openCache(c.CacheDir)
	if err != nil {
		return nil, err
	}
	key, err := t.key(ctx, pkg)
	if err != nil {
		return nil, err
	}
	if code, ok := cache.load(key); ok {
		return code, nil
	}
	code, err := t.build(ctx, pkg)
	if err != nil {
		return nil, err
	}
	// Sources that changed meanwhile must not be remembered under the old key.
	if again, err := t.key(ctx, pkg); err != nil || again != key {
		return code, err
	}
	return code, cache.store(key, code)
}

// buildFlags and the settings of toolchain.env decide the bytes; see doc.go.
var buildFlags = []string{"build", "-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid="}

// build runs the go command and reads what it wrote.
func (t *toolchain) build(ctx context.Context, pkg string) ([]byte, error) {
	tmp, err := os.MkdirTemp("", "rampart-guest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	out := filepath.Join(tmp, "guest.wasm")
	args := append(append([]string{}, buildFlags...), "-o", out, pkg)
	if _, err := t.run(ctx, args...); err != nil {
		return nil, err
	}
	info, err := os.Stat(out)
	if err != nil {
		return nil, fmt.Errorf("is it a main package? %w", err)
	}
	if info.Size() > MaxBytes {
		return nil, fmt.Errorf("%d bytes, at most %d: %w", info.Size(), MaxBytes, ErrTooLarge)
	}
	return os.ReadFile(out)
}
