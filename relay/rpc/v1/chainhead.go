package v1

import (
	"context"
	"errors"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/v1/chainhead"
	"github.com/rampart-chain/rampart/relay/scale"
)

// registerChainHead adds the methods of chainHead_v1.
func (v *service) registerChainHead(s *jsonrpc.Server) {
	s.Subscription(jsonrpc.Subscription{
		Name: "chainHead_v1_follow", Access: jsonrpc.Safe, Params: []string{"withRuntime"}, Notification: "chainHead_v1_followEvent",
		Unsubscribe: "chainHead_v1_unfollow", IDName: "followSubscription", Ended: nothing, Run: v.follow,
	})
	for _, m := range []struct {
		name   string
		params []string
		call   func(ctx context.Context, p jsonrpc.Params) (any, error)
	}{
		{"header", []string{"hash"}, v.header},
		{"body", []string{"hash"}, v.body},
		{"call", []string{"hash", "function", "callParameters"}, v.runtimeCall},
		{"storage", []string{"hash", "items", "childTrie"}, v.storage},
		{"continue", []string{"operationId"}, v.resume},
		{"stopOperation", []string{"operationId"}, v.stopOperation},
		{"unpin", []string{"hashOrHashes"}, v.unpin},
	} {
		s.Method(jsonrpc.Method{
			Name: "chainHead_v1_" + m.name, Access: jsonrpc.Safe, Socket: true, Params: append([]string{"followSubscription"}, m.params...), Call: m.call,
		})
	}
}

// limitReached is the answer to who may not start an operation.
var limitReached = map[string]string{"result": "limitReached"}

// of returns the follow with an id on the connection of a call, nil if it is invalid
// or stale.
func (v *service) of(ctx context.Context, id string) *follow {
	v.mu.Lock()
	defer v.mu.Unlock()
	if f := v.follows[id]; f != nil && f.connection == jsonrpc.ConnectionOf(ctx).ID {
		return f
	}
	return nil
}

func (v *service) header(ctx context.Context, p jsonrpc.Params) (any, error) {
	var id string
	var h blockHash
	if err := p.Read(2, &id, &h); err != nil {
		return nil, err
	}
	f := v.of(ctx, id)
	if f == nil {
		return nil, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.pinned[primitives.Hash(h)]
	switch {
	case f.ended:
		return nil, nil
	case b == nil:
		return nil, errBlock
	}
	return encoded(scale.Marshal(b.header)), nil
}

// started returns the answer to a call that starts an operation which is not nil.
func started(o *operation, work func() any) jsonrpc.Answer {
	return jsonrpc.Answer{
		Result: map[string]any{"result": "started", "operationId": o.id},
		Sent:   func(ok bool) { o.begin(ok, work) },
	}
}

func (v *service) body(ctx context.Context, p jsonrpc.Params) (any, error) {
	var id string
	var h blockHash
	if err := p.Read(2, &id, &h); err != nil {
		return nil, err
	}
	f := v.of(ctx, id)
	if f == nil {
		return limitReached, nil
	}
	o, err := f.start(primitives.Hash(h), 1)
	if o == nil {
		return limitReached, err
	}
	return started(o, o.body), nil
}

func (v *service) runtimeCall(ctx context.Context, p jsonrpc.Params) (any, error) {
	var id, name string
	var h blockHash
	var arguments data
	if err := p.Read(4, &id, &h, &name, &arguments); err != nil {
		return nil, err
	}
	f := v.of(ctx, id)
	switch {
	case f == nil:
		return limitReached, nil
	case !f.withRuntime:
		return nil, errRuntime
	}
	o, err := f.start(primitives.Hash(h), 1)
	if o == nil {
		return limitReached, err
	}
	return started(o, func() any { return o.call(name, arguments) }), nil
}

func (v *service) storage(ctx context.Context, p jsonrpc.Params) (any, error) {
	var id string
	var h blockHash
	var queries queryList
	var child data
	if err := p.Read(3, &id, &h, &queries, &child); err != nil {
		return nil, err
	}
	if err := queries.check(false); err != nil {
		return nil, err
	}
	f := v.of(ctx, id)
	if f == nil {
		return limitReached, nil
	}
	o, err := f.start(primitives.Hash(h), max(1, len(queries)))
	if o == nil {
		return limitReached, err
	}
	taken := queries[:min(o.count, len(queries))]
	discarded := len(queries) - len(taken)
	if child != nil {
		taken = nil // there are no child tries, and nothing is in them
	}
	answer := started(o, func() any { return o.storage(taken) })
	answer.Result.(map[string]any)["discardedItems"] = discarded
	return answer, nil
}

func (v *service) resume(ctx context.Context, p jsonrpc.Params) (any, error) {
	f, id, err := v.readOperation(ctx, p)
	if f == nil || err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.tasks.byID[id]
	switch {
	case o == nil:
		return nil, nil
	case !o.waiting:
		return nil, errContinue
	}
	o.waiting = false
	o.more <- struct{}{}
	return nil, nil
}

func (v *service) stopOperation(ctx context.Context, p jsonrpc.Params) (any, error) {
	f, id, err := v.readOperation(ctx, p)
	if f == nil || err != nil {
		return nil, err
	}
	f.mu.Lock()
	o := f.tasks.byID[id]
	f.mu.Unlock()
	if o != nil {
		f.finish(o)
	}
	return nil, nil
}

// readOperation reads the parameters of methods about operations; the follow is nil
// if it is invalid or stale.
func (v *service) readOperation(ctx context.Context, p jsonrpc.Params) (f *follow, operation string, err error) {
	var id string
	if err := p.Read(2, &id, &operation); err != nil {
		return nil, "", err
	}
	return v.of(ctx, id), operation, nil
}

func (v *service) unpin(ctx context.Context, p jsonrpc.Params) (any, error) {
	var id string
	var blocks hashOrHashes
	if err := p.Read(2, &id, &blocks); err != nil {
		return nil, err
	}
	f := v.of(ctx, id)
	if f == nil {
		return nil, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.ended:
		return nil, nil
	case f.head == nil: // it was told of nothing yet
		return nil, errBlock
	}
	err := f.head.Unpin(blocks)
	switch {
	case errors.Is(err, chainhead.ErrTwice):
		return nil, errTwice
	case err != nil:
		return nil, errBlock
	}
	for _, h := range blocks {
		f.service.pins.release(f.pinned[h])
		delete(f.pinned, h)
	}
	return nil, nil
}
