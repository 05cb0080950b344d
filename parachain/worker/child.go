package worker

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/rampart-chain/rampart/parachain/pvf"
)

// Arg is the first argument of a worker process.
const Arg = "pvf-worker"

// softMemory is where a worker collects garbage even during a call, in bytes.
const softMemory = 1 << 30

// Main is the first line of main, and of TestMain where a test needs the process. If
// this process was started as a worker it serves its node and never returns; else it
// does nothing.
func Main() {
	if len(os.Args) < 2 || os.Args[1] != Arg {
		return
	}
	// An interrupt at the terminal is for the node, which then closes the pipe.
	signal.Ignore(os.Interrupt)
	out := os.Stdout
	os.Stdout = os.Stderr // nothing else may write frames
	// Guest code cannot be preempted: one thread runs it, one watches the pipe.
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	if err := serve(frames(os.Stdin), out); err != nil {
		fmt.Fprintln(os.Stderr, "pvf-worker:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// frames reads what the node sends. When the pipe ends the process ends, even in the
// middle of a call: the node is gone.
func frames(in io.Reader) <-chan frame {
	ch := make(chan frame)
	go func() {
		r := bufio.NewReader(in)
		for {
			f, err := readFrame(r, limit{kindConfig: maxText, kindJob: 32 + maxFrame, kindCode: maxFrame, kindAbort: 0})
			if errors.Is(err, errProtocol) {
				fmt.Fprintln(os.Stderr, "pvf-worker:", err)
				os.Exit(1)
			}
			if err != nil {
				os.Exit(0)
			}
			ch <- f
		}
	}()
	return ch
}

// server is the state of a worker process; one goroutine owns it.
type server struct {
	in        <-chan frame
	out       io.Writer
	settings  settings
	artifacts *artifacts
}

func serve(in <-chan frame, out io.Writer) error {
	f := <-in
	if f.kind != kindConfig {
		return fmt.Errorf("frame of kind %d before config: %w", f.kind, errProtocol)
	}
	set, err := decodeSettings(f.body)
	if err != nil {
		return err
	}
	s := &server{in: in, out: out, settings: set}
	s.artifacts = &artifacts{dir: set.cacheDir, most: set.artifacts, limits: set.limits, log: s.log}
	// The collector would wait for a guest that never ends and stop the goroutine
	// that watches the pipe. So it rests during calls and runs between them.
	debug.SetMemoryLimit(softMemory)
	debug.SetGCPercent(-1)
	if err := writeFrame(out, kindHello, []byte(pvf.EngineVersion)); err != nil {
		return err
	}
	for f := range in {
		if f.kind != kindJob || len(f.body) < 32 {
			return fmt.Errorf("frame of kind %d with %d bytes instead of a job: %w", f.kind, len(f.body), errProtocol)
		}
		if err := s.job([32]byte(f.body[:32]), f.body[32:]); err != nil {
			return err
		}
		collect()
	}
	return nil
}

// job answers one job. Its error ends the process.
func (s *server) job(codeHash [32]byte, params []byte) error {
	a, err := s.artifact(codeHash)
	if errors.Is(err, errProtocol) {
		return err
	}
	if err == nil {
		if err := writeFrame(s.out, kindPrepared); err != nil {
			return err
		}
		var result []byte
		if result, err = a.Execute(params, s.settings.limits); err == nil {
			return writeFrame(s.out, kindResult, result)
		}
	}
	if reason := pvf.Reason(""); errors.As(err, &reason) {
		details := strings.TrimSuffix(strings.TrimSuffix(err.Error(), string(reason)), ": ")
		details = details[:min(len(details), maxText-len(reason)-1)]
		return writeFrame(s.out, kindInvalid, []byte(reason), []byte{0}, []byte(details))
	}
	text := err.Error()
	return writeFrame(s.out, kindLocal, []byte(text[:min(len(text), maxText)]))
}

// errNoCode: the node cannot get the code of the job either.
var errNoCode = errors.New("code is not available")

// artifact returns the compiled code of that hash, asking the node for the code if
// it is not in memory.
func (s *server) artifact(codeHash [32]byte) (*pvf.Artifact, error) {
	if a, ok := s.artifacts.find(codeHash); ok {
		return a, nil
	}
	if err := writeFrame(s.out, kindNeed); err != nil {
		return nil, fmt.Errorf("%w: %v", errProtocol, err)
	}
	f := <-s.in
	switch f.kind {
	case kindAbort:
		return nil, errNoCode
	case kindCode:
	default:
		return nil, fmt.Errorf("frame of kind %d instead of code: %w", f.kind, errProtocol)
	}
	debug.SetGCPercent(100)
	a, err := s.artifacts.prepare(codeHash, f.body)
	debug.SetGCPercent(-1)
	runtime.GC() // and no cycle is under way when the call begins
	return a, err
}

// log passes a line on. A pipe that cannot be written has lost its node, which the
// reading side notices.
func (s *server) log(level pvf.Level, line []byte) {
	_ = writeFrame(s.out, kindLog, []byte{byte(level)}, line)
}

// collect frees what a job left behind and gives back what is much.
func collect() {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapIdle-m.HeapReleased > 64<<20 {
		debug.FreeOSMemory()
	}
}
