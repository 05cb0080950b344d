package jsonrpc

import (
	"context"
	"encoding/json"
	"sync"
)

// tasks are the messages and subscriptions in progress.
type tasks struct {
	sync.WaitGroup

	// mu guards what follows: every task is a goroutine of its own.
	mu      sync.Mutex
	closed  bool
	open    map[string]*Sink // subscriptions by id
	running int              // subscriptions, also those that are about to end
}

// begin counts a message in progress. It returns false if none may begin any more.
func (t *tasks) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.Add(1)
	return true
}

// close ends subscriptions, and lets no task begin.
func (t *tasks) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	for _, k := range t.open {
		k.cancel()
	}
}

// open makes k known to unsubscribe, if there is a place for it.
func (x *session) open(k *Sink) error {
	t, most := &x.tasks, x.client.rules.config.Limits.Subscriptions
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return ErrEnded
	case t.running >= most:
		return exceeded(CodeSubscriptions, "Too many subscriptions on the connection", most)
	case !x.server.subscriptions.take(1):
		return exceeded(CodeSubscriptions, "Too many subscriptions on the server", maxSubscriptions)
	}
	t.running++
	t.open[k.id] = k
	return nil
}

// shut gives the place of k free, whose Run has returned.
func (x *session) shut(k *Sink) {
	k.cancel()
	x.tasks.mu.Lock()
	delete(x.tasks.open, k.id)
	x.tasks.running--
	x.tasks.mu.Unlock()
	x.server.subscriptions.give(1)
	close(k.gone)
}

// unsubscribe ends a subscription of this connection and says whether there was
// one. When it returns true nothing more of it is sent, and its Run has returned
// unless that takes longer than a call may.
func (x *session) unsubscribe(ctx context.Context, of *Subscription, p Params) bool {
	var id json.RawMessage
	if p.Read(1, &id) != nil {
		return false
	}
	x.tasks.mu.Lock()
	k := x.tasks.open[unquote(id)]
	if k == nil || k.of != of {
		x.tasks.mu.Unlock()
		return false
	}
	delete(x.tasks.open, k.id)
	x.tasks.mu.Unlock()
	k.cancel()
	select {
	case <-k.gone:
	case <-ctx.Done():
	}
	return true
}
