package supervise

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestUrgency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var u Urgency
		yield := func(ctx context.Context) time.Duration {
			begin := time.Now()
			u.Yield(ctx, time.Second)
			return time.Since(begin)
		}
		if waited := yield(t.Context()); waited != 0 {
			t.Errorf("waited %v for nothing", waited)
		}
		first, second := u.Begin(), u.Begin()
		time.AfterFunc(10*time.Millisecond, first)
		time.AfterFunc(30*time.Millisecond, second)
		if waited := yield(t.Context()); waited != 30*time.Millisecond {
			t.Errorf("waited %v for work of 30 ms", waited)
		}
		if waited := yield(t.Context()); waited != 0 {
			t.Errorf("waited %v after the work", waited)
		}
		defer u.Begin()()
		if waited := yield(t.Context()); waited != time.Second {
			t.Errorf("waited %v at most", waited)
		}
		ended, end := context.WithTimeout(t.Context(), time.Millisecond)
		defer end()
		if waited := yield(ended); waited != time.Millisecond {
			t.Errorf("waited %v until the end of the context", waited)
		}
	})
}
