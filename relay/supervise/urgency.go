package supervise

import (
	"context"
	"sync"
	"time"
)

// Urgency lets work that can wait make way for work that is due: a node with two
// processors and ten thousand calls a second takes in blocks in time only if the
// calls wait for a moment. The zero value is ready. It is safe for concurrent use.
type Urgency struct {
	mu   sync.Mutex
	work int
	over chan struct{} // while work > 0: closed when it has ended
}

// Begin says that urgent work begins; the function that it returns, that it has
// ended.
func (u *Urgency) Begin() (end func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.work == 0 {
		u.over = make(chan struct{})
	}
	u.work++
	return u.end
}

func (u *Urgency) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.work--; u.work == 0 {
		close(u.over)
		u.over = nil
	}
}

// Yield waits until no urgent work goes on, most has passed, or ctx ends.
func (u *Urgency) Yield(ctx context.Context, most time.Duration) {
	u.mu.Lock()
	over := u.over
	u.mu.Unlock()
	if over == nil {
		return
	}
	late := time.NewTimer(most)
	defer late.Stop()
	select {
	case <-over:
	case <-late.C:
	case <-ctx.Done():
	}
}
