// Package v1 serves the JSON-RPC interface specification of Polkadot: the groups
// chainSpec_v1, chainHead_v1, transaction_v1, transactionWatch_v1 and, on a node that
// keeps every state, archive_v1. The relay chain and a parachain are served alike.
//
//	s, err := jsonrpc.New(jsonrpc.Config{})
//	v1.Register(s, v1.Config{Chain: chain, Transactions: pool})
//
// It decides what a client may keep pinned, how many operations it may have, how they
// take turns, and the JSON of everything. Which events a follower gets is decided in
// package chainhead, connections and queues are jsonrpc's, blocks and states the
// store's, transactions the pool's.
//
// # What pinned means
//
// The store deletes blocks that are pruned. Of each block above the finalized one that
// a client pins, header, state and body are therefore kept in memory, once for all
// clients, until the block is final or nobody pins it. A block that is final is
// read from the store, which can read the state of the last 256. A client that pins
// more than its share of final and pruned blocks, or one of them when its state is
// gone, is stopped at the next finality.
//
// What is kept for pruned blocks is bounded, see Limits.Kept; beyond it an operation
// on a pruned block ends with operationInaccessible.
//
// # How operations take turns
//
// The operations of one follow go on one step at a time, in turn; a step is one
// runtime call, one body, or one message of storage items. All clients together
// make few steps at once. A step's result waits until the connection takes it, so that
// a follow has one in memory. Descendants are sent in pages, after each of which the
// client has to ask for more.
//
// # What is not here
//
// The chains have no child tries: every key in one is absent. The rules of a node are
// compiled into it, so newRuntime is always null. chainHead_v1 reports the best block
// that the node has; it does not check it again.
//
// Sources: the JSON-RPC interface specification of Polkadot, src/api; polkadot-sdk
// substrate/client/rpc-spec-v2 for limits and error messages.
package v1
