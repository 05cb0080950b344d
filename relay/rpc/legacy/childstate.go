package legacy

import (
	"bytes"
	"context"

	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
)

// childPrefix is how keys of child tries begin.
//
// Source: polkadot-sdk substrate/primitives/storage/src/lib.rs, DEFAULT_CHILD_STORAGE_KEY_PREFIX.
const childPrefix = ":child_storage:default:"

// childState are the methods about child tries. No chain here has any: they answer
// what is true of one that is absent.
func (m *methods) childState() []jsonrpc.Method {
	none := func(int) any { return nil }
	empty := func(int) any { return []blob{} }
	keyAt := []string{"child_storage_key", "key", "hash"}
	return []jsonrpc.Method{
		{Name: "childstate_getKeys", Access: jsonrpc.Safe, Params: []string{"child_storage_key", "prefix", "hash"}, Call: inState(m.childKey(empty))},
		{Name: "childstate_getKeysPaged", Aliases: []string{"childstate_getKeysPagedAt"}, Access: jsonrpc.Safe,
			Params: []string{"child_storage_key", "prefix", "count", "start_key", "hash"}, Call: inState(m.childPage)},
		{Name: "childstate_getStorage", Access: jsonrpc.Safe, Params: keyAt, Call: inState(m.childKey(none))},
		{Name: "childstate_getStorageHash", Access: jsonrpc.Safe, Params: keyAt, Call: inState(m.childKey(none))},
		{Name: "childstate_getStorageSize", Access: jsonrpc.Safe, Params: keyAt, Call: inState(m.childKey(none))},
		{Name: "childstate_getStorageEntries", Access: jsonrpc.Safe, Params: []string{"child_storage_key", "keys", "hash"},
			Call: inState(m.childKeys(func(n int) any { return make([]*blob, n) }))},
		{Name: "state_getChildReadProof", Access: jsonrpc.Safe, Heavy: true, Params: []string{"child_storage_key", "keys", "hash"}, Call: inState(m.childProof)},
	}
}

// child returns an error unless the key is that of a child trie, and the block is
// there.
func (m *methods) child(key blob, at *hash) error {
	if !bytes.HasPrefix(key, []byte(childPrefix)) {
		return clientError("Invalid child storage key")
	}
	_, err := m.block(at)
	return err
}

// childKey is a method about one key, or prefix, of a child trie.
func (m *methods) childKey(answer func(int) any) handler {
	return func(_ context.Context, p jsonrpc.Params) (any, error) {
		var child, key blob
		var at *hash
		if err := p.Read(2, &child, &key, &at); err != nil {
			return nil, err
		}
		return answer(1), m.child(child, at)
	}
}

// childKeys is a method about many keys of a child trie.
func (m *methods) childKeys(answer func(int) any) handler {
	return func(_ context.Context, p jsonrpc.Params) (any, error) {
		var child blob
		var keys []blob
		var at *hash
		if err := p.Read(2, &child, &keys, &at); err != nil {
			return nil, err
		}
		return answer(len(keys)), m.child(child, at)
	}
}

// childPage is childstate_getKeysPaged.
func (m *methods) childPage(_ context.Context, p jsonrpc.Params) (any, error) {
	var child, prefix, start blob
	var count *uint32
	var at *hash
	if err := p.Read(1, &child, &prefix, &count, &start, &at); err != nil {
		return nil, err
	}
	if count == nil {
		return nil, jsonrpc.InvalidParams("parameter 2 is missing")
	}
	return []blob{}, m.child(child, at)
}

// childProof is state_getChildReadProof: the proof that the child trie has no root.
func (m *methods) childProof(ctx context.Context, p jsonrpc.Params) (any, error) {
	var child blob
	var keys []blob
	var at *hash
	if err := p.Read(2, &child, &keys, &at); err != nil {
		return nil, err
	}
	if err := checkKeys(child); err != nil {
		return nil, err
	}
	if err := m.child(child, at); err != nil {
		return nil, err
	}
	return m.prove(ctx, at, []blob{child})
}
