package supervise

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// beating is a loop that says it is alive.
func beating(beat Beat) func(context.Context) error {
	return func(ctx context.Context) error {
		tick := time.NewTicker(Idle)
		defer tick.Stop()
		for {
			beat.Alive()
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}

func TestRunEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Config{})
		l.Go("a", beating(l.Beat("a")))
		l.Go("b", beating(nil))
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(10*time.Minute, func() { stop(errors.New("somebody else's")) })
		if err := l.Run(ctx); err != nil {
			t.Errorf("Run returned %v after its context ended, want nil", err)
		}
	})
}

func TestRunNamesWhatFailed(t *testing.T) {
	broken := errors.New("broken")
	for name, want := range map[string]error{"fails": broken, "returns": ErrEnded} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := New(Config{})
				l.Go("other", func(ctx context.Context) error {
					<-ctx.Done()
					return errors.New("told to end")
				})
				l.Go("disk", func(context.Context) error {
					time.Sleep(time.Second)
					if name == "fails" {
						return broken
					}
					return nil
				})
				err := l.Run(t.Context())
				if !errors.Is(err, want) || err.Error() != "disk: "+want.Error() {
					t.Errorf("Run returned %q, want %q of disk", err, want)
				}
			})
		})
	}
}

// A silent loop that ends when told to is named, and so is one that does not.
func TestRunNamesWhatIsSilent(t *testing.T) {
	for name, deaf := range map[string]bool{"it ends": false, "it does not end": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var told []string
				l := New(Config{Stuck: func(loops []string) { told = append(told, loops...) }})
				l.Go("well", beating(l.Beat("well")))
				beat, release := l.Beat("chain"), make(chan struct{})
				defer close(release)
				l.Go("chain", func(ctx context.Context) error {
					beat.Alive()
					if deaf {
						<-release
						return nil
					}
					<-ctx.Done()
					return nil
				})
				begin := time.Now()
				err := l.Run(t.Context())
				took := time.Since(begin)
				if !errors.Is(err, ErrSilent) || !strings.HasPrefix(err.Error(), "chain: ") {
					t.Errorf("Run returned %v, want that chain is silent", err)
				}
				if errors.Is(err, ErrHung) != deaf {
					t.Errorf("Run returned %v, want hung: %v", err, deaf)
				}
				if want := 31 * time.Second; took < want || took > want+11*time.Second {
					t.Errorf("Run took %s, want 31 s, and at most 10 s more", took)
				}
				if !slices.Contains(told, "chain") || slices.Contains(told, "well") {
					t.Errorf("Stuck was told %q, want chain alone", told)
				}
			})
		})
	}
}

// A loop that hangs while another one fails must not keep the process.
func TestRunDoesNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		l := New(Config{})
		l.Go("hanging", func(context.Context) error { <-release; return nil })
		l.Go("failing", func(context.Context) error { return errors.New("broken") })
		err := l.Run(t.Context())
		if !errors.Is(err, ErrHung) || !strings.Contains(err.Error(), "failing: broken") || !strings.Contains(err.Error(), "hanging: ") {
			t.Errorf("Run returned %v, want why it ended and that hanging has not", err)
		}
	})
}

func TestSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Config{})
		beat := l.Beat("late")
		l.Go("late", func(ctx context.Context) error {
			time.Sleep(20 * time.Second)
			beat.Alive()
			<-ctx.Done()
			return nil
		})
		time.Sleep(time.Hour) // before Run nobody is silent
		if got := l.Silent()["late"]; got != 0 {
			t.Errorf("silent for %s before Run", got)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- l.Run(ctx) }()
		time.Sleep(12 * time.Second)
		if got := l.Silent()["late"]; got != 12*time.Second {
			t.Errorf("silent for %s, want 12s", got)
		}
		time.Sleep(10 * time.Second)
		if got := l.Silent()["late"]; got != 2*time.Second {
			t.Errorf("silent for %s after a beat, want 2s", got)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// A process that was stopped for an hour and goes on has no stuck loops.
func TestStoppedProcessIsPardoned(t *testing.T) {
	l := New(Config{})
	beat := l.Beat("a")
	beat.Alive()
	l.running.Store(true)
	l.begin = l.begin.Add(-time.Hour) // the last beat was an hour ago
	if got := l.Silent()["a"]; got < time.Hour {
		t.Fatalf("silent for %s, want an hour", got)
	}
	if !l.stopped(time.Now().Add(-time.Hour), time.Now()) {
		t.Error("an hour between two looks is not taken for a stopped process")
	}
	if got := l.Silent()["a"]; got > time.Minute {
		t.Errorf("silent for %s after the process went on, want nothing", got)
	}
	if l.stopped(time.Now().Add(-3*time.Second), time.Now()) {
		t.Error("a late look is taken for a stopped process")
	}
}
