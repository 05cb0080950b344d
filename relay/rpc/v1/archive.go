package v1

import (
	"context"
	"encoding/json"
	"errors"
	"math"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/store"
)

// registerArchive adds the methods of archive_v1.
func (v *service) registerArchive(s *jsonrpc.Server) {
	hash := []string{"hash"}
	for _, m := range []jsonrpc.Method{
		{Name: "genesisHash", Call: func(_ context.Context, p jsonrpc.Params) (any, error) { return v.genesis.String(), p.Read(0) }},
		{Name: "finalizedHeight", Call: func(_ context.Context, p jsonrpc.Params) (any, error) {
			return v.chain.Store.Finalized().Number, p.Read(0)
		}},
		{Name: "hashByHeight", Params: []string{"height"}, Call: v.archiveHashes},
		{Name: "header", Params: hash, Call: v.archiveHeader},
		{Name: "body", Params: hash, Heavy: true, Call: v.archiveBody},
		{Name: "call", Params: []string{"hash", "function", "callParameters"}, Call: v.archiveCall},
	} {
		m.Name, m.Access = "archive_v1_"+m.Name, jsonrpc.Safe
		s.Method(m)
	}
	s.Subscription(jsonrpc.Subscription{
		Name: "archive_v1_storage", Access: jsonrpc.Safe, Params: []string{"hash", "items", "childTrie"},
		Notification: "archive_v1_storageEvent", Unsubscribe: "archive_v1_stopStorage", Ended: nothing, Run: v.archiveStorage,
	})
	s.Subscription(jsonrpc.Subscription{
		Name: "archive_v1_storageDiff", Access: jsonrpc.Safe, Params: []string{"hash", "items", "previousHash"},
		Notification: "archive_v1_storageDiffEvent", Unsubscribe: "archive_v1_stopStorageDiff", Ended: nothing, Run: v.archiveDiff,
	})
}

// orNull makes a null result of an unknown block.
func orNull(result any, err error) (any, error) {
	if gone(err) {
		return nil, nil
	}
	return result, err
}

func (v *service) archiveHashes(_ context.Context, p jsonrpc.Params) (any, error) {
	var height uint64
	if err := p.Read(1, &height); err != nil {
		return nil, err
	}
	found := []string{}
	if height > math.MaxUint32 {
		return found, nil
	}
	number, at := primitives.BlockNumber(height), v.chain.Feed.At()
	if number <= v.chain.Store.Finalized().Number {
		hash, ok, err := v.chain.Store.CanonicalHash(number)
		if ok {
			found = append(found, hash.String())
		}
		return found, err
	}
	for _, b := range at.Unfinalized {
		if b.Header.Number == number {
			found = append(found, b.Hash.String())
		}
	}
	return found, nil
}

func (v *service) archiveHeader(_ context.Context, p jsonrpc.Params) (any, error) {
	var h blockHash
	if err := p.Read(1, &h); err != nil {
		return nil, err
	}
	header, err := v.chain.Store.Header(primitives.Hash(h))
	return orNull(encoded(scale.Marshal(header)), err)
}

func (v *service) archiveBody(_ context.Context, p jsonrpc.Params) (any, error) {
	var h blockHash
	if err := p.Read(1, &h); err != nil {
		return nil, err
	}
	body, err := v.chain.Store.Body(primitives.Hash(h))
	return orNull(wire.WrapAll(body), err)
}

func (v *service) archiveCall(ctx context.Context, p jsonrpc.Params) (any, error) {
	var h blockHash
	var name string
	var arguments data
	if err := p.Read(3, &h, &name, &arguments); err != nil {
		return nil, err
	}
	state, err := v.chain.Stored(primitives.Hash(h))
	if gone(err) {
		return nil, nil
	}
	var output []byte
	if err == nil {
		output, err = v.call(ctx, state, name, arguments)
	}
	switch {
	case ctx.Err() != nil, errors.Is(err, store.ErrCorrupt), errors.Is(err, store.ErrClosed):
		return nil, err
	case err != nil:
		return map[string]any{"success": false, "error": err.Error()}, nil
	}
	return map[string]any{"success": true, "value": encoded(output)}, nil
}

// query runs a subscription about storage: f sends what it finds, and the last event
// says that it is done, or why it is not.
func (v *service) query(ctx context.Context, sink *jsonrpc.Sink, group string, f func() error) error {
	id := jsonrpc.ConnectionOf(ctx).ID
	if !v.beginQuery(id) {
		return errQueries
	}
	defer v.endQuery(id)
	if err := sink.Accept(ctx); err != nil {
		return err
	}
	err := f()
	switch {
	case err == nil:
		return sink.Send(ctx, map[string]string{"event": group + "Done"})
	case ctx.Err() != nil, errors.Is(err, jsonrpc.ErrEnded), errors.Is(err, jsonrpc.ErrSlow):
		return err
	}
	return sink.Send(ctx, map[string]string{"event": group + "Error", "error": err.Error()})
}

func (v *service) beginQuery(connection uint64) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.queries[connection] >= v.limits.Queries {
		return false
	}
	v.queries[connection]++
	return true
}

func (v *service) endQuery(connection uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.queries[connection]--; v.queries[connection] == 0 {
		delete(v.queries, connection)
	}
}

// storageEvent is an item as archive_v1_storage has it.
type storageEvent struct {
	Event string `json:"event"`
	item
}

func (v *service) archiveStorage(ctx context.Context, p jsonrpc.Params, sink *jsonrpc.Sink) error {
	var h blockHash
	var queries queryList
	var child data
	if err := p.Read(2, &h, &queries, &child); err != nil {
		return err
	}
	if err := queries.check(true); err != nil {
		return err
	}
	if child != nil {
		queries = nil // there are no child tries, and nothing is in them
	}
	return v.query(ctx, sink, "storage", func() error {
		state, err := v.chain.Stored(primitives.Hash(h))
		if err != nil {
			return err
		}
		r := &reader{state: state, queries: queries}
		return sendAll(ctx, v, sink, r.step, func(i item) any { return storageEvent{"storage", i} })
	})
}

// diffQuery is what is asked for of the keys that begin with a key.
type diffQuery struct {
	Key   data      `json:"key"`
	Type  queryType `json:"returnType"`
	Child data      `json:"childTrieKey"`
}

func (v *service) archiveDiff(ctx context.Context, p jsonrpc.Params, sink *jsonrpc.Sink) error {
	var h blockHash
	var queries []diffQuery
	var previous *blockHash
	var given json.RawMessage
	if err := p.Read(1, &h, &given, &previous); err != nil {
		return err
	}
	if given == nil {
		queries = []diffQuery{{Type: valueOf}}
	} else if err := json.Unmarshal(given, &queries); err != nil {
		return jsonrpc.InvalidParams("items: " + err.Error())
	}
	for _, q := range queries {
		if q.Type != valueOf && q.Type != hashOf {
			return jsonrpc.InvalidParams(errReturn.Error())
		}
	}
	return v.query(ctx, sink, "storageDiff", func() error {
		before, after, err := v.between((*primitives.Hash)(previous), primitives.Hash(h))
		if err != nil {
			return err
		}
		for _, q := range queries {
			if q.Child != nil {
				continue // there are no child tries, and nothing is in them
			}
			d := diff{before: before, after: after, prefix: q.Key, hashes: q.Type == hashOf}
			if err := sendAll(ctx, v, sink, d.step, func(each difference) any { return each }); err != nil {
				return err
			}
		}
		return nil
	})
}

// sendAll sends what step finds, each as show has it, until it is done.
func sendAll[T any](ctx context.Context, v *service, sink *jsonrpc.Sink, step func() ([]T, bool, error), show func(T) any) error {
	for done := false; !done; {
		var found []T
		err := v.during(ctx, v.reads, func() (err error) {
			found, done, err = step()
			return err
		})
		if err != nil {
			return err
		}
		for _, each := range found {
			if err := sink.Send(ctx, show(each)); err != nil {
				return err
			}
		}
	}
	return nil
}
