package v1

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/store"
)

// errPanic: the node made a mistake; it is in the log.
var errPanic = errors.New("internal error")

// operation is a call of a client that is answered by events of its follow.
type operation struct {
	follow *follow
	id     string
	block  *block
	count  int // of maxOperations
	// ctx ends when nothing of the operation is wanted any more.
	ctx    context.Context
	cancel context.CancelFunc
	more   chan struct{} // the client called chainHead_v1_continue
	// waiting is set while it may. Guarded by follow.mu.
	waiting bool
}

// begin has work done when the client knows of the operation, which it does unless
// ok is false. What work returns is the last event.
func (o *operation) begin(ok bool, work func() (last any)) {
	f := o.follow
	f.mu.Lock()
	begins := ok && !f.ended && o.ctx.Err() == nil
	if begins {
		f.tasks.running.Add(1)
	}
	f.mu.Unlock()
	if !begins {
		f.finish(o)
		f.service.pins.release(o.block)
		return
	}
	go func() {
		defer f.tasks.running.Done()
		defer f.service.pins.release(o.block)
		if last := work(); last == nil || !o.send(notice{o, true, last}) {
			f.finish(o)
		} // else the loop does, when it sends that
	}()
}

// send gives the loop something to report. It returns false if the operation ended
// before.
func (o *operation) send(n notice) bool {
	select {
	case o.follow.out <- n:
		return true
	case <-o.ctx.Done():
		return false
	}
}

// step calls f when it is the operation's turn. The turn lasts until step returns.
func (o *operation) step(f func() error) error {
	select {
	case o.follow.turn <- struct{}{}:
	case <-o.ctx.Done():
		return o.ctx.Err()
	}
	defer func() { <-o.follow.turn }()
	return f()
}

// event returns an event of the operation.
func (o *operation) event(name string) map[string]any {
	return map[string]any{"event": name, "operationId": o.id}
}

func (o *operation) failed(why string) any {
	e := o.event("operationError")
	e["error"] = why
	return e
}

// end returns the last event of an operation that failed.
func (o *operation) end(err error) any {
	switch {
	case errors.Is(err, store.ErrStateDiscarded), errors.Is(err, store.ErrClosed), gone(err):
		return o.event("operationInaccessible")
	case errors.Is(err, store.ErrCorrupt):
		o.follow.service.log.Error("reading for an operation", zap.Error(err))
	}
	return o.failed(err.Error())
}

func gone(err error) bool { return errors.Is(err, store.ErrUnknownBlock) }

// body is the work of chainHead_v1_body.
func (o *operation) body() (last any) {
	v := o.follow.service
	err := o.step(func() error {
		return v.during(o.ctx, v.reads, func() error {
			body, err := v.pins.body(o.block)
			if err == nil {
				e := o.event("operationBodyDone")
				e["value"] = wire.WrapAll(body)
				last = e
			}
			return err
		})
	})
	if err != nil {
		return o.end(err)
	}
	return last
}

// call is the work of chainHead_v1_call.
func (o *operation) call(name string, arguments []byte) (last any) {
	v := o.follow.service
	err := o.step(func() error {
		state, err := v.pins.state(o.block)
		if err != nil {
			return err
		}
		output, err := v.call(o.ctx, state, name, arguments)
		e := o.event("operationCallDone")
		e["output"] = encoded(output)
		last = e
		return err
	})
	if err != nil {
		return o.end(err)
	}
	return last
}

// storage is the work of chainHead_v1_storage.
func (o *operation) storage(queries []query) (last any) {
	v := o.follow.service
	state, err := v.pins.state(o.block)
	if err != nil {
		return o.end(err)
	}
	r := &reader{state: state, queries: queries}
	for sent := 1; ; sent++ {
		done := false
		err := o.step(func() error {
			var items []item
			if err := v.during(o.ctx, v.reads, func() (err error) {
				items, done, err = r.step()
				return err
			}); err != nil || len(items) == 0 {
				return err
			}
			e := o.event("operationStorageItems")
			e["items"] = items
			o.send(notice{o, false, e})
			return nil
		})
		switch {
		case err != nil:
			return o.end(err)
		case o.ctx.Err() != nil:
			return nil
		case done:
			return o.event("operationStorageDone")
		case sent%v.limits.Page == 0 && r.within() && !o.pause():
			return nil
		}
	}
}

// pause waits until the client wants more. It returns false if it does not.
func (o *operation) pause() bool {
	o.setWaiting(true)
	o.send(notice{o, false, o.event("operationWaitingForContinue")})
	select {
	case <-o.more:
		return true
	case <-o.ctx.Done():
		return false
	}
}

func (o *operation) setWaiting(waiting bool) {
	o.follow.mu.Lock()
	defer o.follow.mu.Unlock()
	o.waiting = waiting
}
