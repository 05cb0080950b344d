package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/parachain/pvf"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// Local errors: never a reason to vote against a candidate.
var (
	// ErrDeadline: the call took longer than its wall-clock deadline.
	ErrDeadline = errors.New("execution deadline passed")
	// ErrPrepareDeadline: starting the worker or compiling took too long.
	ErrPrepareDeadline = errors.New("preparation deadline passed")
	// ErrWorkerDied: two processes in a row died, or broke the protocol, over a job.
	ErrWorkerDied = errors.New("worker died")
	// ErrCodeHash: the caller's code does not have the caller's hash.
	ErrCodeHash = errors.New("code does not match its hash")
	// ErrClosed: the pool is closed.
	ErrClosed = errors.New("worker pool is closed")
)

// Pool runs validation functions in worker processes. It is safe for concurrent use.
type Pool struct {
	config Config
	// idle holds the index of every worker that runs no job. Who takes an index owns
	// processes[index] until it gives the index back.
	idle chan int
	// processes are atomic because Close and RSS look at workers they do not own. nil:
	// not started.
	processes []atomic.Pointer[process]
	closed    atomic.Bool
	metrics   metrics
}

// New returns a pool whose workers start when there is work.
func New(config Config) (*Pool, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	if config.CacheDir != "" {
		if err := removeUnfinished(config.CacheDir); err != nil {
			return nil, fmt.Errorf("worker cache: %w", err)
		}
	}
	p := &Pool{
		config:    config,
		idle:      make(chan int, config.Workers),
		processes: make([]atomic.Pointer[process], config.Workers),
		metrics:   newMetrics(config.Registerer),
	}
	for i := range config.Workers {
		p.idle <- i
	}
	return p, nil
}

// Run closes the pool when ctx ends, and returns when no worker is left.
func (p *Pool) Run(ctx context.Context) error {
	<-ctx.Done()
	p.Close()
	return nil
}

// Close ends running jobs with ErrClosed and all workers, and waits for them. A second
// call does nothing.
func (p *Pool) Close() {
	if p.closed.Swap(true) {
		return
	}
	for i := range p.processes {
		if w := p.processes[i].Load(); w != nil {
			w.kill()
		}
	}
	for range p.processes {
		if w := p.processes[<-p.idle].Load(); w != nil {
			w.kill()
			<-w.exited
		}
	}
	close(p.idle)
}

// Execute runs the code of that BLAKE2b-256 hash on params. code is called when the
// worker does not have it, perhaps twice, perhaps never. deadline bounds the call;
// compiling has Config.PrepareDeadline.
//
// A result is the guest's answer. An error for which pvf.IsInvalid is true says the
// candidate, or the code itself, is invalid. Every other error is local: those above,
// those of pvf, code's, ctx's, or a worker that cannot be started. A worker that
// dies is replaced and the job tried once more.
func (p *Pool) Execute(ctx context.Context, codeHash [32]byte, code func() ([]byte, error), params []byte,
	deadline time.Duration) ([]byte, error) {
	if most := p.config.Limits.ParamsBytes; len(params) > most {
		return nil, fmt.Errorf("%d bytes, at most %d: %w", len(params), most, pvf.ErrParamsTooLarge)
	}
	p.metrics.enqueued.Inc()
	defer p.metrics.finished.Inc()
	var i int
	select {
	case got, ok := <-p.idle:
		if !ok {
			return nil, ErrClosed
		}
		i = got
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { p.idle <- i }()
	j := job{codeHash: codeHash, code: code, params: params, deadline: deadline}
	result, err := p.attempt(ctx, &p.processes[i], j)
	if errors.Is(err, ErrWorkerDied) {
		p.config.Logger.Warn("validation retried", zap.Error(err))
		result, err = p.attempt(ctx, &p.processes[i], j)
	}
	return result, err
}

// attempt runs j in the worker of slot, starting one if there is none that lives.
// After any error of the process the slot's worker is dead.
func (p *Pool) attempt(ctx context.Context, slot *atomic.Pointer[process], j job) ([]byte, error) {
	if p.closed.Load() {
		return nil, ErrClosed
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	clock := time.AfterFunc(p.config.PrepareDeadline, func() { cancel(ErrPrepareDeadline) })
	defer clock.Stop()

	w := slot.Load()
	if w == nil || w.dead() {
		var err error
		if w, err = start(p.config); err != nil {
			return nil, fmt.Errorf("starting worker: %w", err)
		}
		slot.Store(w)
		p.metrics.spawned.Inc()
		go func() { // ends with the process
			<-w.exited
			p.metrics.retired.Inc()
		}()
	}
	release := context.AfterFunc(ctx, w.kill)
	if p.closed.Load() { // Close may have looked at the slot too early
		w.kill()
	}
	// At half the way the preparation clock becomes the call's.
	measured := clockwork{metrics: p.metrics, since: time.Now()}
	code := j.code
	j.code = func() ([]byte, error) {
		measured.needed = true
		return code()
	}
	began := func() {
		measured.prepared()
		if clock.Stop() {
			clock = time.AfterFunc(j.deadline, func() { cancel(ErrDeadline) })
		}
	}
	result, err := w.do(j, began)
	measured.ended()
	clock.Stop()
	if !release() || err != nil && !answered(err) {
		w.kill()
		<-w.exited
	}
	return result, p.explain(ctx, w, err)
}

// answered reports whether err is the worker's answer, after which it can go on.
func answered(err error) bool {
	var l *localError
	return pvf.IsInvalid(err) || errors.As(err, &l)
}

// explain names the cause of a worker's death.
func (p *Pool) explain(ctx context.Context, w *process, err error) error {
	if err == nil || answered(err) {
		return err
	}
	switch {
	case p.closed.Load():
		return ErrClosed
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return fmt.Errorf("%w: %v, %v: %s", ErrWorkerDied, err, w.cmd.ProcessState, w.stderr.String())
}

// RSS returns the resident memory of all workers, in bytes; 0 where /proc is not
// available.
func (p *Pool) RSS() uint64 {
	total := uint64(0)
	for i := range p.processes {
		w := p.processes[i].Load()
		if w == nil || w.dead() {
			continue
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", w.cmd.Process.Pid))
		if err != nil {
			continue
		}
		var size, resident uint64 // in pages
		if _, err := fmt.Sscan(string(text), &size, &resident); err == nil {
			total += resident * uint64(os.Getpagesize())
		}
	}
	return total
}

// job is one call of Execute.
type job struct {
	codeHash [32]byte
	code     func() ([]byte, error)
	params   []byte
	deadline time.Duration
}

// bytes fetches the code and holds it to its hash. An error is the job's answer.
func (j job) bytes() ([]byte, error) {
	code, err := j.code()
	if err != nil {
		return nil, err
	}
	if hash.Blake2b256(code) != j.codeHash {
		return nil, ErrCodeHash
	}
	return code, nil
}
