package jsonrpc

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
)

// A budget is a number of things that many goroutines use together.
type budget struct {
	most int64
	used atomic.Int64
}

// take returns false, and takes nothing, if there are no n left.
func (b *budget) take(n int) bool {
	if b.used.Add(int64(n)) > b.most {
		b.used.Add(-int64(n))
		return false
	}
	return true
}

func (b *budget) give(n int) { b.used.Add(-int64(n)) }

// A turnstile lets a few in at once and a few more wait.
type turnstile struct {
	places  chan struct{}
	most    int32 // that wait
	waiting atomic.Int32
}

// enter returns nil when the caller is in; it then leaves. If too many wait it
// returns errBusy at once.
func (t *turnstile) enter(ctx context.Context) error {
	select {
	case t.places <- struct{}{}:
		return nil
	default:
	}
	defer t.waiting.Add(-1)
	if t.waiting.Add(1) > t.most {
		return errBusy
	}
	select {
	case t.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *turnstile) leave() { <-t.places }

// A gate is a listener that counts open connections. A few above the limit are
// marked, to be told so; more are closed unheard.
type gate struct {
	net.Listener
	open *atomic.Int32
	most int32
}

// Accept returns a *visitor.
func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		n := g.open.Add(1)
		if n > g.most+maxRefusals {
			g.open.Add(-1)
			_ = c.Close()
			continue
		}
		return &visitor{Conn: c, open: g.open, refused: n > g.most}, nil
	}
}

// A visitor is a connection that a gate counts.
type visitor struct {
	net.Conn
	open    *atomic.Int32
	refused bool
	once    sync.Once
}

func (v *visitor) Close() error {
	v.once.Do(func() { v.open.Add(-1) })
	return v.Conn.Close()
}

// CloseWrite lets net/http end an answer before it has read the whole request.
func (v *visitor) CloseWrite() error {
	if c, ok := v.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
