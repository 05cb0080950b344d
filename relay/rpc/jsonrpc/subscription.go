package jsonrpc

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
)

// Errors of Sink. The subscription has ended, or is about to.
var (
	// ErrEnded: the client unsubscribed or went.
	ErrEnded = errors.New("subscription has ended")
	// ErrSlow: the client does not take what is sent to it, or all clients together
	// take too little. Its connection has been ended.
	ErrSlow = errors.New("client is too slow")
	// ErrSize: a notification is larger than Limits.Response, or cannot be encoded.
	ErrSize = errors.New("notification cannot be sent")
)

// Sink is a subscription as its Run sees it. Its methods are for the goroutine of
// Run.
type Sink struct {
	id      string
	of      *Subscription
	session *session
	cancel  context.CancelFunc

	accepted chan struct{} // closed by Accept
	settled  chan struct{} // closed when the answer is on its way
	gone     chan struct{} // closed when Run has returned
	took     bool          // Accept was called
}

// ID returns what the client knows the subscription by: 16 letters and digits that
// nobody can guess.
func (k *Sink) ID() string { return k.id }

// Accept answers the call with the subscription's id, and returns when the answer
// is on its way: what is sent after it comes after it. A second Accept does
// nothing. It returns ErrEnded if there is no client any more.
func (k *Sink) Accept(ctx context.Context) error {
	if !k.took {
		k.took = true
		close(k.accepted)
	}
	select {
	case <-k.settled:
		return nil
	case <-ctx.Done():
		return ErrEnded
	}
}

// Send accepts the subscription if that was not done, and sends a notification
// with result, anything that encoding/json encodes; a json.RawMessage is sent as
// it is and must be valid. It waits for a place in the queue of the connection, no
// longer than Timeouts.Write: a source that must not wait keeps a bounded queue of
// its own before Run.
//
// It returns ErrEnded, ErrSlow or ErrSize; Run returns then.
func (k *Sink) Send(ctx context.Context, result any) error {
	text, err := encode(result)
	if err != nil || len(text) > k.session.client.rules.config.Limits.Response {
		return ErrSize
	}
	return k.notify(ctx, "result", text)
}

func (k *Sink) notify(ctx context.Context, kind string, text []byte) error {
	if err := k.Accept(ctx); err != nil || ctx.Err() != nil {
		return ErrEnded
	}
	out := make([]byte, 0, len(text)+len(k.of.Notification)+len(k.id)+80)
	out = append(append(out, `{"jsonrpc":"2.0","method":"`...), k.of.Notification...)
	out = append(append(out, `","params":{"subscription":"`...), k.id...)
	out = append(append(out, `","`...), kind...)
	out = append(append(out, `":`...), text...)
	return k.session.send(ctx, append(out, "}}"...))
}

// subscribe runs a subscription and returns an Answer of its id when it is accepted,
// or why it is not.
func (x *exchange) subscribe(ctx context.Context, of *Subscription, p Params) (any, error) {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx)) // the session ends it
	k := &Sink{
		id: rand.Text()[:16], of: of, session: x.session, cancel: cancel,
		accepted: make(chan struct{}), settled: make(chan struct{}), gone: make(chan struct{}),
	}
	if err := x.session.open(k); err != nil {
		cancel()
		return nil, err
	}
	result := make(chan error, 1)
	x.session.tasks.Go(func() { // counted beside the message that asks for it
		err := x.server.run(life, k, p)
		x.session.shut(k)
		result <- err
	})
	select {
	case <-k.accepted:
	case err := <-result:
		select {
		case <-k.accepted: // and ended at once
		default:
			return nil, err
		}
	case <-ctx.Done():
		k.cancel()
		return nil, ctx.Err()
	}
	return Answer{k.id, k.settle}, nil
}

// settle lets the subscription go on whose id is on its way to the client, and ends one
// whose id the client will not learn.
func (k *Sink) settle(ok bool) {
	if ok {
		close(k.settled)
	} else {
		k.cancel()
	}
}

// run runs a subscription's handler, accepts if that did not, and tells the client
// of an error after that.
func (s *Server) run(ctx context.Context, k *Sink, p Params) error {
	err := func() (err error) {
		defer s.rescue(k.of.Name, &err)
		return k.of.Run(ctx, p, k)
	}()
	switch {
	case err == nil:
		return k.Accept(ctx)
	case !k.took:
		return err
	case errors.Is(err, ErrEnded), errors.Is(err, ErrSlow), ctx.Err() != nil:
		return err
	}
	text, _ := json.Marshal(s.show(k.of.Name, err))
	if text == nil {
		text, _ = json.Marshal(errInternal)
	}
	_ = k.notify(ctx, "error", text) // it may have gone
	return err
}
