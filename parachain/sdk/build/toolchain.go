package build

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// maxOutput bounds what is kept of the go command's messages, in bytes.
const maxOutput = 8 << 10

// toolchain is a go command of the right release and its clean environment.
type toolchain struct {
	path    string // of the go command
	dir     string // inside the module
	release string // such as "go1.26.8"
	gomod   string // path of go.mod
	env     []string
}

// passed are the variables of the outer environment that reach the go command: where
// it works and where modules come from. None changes the bytes.
var passed = []string{
	"PATH", "HOME", "TMPDIR", "USERPROFILE", "LOCALAPPDATA", "SYSTEMROOT", "TEMP", "TMP",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR",
}

// fixed are the settings that decide the bytes.
var fixed = []string{
	"CGO_ENABLED=0", "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=",
	"GOWASM=", "GOENV=off", "GO111MODULE=on", "LC_ALL=C",
}

// kept are the go settings whose effective value outside is used inside.
var kept = []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOINSECURE"}

// newToolchain finds the go command and makes sure it is the release that go.mod
// pins. A go command that may switch releases is told to.
func newToolchain(ctx context.Context, c Config) (*toolchain, error) {
	name := c.Go
	if name == "" {
		name = "go"
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrNoGo, err)
	}
	t := &toolchain{path: path, dir: c.Dir}
	// The outer GOFLAGS might hold flags that even "go env" refuses.
	t.env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off")
	values, err := t.settings(ctx, append([]string{"GOMOD", "GOTOOLCHAIN"}, kept...))
	if err != nil {
		return nil, err
	}
	t.gomod = values["GOMOD"]
	if t.gomod == "" || t.gomod == os.DevNull {
		return nil, ErrNoModule
	}
	if t.release, err = pinnedRelease(t.gomod); err != nil {
		return nil, err
	}
	t.env = nil
	for _, key := range passed {
		if v, ok := os.LookupEnv(key); ok {
			t.env = append(t.env, key+"="+v)
		}
	}
	for _, key := range kept {
		t.env = append(t.env, key+"="+values[key])
	}
	t.env = append(t.env, fixed...)
	switching := t.release
	if values["GOTOOLCHAIN"] == "local" {
		switching = "local"
	}
	t.env = append(t.env, "GOTOOLCHAIN="+switching)
	return t, t.checkRelease(ctx)
}

// settings returns the go command's effective settings of those names.
func (t *toolchain) settings(ctx context.Context, names []string) (map[string]string, error) {
	out, err := t.run(ctx, append([]string{"env"}, names...)...)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(out), "\n") // one per name, in order
	if len(lines) < len(names) {
		return nil, fmt.Errorf("go env answered %d of %d names", len(lines), len(names))
	}
	values := make(map[string]string, len(names))
	for i, name := range names {
		values[name] = strings.TrimSpace(lines[i])
	}
	return values, nil
}

func (t *toolchain) checkRelease(ctx context.Context) error {
	out, err := t.run(ctx, "env", "GOVERSION")
	if err != nil {
		return fmt.Errorf("%w: %s pins %s: %v", ErrGoVersion, t.gomod, t.release, err)
	}
	if got := strings.TrimSpace(string(out)); got != t.release {
		return fmt.Errorf("%w: %s is %s, %s pins %s; install it or unset GOTOOLCHAIN=local",
			ErrGoVersion, t.path, got, t.gomod, t.release)
	}
	return nil
}

// pinnedRelease returns the release of the toolchain line of a go.mod, or of its go
// line if there is none.
func pinnedRelease(gomod string) (string, error) {
	text, err := os.ReadFile(gomod)
	if err != nil {
		return "", err
	}
	release := ""
	for line := range strings.Lines(string(text)) {
		switch f := strings.Fields(line); {
		case len(f) >= 2 && f[0] == "toolchain":
			return f[1], nil
		case len(f) >= 2 && f[0] == "go":
			release = "go" + f[1]
		}
	}
	if release == "" {
		return "", fmt.Errorf("%s names no Go release: %w", gomod, ErrGoVersion)
	}
	return release, nil
}

// run runs the go command and returns its output; its messages are in the error.
func (t *toolchain) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, t.path, args...)
	cmd.Dir = t.dir
	cmd.Env = t.env
	var out, messages bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		text := bytes.TrimSpace(messages.Bytes())
		text = text[:min(len(text), maxOutput)]
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, text)
	}
	return out.Bytes(), nil
}
