package build

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// echo is a guest of this repository, from its root.
const echo = "./parachain/pvf/testdata/guests/echo"

// root is the repository's root folder.
const root = "../../.."

// sources are what echo needs, from the root.
var sources = []string{"go.mod", "go.sum", "parachain/pvf/testdata/guests/echo", "parachain/sdk/guest", "relay/crypto/hash"}

// copySources copies what echo needs to a new folder.
func copySources(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, from := range sources {
		err := filepath.WalkDir(filepath.Join(root, from), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			to := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				return err
			}
			return os.WriteFile(to, b, 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestReproducible: the bytes do not depend on the folder, on the state of a git
// tree around it, on the outer environment or on the user's go configuration.
func TestReproducible(t *testing.T) {
	ctx := t.Context()
	here, err := Guest(ctx, Config{Dir: root, NoCache: true}, echo)
	if err != nil {
		t.Fatal(err)
	}
	dir := copySources(t)
	dirtyRepository(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "go.work"), []byte("go 1.26\n\nuse .\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "goenv")
	if err := os.WriteFile(config, []byte("GOFLAGS=-tags=other\nGOWASM=signext\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"GOENV": config, "GOFLAGS": "-trimpath=false -buildvcs=true -tags=other", "CGO_ENABLED": "1",
		"GOWASM": "satconv", "GOARCH": "arm64", "GOOS": "darwin", "GODEBUG": "http2client=0",
		"GOWORK": filepath.Join(dir, "go.work"), "GOEXPERIMENT": "nodwarf5",
	} {
		t.Setenv(key, value)
	}
	there, err := Guest(ctx, Config{Dir: filepath.Join(dir, "relay"), NoCache: true}, "."+echo)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(here, there) {
		t.Errorf("guest built here has %d bytes, elsewhere %d other ones", len(here), len(there))
	}
	if !bytes.HasPrefix(here, []byte("\x00asm\x01\x00\x00\x00")) {
		t.Errorf("not a wasm module: %x…", here[:8])
	}
}

// dirtyRepository makes dir a git tree with a commit and a change on top.
func dirtyRepository(t *testing.T, dir string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Log("git is not installed: folder stays outside a repository")
		return
	}
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "-A"},
		{"-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "sources"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "untracked"), []byte("dirty"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCache(t *testing.T) {
	ctx := t.Context()
	dir := copySources(t)
	c := Config{Dir: dir, CacheDir: t.TempDir()}
	first, err := Guest(ctx, c, echo)
	if err != nil {
		t.Fatal(err)
	}
	kept := only(t, c.CacheDir)
	// A guest from the cache is told by a byte that only the file has.
	marked := append(bytes.Clone(first), "marked"...)
	tc, err := newToolchain(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	key, err := tc.key(ctx, echo)
	if err != nil {
		t.Fatal(err)
	}
	if err := cache(c.CacheDir).store(key, marked); err != nil {
		t.Fatal(err)
	}
	if got, err := Guest(ctx, c, echo); err != nil || !bytes.Equal(got, marked) {
		t.Errorf("unchanged sources were built again: %d bytes, %v", len(got), err)
	}
	// A damaged file counts as none.
	b, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(kept, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Guest(ctx, c, echo); err != nil || !bytes.Equal(got, first) {
		t.Errorf("damaged cache: %d bytes, %v; want a new build", len(got), err)
	}
	// A changed source has another key.
	changed := filepath.Join(dir, "parachain/sdk/guest/guest.go")
	source, err := os.ReadFile(changed)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(changed, append(source, "\n// changed\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := tc.key(ctx, echo); err != nil || again == key {
		t.Errorf("key of changed sources: %x, %v; want another than %x", again, err, key)
	}
}

// only returns the path of the only file in dir.
func only(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d files in the cache, %v; want 1", len(entries), err)
	}
	return filepath.Join(dir, entries[0].Name())
}

func TestErrors(t *testing.T) {
	ctx := t.Context()
	if _, err := Guest(ctx, Config{Dir: root, Go: filepath.Join(t.TempDir(), "go")}, echo); !errors.Is(err, ErrNoGo) {
		t.Errorf("no go command: got %v, want %v", err, ErrNoGo)
	}
	if _, err := Guest(ctx, Config{Dir: t.TempDir()}, echo); !errors.Is(err, ErrNoModule) {
		t.Errorf("no module: got %v, want %v", err, ErrNoModule)
	}
	if _, err := Guest(ctx, Config{Dir: root, NoCache: true}, "./parachain/sdk/guest"); err == nil {
		t.Error("not a main package: built")
	}
	_, err := Guest(ctx, Config{Dir: root, NoCache: true}, "./parachain/nothing/here")
	if err == nil || !strings.Contains(err.Error(), "parachain/nothing/here") {
		t.Errorf("no such package: got %v, want the compiler's words", err)
	}

	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module m\n\ngo 1.20\n\ntoolchain go1.20.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOTOOLCHAIN", "local")
	_, err = Guest(ctx, Config{Dir: dir}, ".")
	if !errors.Is(err, ErrGoVersion) || !strings.Contains(err.Error(), "go1.20.1") {
		t.Errorf("other release pinned: got %v, want %v", err, ErrGoVersion)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Guest(canceled, Config{Dir: root}, echo); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: got %v", err)
	}
}
