package supervise

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Beat says that a loop is alive. It may be nil: then nobody watches.
type Beat func()

// Alive says that the loop is alive. It never blocks.
func (b Beat) Alive() {
	if b != nil {
		b()
	}
}

// Idle is how often a loop with nothing to do says that it is alive.
const Idle = 5 * time.Second

// period is how often the loops are looked at.
const period = time.Second

// Errors that Run wraps, with the names of the loops.
var (
	// ErrSilent: a loop was silent for longer than Config.Silence.
	ErrSilent = errors.New("loop is stuck")
	// ErrEnded: a loop ended by itself, without an error.
	ErrEnded = errors.New("ended by itself")
	// ErrHung: a loop did not end within Config.Patience after it was told to.
	// It still runs: the process must end without touching what the loop uses.
	ErrHung = errors.New("loop does not end")
)

// Config is the operator's part. The zero value is usable.
type Config struct {
	// Silence is how long a loop may be silent. Default 30 s.
	Silence time.Duration
	// Patience is how long loops may take to end. Default 10 s.
	Patience time.Duration
	// Stuck is called with the names of loops that are silent or do not end, as
	// soon as that is found. Default nothing.
	Stuck func(loops []string)
}

// Loops are the loops of a process. Beat and Go may be called until Run is, the
// rest from any goroutine.
type Loops struct {
	config Config
	run    []loop
	begin  time.Time
	// pardoned is since when silence counts, in nanoseconds after begin: Run began
	// then, or the process went on after it was stopped.
	pardoned atomic.Int64
	running  atomic.Bool

	beats map[string]*atomic.Int64 // last sign of life, nanoseconds after begin

	// mu guards what follows: every loop is a goroutine of its own.
	mu    sync.Mutex
	first error // why the loops were told to end; nil: ctx ended
	ended map[string]bool
}

type loop struct {
	name string
	f    func(context.Context) error
}

// New returns Loops without any.
func New(c Config) *Loops {
	if c.Silence == 0 {
		c.Silence = 30 * time.Second
	}
	if c.Patience == 0 {
		c.Patience = 10 * time.Second
	}
	return &Loops{config: c, begin: time.Now(), beats: map[string]*atomic.Int64{}, ended: map[string]bool{}}
}

// Beat watches a loop from Run on. Names of loops are different.
func (l *Loops) Beat(name string) Beat {
	last := &atomic.Int64{}
	l.beats[name] = last
	return func() { last.Store(int64(time.Since(l.begin))) }
}

// Go has Run run f.
func (l *Loops) Go(name string, f func(context.Context) error) {
	l.run = append(l.run, loop{name, f})
}

// Silent returns for how long each watched loop has been silent. Before Run
// nothing is.
func (l *Loops) Silent() map[string]time.Duration {
	out := make(map[string]time.Duration, len(l.beats))
	for name, last := range l.beats {
		out[name] = 0
		if l.running.Load() {
			out[name] = time.Since(l.begin) - time.Duration(max(last.Load(), l.pardoned.Load()))
		}
	}
	return out
}

// Run runs the loops until ctx ends, nil, or one of them fails, whose error it
// returns. Errors after the first are of its making and not returned. Call it
// once.
func (l *Loops) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l.pardoned.Store(int64(time.Since(l.begin)))
	l.running.Store(true)
	var all sync.WaitGroup
	for _, each := range l.run {
		all.Go(func() {
			err := each.f(ctx)
			if err == nil {
				err = ErrEnded
			}
			l.note(ctx, each.name, fmt.Errorf("%s: %w", each.name, err))
			stop()
		})
	}
	ended := make(chan struct{})
	go func() {
		all.Wait()
		close(ended)
	}()
	if silent := l.watch(ctx); len(silent) > 0 {
		l.stuck(silent)
		l.note(ctx, "", fmt.Errorf("%s: %w: no sign of life for %s", strings.Join(silent, ", "), ErrSilent, l.config.Silence))
		stop()
	}
	patience := time.NewTimer(l.config.Patience)
	defer patience.Stop()
	select {
	case <-ended:
	case <-patience.C:
	}
	return l.result()
}

// watch returns when ctx ends, or when loops are silent: those.
func (l *Loops) watch(ctx context.Context) []string {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for last := time.Now(); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := time.Now()
		l.stopped(last, now)
		last = now
		var silent []string
		for name, d := range l.Silent() {
			if d > l.config.Silence {
				silent = append(silent, name)
			}
		}
		if len(silent) > 0 {
			slices.Sort(silent)
			return silent
		}
	}
}

// stopped says whether the process was stopped between two looks at the loops,
// and begins counting anew then: this loop did not run either.
func (l *Loops) stopped(last, now time.Time) bool {
	if now.Sub(last) <= l.config.Silence/3 {
		return false
	}
	l.pardoned.Store(int64(now.Sub(l.begin)))
	return true
}

// note remembers that a loop has ended, and why if it is the first and was not
// told to.
func (l *Loops) note(ctx context.Context, name string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended[name] = true
	if l.first == nil && ctx.Err() == nil {
		l.first = err
	}
}

func (l *Loops) stuck(names []string) {
	if l.config.Stuck != nil {
		l.config.Stuck(names)
	}
}

// result returns why the loops were ended, and which of them have not.
func (l *Loops) result() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var left []string
	for _, each := range l.run {
		if !l.ended[each.name] {
			left = append(left, each.name)
		}
	}
	if len(left) == 0 {
		return l.first
	}
	slices.Sort(left)
	l.stuck(left)
	return errors.Join(l.first, fmt.Errorf("%s: %w", strings.Join(left, ", "), ErrHung))
}
