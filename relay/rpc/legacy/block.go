package legacy

import (
	"context"
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/store"
)

// Codes of errors, besides those of the pool (txpool.Code).
//
// Source: polkadot-sdk substrate/client/rpc-api/src/{system,chain,state,author}/error.rs;
// substrate/utils/frame/rpc/system; substrate/frame/transaction-payment/rpc.
const (
	codeRuntime    = 1    // a runtime call failed
	codeDecode     = 2    // an extrinsic does not decode
	codeFormat     = 1001 // the same, from author_submitAndWatchExtrinsic
	codeAuthor     = 1040
	codePeer       = 2002
	codeNumber     = 3001 // no block has such a number
	codeBlockRange = 4001
	codePage       = 4002
	codeState      = 4003
)

// clientError is an error of Substrate's client, which is told in different ways
// by different methods.
//
// Source: polkadot-sdk substrate/primitives/blockchain/src/error.rs.
type clientError string

func (e clientError) Error() string { return string(e) }

// readError returns what a client is told of a failed read at a block; err itself
// if it is not for clients, or nil.
func readError(err error, at primitives.Hash) error {
	switch {
	case errors.Is(err, store.ErrStateDiscarded):
		return clientError("UnknownBlock: State already discarded for " + at.String())
	case errors.Is(err, store.ErrUnknownBlock):
		return clientError("UnknownBlock: Header was not found in the database: " + at.String())
	}
	return err
}

type handler = func(context.Context, jsonrpc.Params) (any, error)

// inState has methods tell a clientError as state_ methods do.
func inState(list []jsonrpc.Method) []jsonrpc.Method {
	for i := range list {
		call := list[i].Call
		list[i].Call = func(ctx context.Context, p jsonrpc.Params) (any, error) {
			result, err := call(ctx, p)
			var of clientError
			if errors.As(err, &of) {
				err = &jsonrpc.Error{Code: codeState, Message: "Client error: " + string(of)}
			}
			return result, err
		}
	}
	return list
}

// tell returns a runtime error with a message, err as its data; err itself if it
// is not for clients.
func tell(message string, err error) error {
	var of clientError
	if errors.As(err, &of) {
		return &jsonrpc.Error{Code: codeRuntime, Message: message, Data: string(of)}
	}
	return err
}

// block is a block with the state after it.
type block struct{ backend.State }

// header returns the hash and the header of a block, the best one if at is nil, or
// a clientError.
func (m *methods) header(at *wire.Hash) (primitives.Hash, primitives.Header, error) {
	id, header, err := m.Chain.Header((*primitives.Hash)(at))
	return id, header, readError(err, id)
}

// block returns a block with its state, the best one if at is nil, or a
// clientError.
func (m *methods) block(at *wire.Hash) (block, error) {
	state, err := m.Chain.State((*primitives.Hash)(at))
	return block{state}, readError(err, state.Hash)
}

// at reads parameters, the last of which may be the hash of a block, and returns that
// block, the best one if it is not given.
func (m *methods) at(p jsonrpc.Params, required int, into ...any) (block, error) {
	var at *wire.Hash
	if err := p.Read(required, append(into, &at)...); err != nil {
		return block{}, err
	}
	return m.block(at)
}

// get returns a value, nil if there is none, or a clientError.
func (b block) get(key []byte) ([]byte, error) {
	value, err := b.Get(key)
	return value, readError(err, b.Hash)
}

// walk calls f with the keys that begin with prefix, ascending, only those after
// start unless that is nil, until f returns false.
func (b block) walk(ctx context.Context, prefix, start []byte, f func(key []byte) (bool, error)) error {
	keys := b.Walk(prefix, start)
	for ctx.Err() == nil {
		key, err := keys.Next()
		if key == nil || err != nil {
			return readError(err, b.Hash)
		}
		if more, err := f(key); !more || err != nil {
			return err
		}
	}
	return ctx.Err()
}

// call makes a runtime call at b. Why it failed is a clientError.
func (m *methods) call(b block, name string, arguments []byte) ([]byte, error) {
	result, err := m.Chain.Rules.Call(b.Header, b.View, name, arguments)
	var ofStore store.Reason
	switch {
	case err == nil:
		return result, nil
	case errors.Is(err, backend.ErrNoCall):
		return nil, clientError(fmt.Sprintf("Execution failed: Other: Exported method %.100s is not found", name))
	case errors.As(err, &ofStore):
		return nil, readError(err, b.Hash)
	}
	return nil, clientError("Execution failed: " + err.Error())
}
