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
	for _, m := range []jsonrpc.Method{
		{Name: "header", Params: []string{"hash"}, Call: v.header},
		{Name: "body", Params: []string{"hash"}, Call: v.body},
		{Name: "call", Params: []string{"hash", "function", "callParameters"}, Call: v.runtimeCall},
		{Name: "storage", Params: []string{"hash", "items", "childTrie"}, Call: v.storage},
		{Name: "continue", Params: []string{"operationId"}, Call: v.resume},
		{Name: "stopOperation", Params: []string{"operationId"}, Call: v.stopOperation},
		{Name: "unpin", Params: []string{"hashOrHashes"}, Call: v.unpin},
	} {
		m.Name, m.Params = "chainHead_v1_"+m.Name, append([]string{"followSubscription"}, m.Params...)
		m.Access, m.Socket = jsonrpc.Safe, true
		s.Method(m)
	}
}

// limitReached is the answer to who may not start an operation.
var limitReached = map[string]string{"result": "limitReached"}

// of reads parameters, the first of which is the id of a follow, and returns that
// follow, nil if it is none of the connection's any more.
func (v *service) of(ctx context.Context, p jsonrpc.Params, required int, into ...any) (*follow, error) {
	var id string
	if err := p.Read(required, append([]any{&id}, into...)...); err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if f := v.follows[id]; f != nil && f.connection == jsonrpc.ConnectionOf(ctx).ID {
		return f, nil
	}
	return nil, nil
}

func (v *service) header(ctx context.Context, p jsonrpc.Params) (any, error) {
	var h blockHash
	f, err := v.of(ctx, p, 2, &h)
	if f == nil || err != nil {
		return nil, err
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
	var h blockHash
	f, err := v.of(ctx, p, 2, &h)
	if f == nil || err != nil {
		return limitReached, err
	}
	o, err := f.start(primitives.Hash(h), 1)
	if o == nil {
		return limitReached, err
	}
	return started(o, o.body), nil
}

func (v *service) runtimeCall(ctx context.Context, p jsonrpc.Params) (any, error) {
	var h blockHash
	var name string
	var arguments data
	f, err := v.of(ctx, p, 4, &h, &name, &arguments)
	if f == nil || err != nil {
		return limitReached, err
	}
	if !f.withRuntime {
		return nil, errRuntime
	}
	o, err := f.start(primitives.Hash(h), 1)
	if o == nil {
		return limitReached, err
	}
	return started(o, func() any { return o.call(name, arguments) }), nil
}

func (v *service) storage(ctx context.Context, p jsonrpc.Params) (any, error) {
	var h blockHash
	var queries queryList
	var child data
	f, err := v.of(ctx, p, 3, &h, &queries, &child)
	if err == nil {
		err = queries.check(false)
	}
	if f == nil || err != nil {
		return limitReached, err
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
	var id string
	f, err := v.of(ctx, p, 2, &id)
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
	var id string
	f, err := v.of(ctx, p, 2, &id)
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

func (v *service) unpin(ctx context.Context, p jsonrpc.Params) (any, error) {
	var blocks hashOrHashes
	f, err := v.of(ctx, p, 2, &blocks)
	if f == nil || err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.ended:
		return nil, nil
	case f.head == nil: // it was told of nothing yet
		return nil, errBlock
	}
	err = f.head.Unpin(blocks)
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
