package legacy

import (
	"context"
	"errors"
	"fmt"

	crypto "github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
)

// changeSet is what some keys have after a block: pairs of key and value, null if
// there is none.
//
// Source: polkadot-sdk substrate/primitives/storage/src/lib.rs, StorageChangeSet.
type changeSet struct {
	Block   string           `json:"block"`
	Changes [][2]*wire.Bytes `json:"changes"`
}

// queryStorageAt is state_queryStorageAt: what keys have after one block.
func (m *methods) queryStorageAt(_ context.Context, p jsonrpc.Params) (any, error) {
	var keys []wire.Bytes
	var at *wire.Hash
	if err := p.Read(1, &keys, &at); err != nil {
		return nil, err
	}
	if err := checkKeys(keys...); err != nil {
		return nil, err
	}
	id, _, err := m.header(at)
	if err != nil {
		return nil, unlessClient(err, func(text string) error { return rangeError(id, id, text) })
	}
	b, err := m.block(at)
	if err != nil {
		return nil, err
	}
	room := allowance(maxResult)
	return newWatch(keys).appendChanges([]changeSet{}, b, &room)
}

// queryStorage is state_queryStorage: what keys have after one block, and then what
// changed in each up to another.
func (m *methods) queryStorage(ctx context.Context, p jsonrpc.Params) (any, error) {
	var keys []wire.Bytes
	var from wire.Hash
	var to *wire.Hash
	if err := p.Read(2, &keys, &from, &to); err != nil {
		return nil, err
	}
	if err := checkKeys(keys...); err != nil {
		return nil, err
	}
	way, err := m.way(ctx, from, to)
	if err != nil {
		return nil, err
	}
	sets, room, w := []changeSet{}, allowance(maxResult), newWatch(keys)
	for _, id := range way {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		b, err := m.block((*wire.Hash)(&id))
		if err != nil {
			return nil, err
		}
		if sets, err = w.appendChanges(sets, b, &room); err != nil {
			return nil, err
		}
	}
	return sets, nil
}

// way returns the hashes from one block to its descendant, both included, the best
// block if to is nil.
func (m *methods) way(ctx context.Context, from wire.Hash, to *wire.Hash) ([]primitives.Hash, error) {
	last, h, err := m.header(to)
	fault := func(details string) error { return rangeError(primitives.Hash(from), last, details) }
	if err != nil {
		return nil, unlessClient(err, fault)
	}
	_, first, err := m.header(&from)
	if err != nil {
		return nil, unlessClient(err, fault)
	}
	switch {
	case first.Number > h.Number:
		return nil, fault("from number > to number")
	case h.Number-first.Number >= maxRange:
		return nil, fault(fmt.Sprintf("more than %d blocks", maxRange))
	}
	way := make([]primitives.Hash, h.Number-first.Number+1)
	way[len(way)-1] = last
	for i := len(way) - 2; i >= 0; i-- {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if way[i], h, err = m.header((*wire.Hash)(&h.ParentHash)); err != nil {
			return nil, err
		}
	}
	if way[0] != primitives.Hash(from) {
		return nil, fault("from and to are on different forks")
	}
	return way, nil
}

// rangeError is the error of blocks that are not one above the other.
func rangeError(from, to primitives.Hash, details string) error {
	return &jsonrpc.Error{Code: codeBlockRange, Message: fmt.Sprintf("Cannot resolve a block range ['%q' ... '%q]. %s", from.String(), "Some("+to.String()+")", details)}
}

// unlessClient returns what tell makes of a clientError, err if it is none.
func unlessClient(err error, tell func(text string) error) error {
	var of clientError
	if errors.As(err, &of) {
		return tell(string(of))
	}
	return err
}

// stateSubscriptions are the subscriptions to states and versions.
func (m *methods) stateSubscriptions() []jsonrpc.Subscription {
	return []jsonrpc.Subscription{
		{
			Name: "state_subscribeStorage", Unsubscribe: "state_unsubscribeStorage", Notification: "state_storage",
			Access: jsonrpc.Safe, Params: []string{"keys"}, Run: m.subscribeStorage,
		},
		{
			Name: "state_subscribeRuntimeVersion", Aliases: []string{"chain_subscribeRuntimeVersion"},
			Unsubscribe: "state_unsubscribeRuntimeVersion", UnsubscribeAliases: []string{"chain_unsubscribeRuntimeVersion"},
			Notification: "state_runtimeVersion", Access: jsonrpc.Safe, Run: m.subscribeRuntimeVersion,
		},
	}
}

// subscribeRuntimeVersion tells the version of the rules once: another version is
// another program.
func (m *methods) subscribeRuntimeVersion(ctx context.Context, p jsonrpc.Params, sink *jsonrpc.Sink) error {
	if err := p.Read(0); err != nil {
		return err
	}
	if err := sink.Send(ctx, showVersion(m.Chain.Rules.Version())); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

// Errors of state_subscribeStorage.
var (
	errAllStorage = &jsonrpc.Error{Code: jsonrpc.CodeMethodNotFound, Message: "RPC call is unsafe to be called externally", Data: "subscriptions to all storage are not served: name keys"}
	errWatched    = &jsonrpc.Error{Code: jsonrpc.CodeSubscriptions, Message: "Too many subscriptions on the connection", Data: "all clients together watch too many keys"}
)

// subscribeStorage tells what keys have after the best block, then what of it
// changed with every other best block.
func (m *methods) subscribeStorage(ctx context.Context, p jsonrpc.Params, sink *jsonrpc.Sink) error {
	var keys []wire.Bytes
	if err := p.Read(0, &keys); err != nil {
		return err
	}
	if keys == nil {
		return errAllStorage
	}
	if err := checkKeys(keys...); err != nil {
		return err
	}
	defer m.watched.Add(-int64(len(keys)))
	if m.watched.Add(int64(len(keys))) > maxWatched {
		return errWatched
	}
	if err := sink.Accept(ctx); err != nil {
		return err
	}
	w := newWatch(keys)
	var last primitives.BlockID
	tell := func(id primitives.BlockID) error {
		if id == last {
			return nil
		}
		b, err := m.block((*wire.Hash)(&id.Hash))
		if err != nil {
			return unlessUnknown(err) // pruned meanwhile: another follows
		}
		room := allowance(maxResult)
		sets, err := w.appendChanges(nil, b, &room)
		if err != nil {
			return unlessUnknown(err)
		}
		last = id
		for _, set := range sets {
			err = sink.Send(ctx, set)
		}
		return err
	}
	return m.follow(ctx, best(tell))
}

// watch is what a client was told of some keys.
type watch struct {
	keys []wire.Bytes
	seen []mark
}

func newWatch(keys []wire.Bytes) *watch { return &watch{keys, make([]mark, len(keys))} }

// mark tells values apart. The zero mark is no value's, nor that of none.
type mark struct {
	digest  [16]byte
	seen    bool
	present bool
}

// markOf returns the mark of a value, or of none if it is nil.
func markOf(value []byte) mark {
	return mark{digest: crypto.Blake2b128(value), seen: true, present: value != nil}
}

// appendChanges appends what differs after a block from what was told, if anything does. It
// is told then, unless there is an error.
func (w *watch) appendChanges(sets []changeSet, b block, room *allowance) ([]changeSet, error) {
	set := changeSet{Block: b.Hash.String()}
	marks := make([]mark, len(w.keys))
	for i, key := range w.keys {
		value, err := b.get(key)
		if err != nil {
			return nil, err
		}
		if marks[i] = markOf(value); marks[i] == w.seen[i] {
			continue
		}
		set.Changes = append(set.Changes, [2]*wire.Bytes{&w.keys[i], wire.Optional(value)})
		if err := room.take(len(key) + len(value)); err != nil {
			return nil, err
		}
	}
	if w.seen = marks; len(set.Changes) > 0 {
		sets = append(sets, set)
	}
	return sets, nil
}
