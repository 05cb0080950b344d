package legacy

import (
	"bytes"
	"context"

	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
)

// childPrefix is how keys of child tries begin.
//
// Source: polkadot-sdk substrate/primitives/storage/src/lib.rs, DEFAULT_CHILD_STORAGE_KEY_PREFIX.
const childPrefix = ":child_storage:default:"

// childState are the methods about child tries. No chain here has any: they answer
// what is true of one that is absent.
func (m *methods) childState() []jsonrpc.Method {
	key := []string{"child_storage_key", "key", "hash"}
	prefix := []string{"child_storage_key", "prefix", "hash"}
	page := []string{"child_storage_key", "prefix", "count", "start_key", "hash"}
	keys := []string{"child_storage_key", "keys", "hash"}
	none := []wire.Bytes{}
	return inState([]jsonrpc.Method{
		{Name: "childstate_getKeys", Access: jsonrpc.Safe, Params: prefix, Call: m.childKey(none)},
		{Name: "childstate_getKeysPaged", Aliases: []string{"childstate_getKeysPagedAt"}, Access: jsonrpc.Safe, Params: page, Call: m.childPage},
		{Name: "childstate_getStorage", Access: jsonrpc.Safe, Params: key, Call: m.childKey(nil)},
		{Name: "childstate_getStorageHash", Access: jsonrpc.Safe, Params: key, Call: m.childKey(nil)},
		{Name: "childstate_getStorageSize", Access: jsonrpc.Safe, Params: key, Call: m.childKey(nil)},
		{Name: "childstate_getStorageEntries", Access: jsonrpc.Safe, Params: keys, Call: m.childEntries},
		{Name: "state_getChildReadProof", Access: jsonrpc.Safe, Heavy: true, Params: keys, Call: m.childProof},
	})
}

// child reads parameters as at does. The first must be the key of a child trie.
func (m *methods) child(p jsonrpc.Params, required int, into ...any) (block, wire.Bytes, error) {
	var key wire.Bytes
	b, err := m.at(p, required, append([]any{&key}, into...)...)
	if err == nil && !bytes.HasPrefix(key, []byte(childPrefix)) {
		err = clientError("Invalid child storage key")
	}
	return b, key, err
}

// childKey is a method about one key, or prefix, of a child trie.
func (m *methods) childKey(answer any) handler {
	return func(_ context.Context, p jsonrpc.Params) (any, error) {
		var key wire.Bytes
		_, _, err := m.child(p, 2, &key)
		return answer, err
	}
}

// childEntries is childstate_getStorageEntries.
func (m *methods) childEntries(_ context.Context, p jsonrpc.Params) (any, error) {
	var keys []wire.Bytes
	_, _, err := m.child(p, 2, &keys)
	return make([]*wire.Bytes, len(keys)), err
}

// childPage is childstate_getKeysPaged.
func (m *methods) childPage(_ context.Context, p jsonrpc.Params) (any, error) {
	var prefix, start wire.Bytes
	var count *uint32
	_, _, err := m.child(p, 1, &prefix, &count, &start)
	if err == nil && count == nil {
		err = jsonrpc.InvalidParams("parameter 2 is missing")
	}
	return []wire.Bytes{}, err
}

// childProof is state_getChildReadProof: the proof that the child trie has no root.
func (m *methods) childProof(ctx context.Context, p jsonrpc.Params) (any, error) {
	var keys []wire.Bytes
	b, child, err := m.child(p, 2, &keys)
	if err != nil {
		return nil, err
	}
	if err := checkKeys(child); err != nil {
		return nil, err
	}
	return b.prove(ctx, []wire.Bytes{child})
}
