package worker

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/parachain/pvf"
	"github.com/rampart-chain/rampart/relay/failpoint"
)

// maxLine bounds one line of the guest's log, in bytes.
const maxLine = 1024

// process is one worker process. The owner of its slot calls do; kill and dead may
// be called by anyone.
type process struct {
	config Config
	log    *zap.Logger
	cmd    *exec.Cmd
	in     *os.File      // the node writes
	out    *os.File      // the node reads
	frames *bufio.Reader // over out
	stderr *tail         // read it after exited
	exited chan struct{} // closed when the process is gone and reaped
	greet  bool          // hello is still to come
}

// start starts a worker and sends it its settings.
func start(c Config) (*process, error) {
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	out, childOut, err := os.Pipe()
	if err != nil {
		childIn.Close()
		in.Close()
		return nil, err
	}
	w := &process{
		config: c, log: c.Logger.Named("pvf"), in: in, out: out, frames: bufio.NewReader(out),
		stderr: &tail{}, exited: make(chan struct{}), greet: true,
	}
	w.cmd = exec.Command(c.Path, Arg)
	w.cmd.Env = []string{} // nothing of the node's environment
	w.cmd.Stdin, w.cmd.Stdout, w.cmd.Stderr = childIn, childOut, w.stderr
	w.cmd.WaitDelay = time.Second // a grandchild may hold the pipe of stderr
	err = w.cmd.Start()
	childIn.Close()
	childOut.Close()
	if err != nil {
		in.Close()
		out.Close()
		return nil, err
	}
	go func() { // ends with the process, which kill and the closed pipe both bring about
		// The state is read from cmd.ProcessState; a delay is no matter.
		_ = w.cmd.Wait()
		close(w.exited)
	}()
	return w, nil
}

// kill ends the process at once and makes reads and writes of its pipes fail.
func (w *process) kill() {
	_ = w.cmd.Process.Kill() // it may be gone already
	w.in.Close()
	w.out.Close()
}

func (w *process) dead() bool {
	select {
	case <-w.exited:
		return true
	default:
		return false
	}
}

// localError is a local fault that a living worker reported, or that the node met
// while the worker waited.
type localError struct{ error }

func (e *localError) Unwrap() error { return e.error }

// answers are the frames a worker may send, with their bounds.
func (w *process) answers() limit {
	return limit{
		kindHello: maxText, kindNeed: 0, kindPrepared: 0, kindLog: 1 + maxLine,
		kindResult: w.config.Limits.ResultBytes, kindInvalid: maxText, kindLocal: maxText,
	}
}

// do runs one job. It calls began when the worker starts the guest. The error is the
// worker's answer (see answered) or the end of the worker.
func (w *process) do(j job, began func()) ([]byte, error) {
	if w.greet {
		l := w.config.Limits
		set := settings{limits: l, artifacts: w.config.Artifacts, cacheDir: w.config.CacheDir}
		if err := writeFrame(w.in, kindConfig, set.encode()); err != nil {
			return nil, err
		}
		f, err := readFrame(w.frames, limit{kindHello: maxText})
		if err != nil {
			return nil, err
		}
		if string(f.body) != pvf.EngineVersion {
			return nil, fmt.Errorf("worker runs engine %q, node %q: %w", f.body, pvf.EngineVersion, errProtocol)
		}
		w.greet = false
	}
	if err := writeFrame(w.in, kindJob, j.codeHash[:], j.params); err != nil {
		return nil, err
	}
	failpoint.Here(failpoint.WorkerSent)
	return w.answer(j, began)
}

// answer reads frames until the job is answered. The worker may send each of need
// and prepared once, in this order, and so much of the log.
func (w *process) answer(j job, began func()) ([]byte, error) {
	needed, prepared := false, false
	logBytes := w.config.Limits.LogBytes + 2*maxText
	limits := w.answers()
	for {
		f, err := readFrame(w.frames, limits)
		if err != nil {
			return nil, err
		}
		switch {
		case f.kind == kindNeed && !needed && !prepared:
			needed = true
			if err := w.send(j); err != nil {
				return nil, err
			}
		case f.kind == kindPrepared && !prepared:
			prepared = true
			began()
			failpoint.Here(failpoint.WorkerPrepared)
		case f.kind == kindLog && len(f.body) > 0 && logBytes >= len(f.body):
			logBytes -= len(f.body)
			w.line(pvf.Level(f.body[0]), f.body[1:])
		case f.kind == kindResult && prepared:
			failpoint.Here(failpoint.WorkerAnswered)
			return f.body, nil
		case f.kind == kindInvalid:
			return nil, invalid(f.body)
		case f.kind == kindLocal:
			return nil, &localError{errors.New(printable(f.body))}
		default:
			return nil, fmt.Errorf("unexpected frame of kind %d: %w", f.kind, errProtocol)
		}
	}
}

// send gives the worker the job's code, or tells it that there is none.
func (w *process) send(j job) error {
	code, err := j.bytes()
	if err == nil {
		return writeFrame(w.in, kindCode, code)
	}
	if werr := writeFrame(w.in, kindAbort); werr != nil {
		return werr
	}
	// The worker confirms; its text adds nothing.
	if f, rerr := readFrame(w.frames, limit{kindLocal: maxText}); rerr != nil {
		return fmt.Errorf("frame of kind %d after abort: %w", f.kind, rerr)
	}
	if pvf.IsInvalid(err) { // whatever code means by it, it is not the guest's answer
		return &localError{fmt.Errorf("code: %v", err)}
	}
	return &localError{fmt.Errorf("code: %w", err)}
}

// line logs one line of a guest.
func (w *process) line(level pvf.Level, text []byte) {
	line := zap.String("line", printable(text))
	switch level {
	case pvf.LevelError, pvf.LevelWarn:
		w.log.Warn("guest said", line)
	case pvf.LevelInfo:
		w.log.Info("guest said", line)
	default:
		w.log.Debug("guest said", line)
	}
}

// invalid decodes reason ‖ 0 ‖ details.
func invalid(body []byte) error {
	text, details, _ := bytes.Cut(body, []byte{0})
	reason, ok := pvf.ParseReason(string(text))
	switch {
	case !ok:
		return fmt.Errorf("unknown reason: %w", errProtocol)
	case len(details) == 0:
		return reason
	}
	return fmt.Errorf("%s: %w", printable(details), reason)
}

// printable replaces what is not UTF-8: the text is the worker's.
func printable(b []byte) string { return strings.ToValidUTF8(string(b), "\ufffd") }

// tail keeps the last bytes a worker wrote to its standard error.
type tail struct{ kept []byte }

func (t *tail) Write(b []byte) (int, error) {
	const most = 2048
	t.kept = append(t.kept, b[max(0, len(b)-most):]...)
	t.kept = append(t.kept[:0], t.kept[max(0, len(t.kept)-most):]...)
	return len(b), nil
}

func (t *tail) String() string { return printable(t.kept) }
