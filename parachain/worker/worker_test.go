package worker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/rampart-chain/rampart/parachain/pvf"
	"github.com/rampart-chain/rampart/parachain/sdk/build"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// long is a deadline that only a broken test reaches.
const long = time.Minute

var (
	echo, hostile []byte
	// compiled is a folder in which tests share compiled guests.
	compiled string
	// self is this test's binary, whose TestMain calls Main.
	self string
)

func TestMain(m *testing.M) {
	Main()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	flag.Parse()
	if flag.Lookup("test.fuzz").Value.String() != "" {
		return m.Run() // no fuzz target needs guests, and each of its processes would make them
	}
	err := prepareTests()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(compiled)
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func prepareTests() (err error) {
	if self, err = os.Executable(); err != nil {
		return err
	}
	guest := func(name string) ([]byte, error) {
		return build.Guest(context.Background(), build.Config{}, "../pvf/testdata/guests/"+name)
	}
	if echo, err = guest("echo"); err != nil {
		return err
	}
	if hostile, err = guest("hostile"); err != nil {
		return err
	}
	if compiled, err = os.MkdirTemp("", "rampart-worker-"); err != nil {
		return err
	}
	p, err := New(Config{Path: self, CacheDir: compiled, Workers: 1})
	if err != nil {
		return err
	}
	defer p.Close()
	for _, code := range [][]byte{echo, hostile} { // compile once, not in every test
		if _, err = call(p, code, "e"); err != nil {
			return err
		}
	}
	return nil
}

// tiny is a guest put together by hand that echoes its parameters: alloc returns 16,
// validate_block its arguments. It compiles in no time.
const tiny = "\x00asm\x01\x00\x00\x00" +
	"\x01\x0f\x03\x60\x00\x00\x60\x01\x7f\x01\x7f\x60\x02\x7f\x7f\x01\x7e" + // types
	"\x03\x04\x03\x00\x01\x02" + // functions
	"\x05\x03\x01\x00\x01" + // memory of one page
	"\x07\x31\x04\x0b_initialize\x00\x00\x05alloc\x00\x01\x0evalidate_block\x00\x02\x06memory\x02\x00" +
	"\x0a\x16\x03\x02\x00\x0b\x04\x00\x41\x10\x0b\x0c\x00\x20\x00\xad\x20\x01\xad\x42\x20\x86\x84\x0b"

// checkTiny checks that p runs the tiny guest.
func checkTiny(t *testing.T, p *Pool) {
	t.Helper()
	if got, err := call(p, []byte(tiny), "echo"); err != nil || string(got) != "echo" {
		t.Errorf("got %q, %v; want the echo", got, err)
	}
}

// newPool returns a pool that closes with the test.
func newPool(t testing.TB, c Config) *Pool {
	t.Helper()
	if c.Path == "" {
		c.Path = self
	}
	if c.CacheDir == "" {
		c.CacheDir = compiled
	}
	if c.Workers == 0 {
		c.Workers = 1
	}
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// call executes a guest with a long deadline.
func call(p *Pool, code []byte, params string) ([]byte, error) {
	return p.Execute(context.Background(), hash.Blake2b256(code), source(code), []byte(params), long)
}

func source(code []byte) func() ([]byte, error) {
	return func() ([]byte, error) { return code, nil }
}

// checkEcho checks that p still works.
func checkEcho(t *testing.T, p *Pool, params string) {
	t.Helper()
	sum := hash.Blake2b256([]byte(params))
	if got, err := call(p, echo, params); err != nil || string(got) != string(sum[:])+params {
		t.Errorf("got %d bytes, %v; want hash and echo of %d bytes", len(got), err, len(params))
	}
}

func TestExecute(t *testing.T) {
	t.Parallel()
	p := newPool(t, Config{})
	checkEcho(t, p, "parameters")
	checkEcho(t, p, "")
	checkEcho(t, p, strings.Repeat("p", 5<<20))
	first := p.processes[0].Load()

	for what, want := range map[string]pvf.Reason{"p": pvf.ErrTrap, "x": pvf.ErrExit, "?": pvf.ErrRefused} {
		if _, err := call(p, hostile, what); !errors.Is(err, want) {
			t.Errorf("guest does %q: got %v, want %v", what, err, want)
		}
	}
	if got, err := call(p, hostile, "e"); err != nil || len(got) != 0 {
		t.Errorf("empty result: got %v, %v", got, err)
	}
	bad := []byte("no module")
	if _, err := call(p, bad, ""); !errors.Is(err, pvf.ErrMalformed) {
		t.Errorf("malformed code: got %v, want %v", err, pvf.ErrMalformed)
	}
	if p.processes[0].Load() != first || first.dead() {
		t.Error("a guest's fault cost the worker")
	}
	if _, err := call(p, echo, strings.Repeat("p", 16<<20+1)); !errors.Is(err, pvf.ErrParamsTooLarge) || pvf.IsInvalid(err) {
		t.Errorf("huge parameters: got %v, want the local %v", err, pvf.ErrParamsTooLarge)
	}
}

func TestCodeIsSentOnce(t *testing.T) {
	t.Parallel()
	p := newPool(t, Config{Artifacts: 1})
	sent := 0
	counted := func(code []byte) {
		t.Helper()
		fetch := func() ([]byte, error) { sent++; return code, nil }
		_, err := p.Execute(context.Background(), hash.Blake2b256(code), fetch, []byte("e"), long)
		if err != nil {
			t.Error(err)
		}
	}
	for range 3 {
		counted(echo)
	}
	if sent != 1 {
		t.Errorf("code was fetched %d times for three jobs, want 1", sent)
	}
	counted(hostile) // takes the only place
	counted(echo)
	if sent != 3 {
		t.Errorf("code was fetched %d times with room for one, want 3", sent)
	}

	unavailable := errors.New("unavailable")
	_, err := p.Execute(context.Background(), [32]byte{1}, func() ([]byte, error) { return nil, unavailable }, nil, long)
	if !errors.Is(err, unavailable) || pvf.IsInvalid(err) {
		t.Errorf("no code: got %v, want %v", err, unavailable)
	}
	_, err = p.Execute(context.Background(), [32]byte{1}, func() ([]byte, error) { return nil, pvf.ErrTrap }, nil, long)
	if err == nil || pvf.IsInvalid(err) {
		t.Errorf("no code for a strange reason: got %v, want a local error", err)
	}
	if _, err = p.Execute(context.Background(), [32]byte{1}, source(echo), nil, long); !errors.Is(err, ErrCodeHash) {
		t.Errorf("other code: got %v, want %v", err, ErrCodeHash)
	}
	checkTiny(t, p)
}

// said is a logger whose lines arrive on a channel.
func said(t *testing.T) (*zap.Logger, <-chan string) {
	t.Helper()
	lines := make(chan string, 1000)
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(lineWriter(lines)), zap.DebugLevel)
	return zap.New(core), lines
}

type lineWriter chan string

func (w lineWriter) Write(b []byte) (int, error) {
	w <- string(b)
	return len(b), nil
}

// await waits for a line that contains text.
func await(t *testing.T, lines <-chan string, text string) {
	t.Helper()
	timeout := time.After(long)
	for {
		select {
		case l := <-lines:
			if strings.Contains(l, text) {
				return
			}
		case <-timeout:
			t.Fatalf("no line with %q in %v", text, long)
		}
	}
}

// gone waits for the end of a process.
func gone(t *testing.T, w *process) {
	t.Helper()
	select {
	case <-w.exited:
	case <-time.After(long):
		t.Fatalf("worker still runs after %v", long)
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	p := newPool(t, Config{})
	checkTiny(t, p)
	looping := p.processes[0].Load()
	_, err := p.Execute(context.Background(), hash.Blake2b256(hostile), source(hostile), []byte("l"), 100*time.Millisecond)
	if !errors.Is(err, ErrDeadline) || pvf.IsInvalid(err) {
		t.Errorf("endless guest: got %v, want the local %v", err, ErrDeadline)
	}
	if !looping.dead() {
		t.Error("endless guest still runs")
	}
	checkTiny(t, p)
}

func TestCancel(t *testing.T) {
	t.Parallel()
	log, lines := said(t)
	p := newPool(t, Config{Logger: log})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		await(t, lines, "looping")
		cancel()
	}()
	_, err := p.Execute(ctx, hash.Blake2b256(hostile), source(hostile), []byte("l"), long)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("canceled job: got %v", err)
	}
	checkTiny(t, p)
}

func TestWorkerKilled(t *testing.T) {
	t.Parallel()
	p := newPool(t, Config{})
	t.Run("during a job", func(t *testing.T) {
		times := 0
		fetch := func() ([]byte, error) { // called while the worker waits
			if times++; times == 1 {
				sigkill(t, p)
			}
			return echo, nil
		}
		got, err := p.Execute(context.Background(), hash.Blake2b256(echo), fetch, []byte("x"), long)
		if err != nil || len(got) != 33 || times != 2 {
			t.Errorf("got %d bytes, %v after %d attempts; want the echo after 2", len(got), err, times)
		}
	})
	t.Run("while idle", func(t *testing.T) {
		w := p.processes[0].Load()
		sigkill(t, p)
		gone(t, w)
		checkEcho(t, p, "x")
	})
	t.Run("every time", func(t *testing.T) {
		times := 0
		fetch := func() ([]byte, error) { times++; sigkill(t, p); return hostile, nil }
		_, err := p.Execute(context.Background(), hash.Blake2b256(hostile), fetch, []byte("e"), long)
		if !errors.Is(err, ErrWorkerDied) || pvf.IsInvalid(err) || times != 2 {
			t.Errorf("got %v after %d attempts; want the local %v after 2", err, times, ErrWorkerDied)
		}
		if !strings.Contains(fmt.Sprint(err), "killed") {
			t.Errorf("%v does not say how the worker died", err)
		}
	})
	checkTiny(t, p)
}

// sigkill kills the only worker of p from outside.
func sigkill(t *testing.T, p *Pool) {
	t.Helper()
	other, err := os.FindProcess(p.processes[0].Load().cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Kill(); err != nil {
		t.Fatal(err)
	}
}

// TestPipeCloses: a worker whose node is gone ends, even in an endless guest.
func TestPipeCloses(t *testing.T) {
	t.Parallel()
	log, lines := said(t)
	w, err := start(Config{Path: self, CacheDir: compiled, Logger: log}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	defer w.kill()
	done := make(chan error, 1)
	go func() {
		_, err := w.do(job{codeHash: hash.Blake2b256(hostile), code: source(hostile), params: []byte("l")}, func() {})
		done <- err
	}()
	await(t, lines, "looping")
	w.in.Close()
	gone(t, w)
	if got := w.cmd.ProcessState.String(); got != "exit status 0" {
		t.Errorf("worker ended with %s: %s", got, w.stderr)
	}
	if err := <-done; err == nil {
		t.Error("endless job returned")
	}

	idle, err := start(Config{Path: self}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	defer idle.kill()
	idle.in.Close()
	gone(t, idle)
}

func TestClose(t *testing.T) {
	t.Parallel()
	log, lines := said(t)
	p := newPool(t, Config{Logger: log, Workers: 2})
	done := make(chan error, 3)
	for range cap(done) { // two run, one waits
		go func() {
			_, err := call(p, hostile, "l")
			done <- err
		}()
	}
	await(t, lines, "looping")
	await(t, lines, "looping")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	for i := range p.processes {
		if w := p.processes[i].Load(); w != nil && !w.dead() {
			t.Error("a worker outlived the pool")
		}
	}
	for range cap(done) {
		if err := <-done; !errors.Is(err, ErrClosed) {
			t.Errorf("running job: got %v, want %v", err, ErrClosed)
		}
	}
	if _, err := call(p, echo, "x"); !errors.Is(err, ErrClosed) {
		t.Errorf("job after Close: got %v, want %v", err, ErrClosed)
	}
}

func TestWorkerHasNothingOfTheNode(t *testing.T) {
	t.Setenv("RAMPART_SECRET", "visible")
	secret, err := os.Create(filepath.Join(t.TempDir(), "secret"))
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	p := newPool(t, Config{})
	if got := p.RSS(); got != 0 {
		t.Errorf("RSS without workers = %d", got)
	}
	checkEcho(t, p, "x")
	w := p.processes[0].Load()
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		t.Skip("no /proc")
	}
	if got := p.RSS(); got < 4<<20 || got > 1<<30 {
		t.Errorf("RSS = %d, want some megabytes", got)
	}
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", w.cmd.Process.Pid))
	if err != nil || len(environ) != 0 {
		t.Errorf("worker's environment: %q, %v; want none", environ, err)
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", w.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range open {
		if to, _ := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", w.cmd.Process.Pid, f.Name())); to == secret.Name() {
			t.Errorf("worker holds %s open", to)
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"no path":          {},
		"negative workers": {Path: self, Workers: -1},
		"huge limit":       {Path: self, Limits: pvf.Limits{ResultBytes: 1 << 30}},
	} {
		if _, err := New(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	p := newPool(t, Config{Path: filepath.Join(t.TempDir(), "nothing")})
	if _, err := call(p, echo, "x"); !errors.Is(err, fs.ErrNotExist) || pvf.IsInvalid(err) {
		t.Errorf("no such binary: got %v, want %v", err, fs.ErrNotExist)
	}
	s := settings{limits: pvf.Limits{MemoryPages: 7}.WithDefaults(), artifacts: 3, cacheDir: "/somewhere"}
	if got, err := decodeSettings(s.encode()); err != nil || got != s {
		t.Errorf("settings after a pipe: %+v, %v; want %+v", got, err, s)
	}
}
