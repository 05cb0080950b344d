package jsonrpc

import (
	"context"
	"encoding/json"
	"runtime/debug"
	"time"

	"go.uber.org/zap"
)

// An exchange is a message of a client and what comes of it.
type exchange struct {
	server   *Server
	client   *client
	session  *session        // nil: by HTTP, without subscriptions
	protocol string          // ws or http, for the meters
	id       json.RawMessage // of the call, noID of a batch
	// waiting are told when the answer is on its way, or that it is not: Answer.Sent.
	waiting []func(ok bool)
}

// answer calls what text asks for, one after the other, and returns the answer, nil
// if there is none.
func (x *exchange) answer(ctx context.Context, text []byte) []byte {
	limits := x.client.rules.config.Limits
	x.id = noID
	calls, batch, e := decodeMessage(text, limits)
	if e != nil {
		return encodeError(noID, e)
	}
	if !batch {
		x.id = calls[0].id
		return x.call(ctx, calls[0])
	}
	var out []byte
	for _, each := range calls {
		one := x.call(ctx, each)
		if one == nil {
			continue
		}
		if len(out)+len(one)+2 > limits.Response {
			x.settle(false)
			return encodeError(noID, exceeded(CodeBatchResponseSize, "The batch response was too large", limits.Response))
		}
		if out == nil {
			out = append(out, '[')
		} else {
			out = append(out, ',')
		}
		out = append(out, one...)
	}
	if out == nil {
		return nil
	}
	return append(out, ']')
}

// settle tells who waits whether the answer is on its way, or the client will not
// learn it. A second settle does nothing.
func (x *exchange) settle(ok bool) {
	for _, sent := range x.waiting {
		sent(ok)
	}
	x.waiting = nil
}

// call returns the answer to one call, nil to a notification: nobody would learn
// what became of that, and as in Substrate it is not called at all.
func (x *exchange) call(ctx context.Context, r request) []byte {
	if r.err != nil {
		return encodeError(r.id, r.err)
	}
	if r.id == nil {
		return nil
	}
	s := x.server
	e := s.methods[r.method]
	name := "unknown"
	if e != nil {
		name = e.Name
	}
	s.metrics.started(x.protocol, name)
	begin := time.Now()
	out, failure := x.invoke(ctx, e, r)
	s.metrics.finished(x.protocol, name, failure, time.Since(begin))
	return out
}

// invoke returns the answer to a call, and the error in it.
func (x *exchange) invoke(ctx context.Context, e *entry, r request) ([]byte, *Error) {
	fail := func(e *Error) ([]byte, *Error) { return encodeError(r.id, e), e }
	switch {
	case x.client.rate != nil && !x.client.rate.Allow():
		return fail(errRate)
	case e == nil:
		return fail(errNotFound)
	case e.Access != Safe && !x.client.Unsafe:
		return fail(errUnsafe)
	case (e.Call == nil || e.Socket) && x.session == nil:
		return fail(errNeedsSocket)
	}
	if ctx.Err() != nil { // an earlier call of the batch took all the time
		failure, _ := shown(ctx.Err())
		return fail(failure)
	}
	p, failure := decodeParams(r.params, e.Params)
	if failure != nil {
		return fail(failure)
	}
	var result any
	var err error
	switch {
	case e.subscribe != nil:
		result, err = x.subscribe(ctx, e.subscribe, p)
	case e.unsubscribe != nil:
		found := x.session.unsubscribe(ctx, e.unsubscribe, p)
		if result = found; e.unsubscribe.Ended != nil {
			result, err = e.unsubscribe.Ended(found)
		}
	default:
		result, err = x.server.guarded(ctx, e, p)
	}
	if err != nil {
		return fail(x.server.show(e.Name, err))
	}
	a, waits := result.(Answer)
	if !waits {
		return encodeResult(r.id, result, x.client.rules.config.Limits.Response)
	}
	out, failure := encodeResult(r.id, a.Result, x.client.rules.config.Limits.Response)
	if failure != nil {
		a.Sent(false)
	} else {
		x.waiting = append(x.waiting, a.Sent)
	}
	return out, failure
}

// guarded calls the handler of a method, in its turn if it is heavy.
func (s *Server) guarded(ctx context.Context, e *entry, p Params) (result any, err error) {
	if e.Heavy {
		if err := s.heavy.enter(ctx); err != nil {
			return nil, err
		}
		defer s.heavy.leave()
	}
	defer s.rescue(e.Name, &err)
	return e.Call(ctx, p)
}

// rescue makes an error of a panic in a handler. A call of a client must not end
// the node.
func (s *Server) rescue(method string, err *error) {
	if reason := recover(); reason != nil {
		s.log.Error("handler of a method panicked", zap.String("method", method), zap.Any("reason", reason), zap.ByteString("stack", debug.Stack()))
		*err = errInternal
	}
}

// show returns what a client is told of an error, and logs one not meant for
// clients.
func (s *Server) show(method string, err error) *Error {
	e, known := shown(err)
	if !known {
		s.log.Warn("call failed", zap.String("method", method), zap.Error(err))
	}
	return e
}
