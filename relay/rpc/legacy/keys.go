package legacy

import (
	"context"

	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
)

// keys are the methods about the keystore.
func (m *methods) keys() []jsonrpc.Method {
	if m.Keys == nil {
		return nil
	}
	return []jsonrpc.Method{
		{Name: "author_insertKey", Access: jsonrpc.Unsafe, Params: []string{"key_type", "suri", "public"}, Call: m.insertKey},
		{Name: "author_rotateKeys", Access: jsonrpc.Unsafe, Call: m.rotateKeys},
		{Name: "author_hasKey", Access: jsonrpc.Unsafe, Params: []string{"public_key", "key_type"}, Call: m.hasKey},
		{Name: "author_hasSessionKeys", Access: jsonrpc.Unsafe, Params: []string{"session_keys"}, Call: m.hasSessionKeys},
	}
}

// Errors of the keystore.
var (
	errKeyType     = &jsonrpc.Error{Code: codeAuthor, Message: "Invalid key type ID format (should be of length four)"}
	errSessionKeys = &jsonrpc.Error{Code: codeAuthor, Message: "Session keys are not encoded correctly"}
)

// noKeystore is the error of a keystore that did not do what it was asked for.
func noKeystore(err error) error {
	return &jsonrpc.Error{Code: codeAuthor, Message: "The key store is unavailable", Data: err.Error()}
}

// insertKey is author_insertKey.
func (m *methods) insertKey(ctx context.Context, p jsonrpc.Params) (any, error) {
	var kind, uri string
	var public wire.Bytes
	if err := p.Read(3, &kind, &uri, &public); err != nil {
		return nil, err
	}
	if len(kind) != 4 {
		return nil, errKeyType
	}
	if err := m.Keys.Insert(ctx, kind, uri, public); err != nil {
		return nil, noKeystore(err)
	}
	return nil, nil
}

// rotateKeys is author_rotateKeys.
func (m *methods) rotateKeys(ctx context.Context, p jsonrpc.Params) (any, error) {
	if err := p.Read(0); err != nil {
		return nil, err
	}
	public, err := m.Keys.Generate(ctx)
	if err != nil {
		return nil, noKeystore(err)
	}
	return wire.Bytes(public), nil
}

// hasKey is author_hasKey.
func (m *methods) hasKey(_ context.Context, p jsonrpc.Params) (any, error) {
	var public wire.Bytes
	var kind string
	if err := p.Read(2, &public, &kind); err != nil {
		return nil, err
	}
	if len(kind) != 4 {
		return nil, errKeyType
	}
	return m.Keys.Has(public, kind), nil
}

// hasSessionKeys is author_hasSessionKeys.
func (m *methods) hasSessionKeys(_ context.Context, p jsonrpc.Params) (any, error) {
	var keys wire.Bytes
	if err := p.Read(1, &keys); err != nil {
		return nil, err
	}
	has, err := m.Keys.HasSession(keys)
	if err != nil {
		return nil, errSessionKeys
	}
	return has, nil
}
