package legacy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	crypto "github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/trie"
)

// state are the methods about states, and about what the rules say on them.
func (m *methods) state() []jsonrpc.Method {
	keyAt, keysAt := []string{"key", "hash"}, []string{"keys", "hash"}
	return inState([]jsonrpc.Method{
		{Name: "state_call", Aliases: []string{"state_callAt"}, Access: jsonrpc.Safe, Heavy: true, Params: []string{"name", "bytes", "hash"}, Call: m.stateCall},
		{Name: "state_getMetadata", Access: jsonrpc.Safe, Heavy: true, Params: []string{"hash"}, Call: m.getMetadata},
		{Name: "state_getRuntimeVersion", Aliases: []string{"chain_getRuntimeVersion"}, Access: jsonrpc.Safe, Params: []string{"hash"}, Call: m.getRuntimeVersion},
		{Name: "state_getStorage", Aliases: []string{"state_getStorageAt"}, Access: jsonrpc.Safe, Params: keyAt, Call: m.getStorage},
		{Name: "state_getStorageHash", Aliases: []string{"state_getStorageHashAt"}, Access: jsonrpc.Safe, Params: keyAt, Call: m.getStorageHash},
		{Name: "state_getStorageSize", Aliases: []string{"state_getStorageSizeAt"}, Access: jsonrpc.Safe, Heavy: true, Params: keyAt, Call: m.getStorageSize},
		{Name: "state_getKeysPaged", Aliases: []string{"state_getKeysPagedAt"}, Access: jsonrpc.Safe, Heavy: true, Params: []string{"prefix", "count", "start_key", "hash"}, Call: m.getKeysPaged},
		{Name: "state_getKeys", Access: jsonrpc.Unsafe, Heavy: true, Params: []string{"prefix", "hash"}, Call: m.getKeys},
		{Name: "state_getPairs", Access: jsonrpc.Unsafe, Heavy: true, Params: []string{"prefix", "hash"}, Call: m.getPairs},
		{Name: "state_queryStorage", Access: jsonrpc.Unsafe, Heavy: true, Params: []string{"keys", "block", "hash"}, Call: m.queryStorage},
		{Name: "state_queryStorageAt", Access: jsonrpc.Safe, Heavy: true, Params: []string{"keys", "at"}, Call: m.queryStorageAt},
		{Name: "state_getReadProof", Access: jsonrpc.Safe, Heavy: true, Params: keysAt, Call: m.getReadProof},
	})
}

// stateCall is state_call.
func (m *methods) stateCall(_ context.Context, p jsonrpc.Params) (any, error) {
	var name string
	var arguments wire.Bytes
	b, err := m.at(p, 2, &name, &arguments)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(name, "Metadata_") {
		return m.cachedCall(b, name, arguments)
	}
	result, err := m.call(b, name, arguments)
	return wire.Bytes(result), err
}

// runtimeVersion is a system.RuntimeVersion as JSON has it. The layout of the state
// goes by its old name too.
//
// Source: polkadot-sdk substrate/primitives/version/src/lib.rs.
type runtimeVersion struct {
	SpecName           string   `json:"specName"`
	ImplName           string   `json:"implName"`
	AuthoringVersion   uint32   `json:"authoringVersion"`
	SpecVersion        uint32   `json:"specVersion"`
	ImplVersion        uint32   `json:"implVersion"`
	APIs               [][2]any `json:"apis"`
	TransactionVersion uint32   `json:"transactionVersion"`
	SystemVersion      uint8    `json:"systemVersion"`
	StateVersion       uint8    `json:"stateVersion"`
}

func showVersion(v system.RuntimeVersion) runtimeVersion {
	apis := make([][2]any, 0, len(v.APIs))
	for _, a := range v.APIs {
		apis = append(apis, [2]any{wire.Bytes(a.ID[:]), a.Version})
	}
	return runtimeVersion{
		SpecName: v.SpecName, ImplName: v.ImplName, AuthoringVersion: v.AuthoringVersion, SpecVersion: v.SpecVersion,
		ImplVersion: v.ImplVersion, APIs: apis, TransactionVersion: v.TransactionVersion,
		SystemVersion: v.SystemVersion, StateVersion: v.SystemVersion,
	}
}

// getRuntimeVersion is state_getRuntimeVersion. The rules of a chain are those of
// this program, at every block.
func (m *methods) getRuntimeVersion(_ context.Context, p jsonrpc.Params) (any, error) {
	var at *wire.Hash
	if err := p.Read(0, &at); err != nil {
		return nil, err
	}
	if _, _, err := m.header(at); err != nil {
		return nil, err
	}
	return showVersion(m.Chain.Rules.Version()), nil
}

// keyed reads the parameters of methods about a key, which may be a prefix.
func (m *methods) keyed(p jsonrpc.Params, required int) (block, wire.Bytes, error) {
	var key wire.Bytes
	b, err := m.at(p, required, &key)
	if err != nil {
		return block{}, nil, err
	}
	return b, key, checkKeys(key)
}

// getStorage is state_getStorage.
func (m *methods) getStorage(_ context.Context, p jsonrpc.Params) (any, error) {
	b, key, err := m.keyed(p, 1)
	if err != nil {
		return nil, err
	}
	value, err := b.get(key)
	return wire.Optional(value), err
}

// getStorageHash is state_getStorageHash.
func (m *methods) getStorageHash(_ context.Context, p jsonrpc.Params) (any, error) {
	b, key, err := m.keyed(p, 1)
	if err != nil {
		return nil, err
	}
	value, err := b.get(key)
	if value == nil || err != nil {
		return nil, err
	}
	digest := crypto.Blake2b256(value)
	return wire.Bytes(digest[:]), nil
}

// getStorageSize is state_getStorageSize: the bytes of a value, or of all below a
// key that has none.
func (m *methods) getStorageSize(ctx context.Context, p jsonrpc.Params) (any, error) {
	b, key, err := m.keyed(p, 1)
	if err != nil {
		return nil, err
	}
	value, err := b.get(key)
	if err != nil {
		return nil, err
	}
	if value != nil {
		return len(value), nil
	}
	sum := 0
	err = b.walk(ctx, key, nil, func(k []byte) (bool, error) {
		value, err := b.get(k)
		sum += len(value)
		return true, err
	})
	if err != nil || sum == 0 {
		return nil, err
	}
	return sum, nil
}

// getKeysPaged is state_getKeysPaged.
func (m *methods) getKeysPaged(ctx context.Context, p jsonrpc.Params) (any, error) {
	var prefix, start wire.Bytes
	var count *uint32
	b, err := m.at(p, 0, &prefix, &count, &start)
	if err != nil {
		return nil, err
	}
	if count == nil {
		return nil, jsonrpc.InvalidParams("parameter 1 is missing")
	}
	if *count > maxPage {
		return nil, &jsonrpc.Error{Code: codePage, Message: fmt.Sprintf("count exceeds maximum value. value: %d, max: %d", *count, maxPage)}
	}
	if err := checkKeys(prefix, start); err != nil {
		return nil, err
	}
	keys := make([]wire.Bytes, 0, *count)
	if *count == 0 {
		return keys, nil
	}
	err = b.walk(ctx, prefix, start, func(k []byte) (bool, error) {
		keys = append(keys, k)
		return len(keys) < int(*count), nil
	})
	return keys, err
}

// getKeys is state_getKeys.
func (m *methods) getKeys(ctx context.Context, p jsonrpc.Params) (any, error) {
	b, prefix, err := m.keyed(p, 0)
	if err != nil {
		return nil, err
	}
	keys, room := []wire.Bytes{}, allowance(maxResult)
	err = b.walk(ctx, prefix, nil, func(k []byte) (bool, error) {
		keys = append(keys, k)
		return true, room.take(len(k))
	})
	return keys, err
}

// getPairs is state_getPairs.
func (m *methods) getPairs(ctx context.Context, p jsonrpc.Params) (any, error) {
	b, prefix, err := m.keyed(p, 0)
	if err != nil {
		return nil, err
	}
	pairs, room := [][2]wire.Bytes{}, allowance(maxResult)
	err = b.walk(ctx, prefix, nil, func(k []byte) (bool, error) {
		value, err := b.get(k)
		if err != nil {
			return false, err
		}
		pairs = append(pairs, [2]wire.Bytes{k, value})
		return true, room.take(len(k) + len(value))
	})
	return pairs, err
}

// readProof is the proof of some keys of the state after a block.
type readProof struct {
	At    string       `json:"at"`
	Proof []wire.Bytes `json:"proof"`
}

// getReadProof is state_getReadProof.
func (m *methods) getReadProof(ctx context.Context, p jsonrpc.Params) (any, error) {
	var keys []wire.Bytes
	b, err := m.at(p, 1, &keys)
	if err != nil {
		return nil, err
	}
	if err := checkKeys(keys...); err != nil {
		return nil, err
	}
	return b.prove(ctx, keys)
}

// prove returns the trie nodes and values that show what the keys have.
func (b block) prove(ctx context.Context, keys []wire.Bytes) (any, error) {
	recorder := trie.NewRecorder(b.View)
	t := trie.New(recorder, b.Header.StateRoot, trie.V1)
	for _, k := range keys {
		if _, err := t.Get(k); err != nil {
			return nil, readError(err, b.Hash)
		}
		room := allowance(maxResult - recorder.Size())
		if err := errors.Join(room.take(0), ctx.Err()); err != nil {
			return nil, err
		}
	}
	out := readProof{At: b.Hash.String(), Proof: []wire.Bytes{}}
	for _, node := range recorder.Proof() {
		out.Proof = append(out.Proof, node)
	}
	return out, nil
}
