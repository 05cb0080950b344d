package v1

import (
	"context"
	"fmt"
	"sync"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/transactions"
)

// Errors of chainHead_v1, and those that are the same in all groups.
//
// Source: JSON-RPC interface specification, chainHead_v1; polkadot-sdk
// substrate/client/rpc-spec-v2/src/chain_head/error.rs.
var (
	errFollows   = &jsonrpc.Error{Code: -32800, Message: "Maximum number of chainHead_follow has been reached"}
	errBlock     = &jsonrpc.Error{Code: -32801, Message: "Invalid block hash"} // it is not pinned
	errRuntime   = &jsonrpc.Error{Code: -32802, Message: "The runtime updates flag must be set"}
	errContinue  = &jsonrpc.Error{Code: -32803, Message: "Wait for continue event not generated"}
	errTwice     = &jsonrpc.Error{Code: -32804, Message: "Received duplicate hashes for `chainHead_unpin`"}
	errOperation = &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "Invalid operation id"}
	errQueries   = &jsonrpc.Error{Code: jsonrpc.CodeBusy, Message: "Too many storage subscriptions on the connection"}
)

// service is what all methods share.
type service struct {
	chain   backend.Chain
	pool    *transactions.Pool
	limits  Limits
	log     *zap.Logger
	genesis primitives.Hash
	pins    pins
	reads   chan struct{} // a place for each step that reads
	calls   chan struct{} // a place for each runtime call

	// mu guards what follows: every call comes in a goroutine of its own.
	mu         sync.Mutex
	follows    map[string]*follow           // by subscription
	queries    map[uint64]int               // archive subscriptions by connection
	broadcasts map[uint64]map[string]func() // what stops each, by connection and operation
}

// Register adds the methods to a server. The store must have its genesis block.
func Register(s *jsonrpc.Server, c Config) {
	c = c.withDefaults()
	genesis, ok := c.Chain.Store.Genesis()
	if !ok {
		panic("chain without genesis block")
	}
	v := &service{
		chain: c.Chain, pool: c.Transactions, limits: c.Limits, log: c.Logger.Named("rpc"), genesis: genesis,
		pins:  pins{store: c.Chain.Store, most: c.Limits.Kept, mostBytes: c.Limits.KeptBytes, blocks: map[primitives.Hash]*block{}},
		reads: make(chan struct{}, c.Limits.Steps), calls: make(chan struct{}, c.Limits.Steps),
		follows: map[string]*follow{}, queries: map[uint64]int{}, broadcasts: map[uint64]map[string]func(){},
	}
	v.registerSpec(s)
	v.registerChainHead(s)
	if c.Transactions != nil {
		v.registerTransactions(s)
	}
	if c.Archive {
		v.registerArchive(s)
	}
}

// registerSpec adds the methods about what never changes.
func (v *service) registerSpec(s *jsonrpc.Server) {
	spec := v.chain.Spec
	for name, value := range map[string]any{"chainName": spec.Name, "genesisHash": v.genesis.String(), "properties": spec.Properties} {
		s.Method(jsonrpc.Method{Name: "chainSpec_v1_" + name, Access: jsonrpc.Safe, Call: func(_ context.Context, p jsonrpc.Params) (any, error) {
			return value, p.Read(0)
		}})
	}
}

// nothing answers a call that ends a subscription, whether there was one or not.
func nothing(bool) (any, error) { return nil, nil }

// during calls f when there is one of the places, unless ctx ends before. A panic in
// f is an error: a call of a client must not end the node.
func (v *service) during(ctx context.Context, places chan struct{}, f func() error) (err error) {
	select {
	case places <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() {
		<-places
		if reason := recover(); reason != nil {
			v.log.Error("operation panicked", zap.Any("reason", reason), zap.Stack("stack"))
			err = errPanic
		}
	}()
	return f()
}

// call makes a runtime call on the state after a block.
func (v *service) call(ctx context.Context, s backend.State, name string, arguments []byte) (out []byte, err error) {
	err = v.during(ctx, v.calls, func() error {
		out, err = v.chain.Rules.Call(s.Header, s.View, name, arguments)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("runtime call %.64q: %w", name, err)
	}
	return out, nil
}
