package legacy

import (
	"context"
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/relay/chain"
	crypto "github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
)

// changeSet is what some keys have after a block: pairs of key and value, null if
// there is none.
//
// Source: polkadot-sdk substrate/primitives/storage/src/lib.rs, StorageChangeSet.
type changeSet struct {
	Block   string     `json:"block"`
	Changes [][2]*blob `json:"changes"`
}

// queryStorageAt is state_queryStorageAt: what keys have after one block.
func (m *methods) queryStorageAt(ctx context.Context, p jsonrpc.Params) (any, error) {
	var keys []blob
	var at *hash
	if err := p.Read(1, &keys, &at); err != nil {
		return nil, err
	}
	if at == nil {
		best := hash(m.Chain.Store.Best().Hash)
		at = &best
	}
	return m.query(ctx, keys, *at, at)
}

// queryStorage is state_queryStorage: what keys have after one block, and then what
// changed in each up to another.
func (m *methods) queryStorage(ctx context.Context, p jsonrpc.Params) (any, error) {
	var keys []blob
	var from hash
	var to *hash
	if err := p.Read(2, &keys, &from, &to); err != nil {
		return nil, err
	}
	return m.query(ctx, keys, from, to)
}

func (m *methods) query(ctx context.Context, keys []blob, from hash, to *hash) (any, error) {
	if err := checkKeys(keys...); err != nil {
		return nil, err
	}
	way, err := m.way(ctx, from, to)
	if err != nil {
		return nil, err
	}
	sets, room := []changeSet{}, allowance(maxResult)
	last := make([]mark, len(keys))
	for _, id := range way {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		at := hash(id)
		b, err := m.block(&at)
		if err != nil {
			return nil, err
		}
		set := changeSet{Block: id.String()}
		for j, key := range keys {
			value, err := b.get(key)
			if err != nil {
				return nil, err
			}
			now := markOf(value)
			if now == last[j] {
				continue
			}
			last[j] = now
			set.Changes = append(set.Changes, [2]*blob{&keys[j], optional(value)})
			if err := room.take(len(key) + len(value)); err != nil {
				return nil, err
			}
		}
		if len(set.Changes) > 0 {
			sets = append(sets, set)
		}
	}
	return sets, nil
}

// way returns the hashes from one block to its descendant, both included, the best
// block if to is nil.
func (m *methods) way(ctx context.Context, from hash, to *hash) ([]primitives.Hash, error) {
	fault := func(to, details string) error {
		return &jsonrpc.Error{Code: codeBlockRange, Message: fmt.Sprintf("Cannot resolve a block range ['%q' ... '%q]. %s", primitives.Hash(from).String(), to, details)}
	}
	shown := func(h primitives.Hash) string { return "Some(" + h.String() + ")" }
	last, h, err := m.header(to)
	if err != nil {
		return nil, unlessClient(err, func(text string) error { return fault(shown(last), text) })
	}
	_, first, err := m.header(&from)
	if err != nil {
		return nil, unlessClient(err, func(text string) error { return fault(shown(last), text) })
	}
	switch {
	case first.Number > h.Number:
		return nil, fault(shown(last), "from number > to number")
	case h.Number-first.Number >= maxRange:
		return nil, fault(shown(last), fmt.Sprintf("more than %d blocks", maxRange))
	}
	way := make([]primitives.Hash, h.Number-first.Number+1)
	for i := len(way) - 1; ; i-- {
		way[i] = last
		if i == 0 {
			break
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		parent := hash(h.ParentHash)
		if last, h, err = m.header(&parent); err != nil {
			return nil, err
		}
	}
	if way[0] != primitives.Hash(from) {
		return nil, fault(shown(way[len(way)-1]), "from and to are on different forks")
	}
	return way, nil
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
	var keys []blob
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
	w := watch{keys: keys, seen: make([]mark, len(keys))}
	tell := func(id primitives.BlockID) error {
		set, err := w.changes(m, id)
		if err != nil || len(set.Changes) == 0 {
			return err
		}
		return sink.Send(ctx, set)
	}
	return m.follow(ctx, listener{
		begin:     func(at backend.Start) error { return tell(at.Best) },
		imported:  func(e chain.Imported) error { return tell(e.Best) },
		finalized: func(e chain.Finalized) error { return tell(e.Best) },
	})
}

// watch is what a client was told of some keys.
type watch struct {
	keys []blob
	seen []mark
	last primitives.BlockID
}

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

// changes returns what differs after a block from what was told. A block that was
// pruned meanwhile has no changes: another follows.
func (w *watch) changes(m *methods, id primitives.BlockID) (changeSet, error) {
	set := changeSet{Block: id.Hash.String()}
	if id == w.last {
		return set, nil
	}
	at := hash(id.Hash)
	b, err := m.block(&at)
	if err != nil {
		return changeSet{}, unlessUnknown(err)
	}
	room := allowance(maxResult)
	marks := make([]mark, len(w.keys))
	for i, key := range w.keys {
		value, err := b.get(key)
		if err != nil {
			return changeSet{}, unlessUnknown(err)
		}
		if marks[i] = markOf(value); marks[i] == w.seen[i] {
			continue
		}
		set.Changes = append(set.Changes, [2]*blob{&w.keys[i], optional(value)})
		if err := room.take(len(key) + len(value)); err != nil {
			return changeSet{}, err
		}
	}
	w.seen, w.last = marks, id
	return set, nil
}
