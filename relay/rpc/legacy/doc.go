// Package legacy answers the JSON-RPC methods that Substrate nodes have had from
// the beginning: system_, chain_, state_, childstate_, author_, payment_ and
// grandpa_.
//
// It decides names, aliases, who may call what, parameters, the JSON of results,
// and error codes; all as Substrate has them, so that tools see no difference. It
// decides nothing about the chain: blocks and states come from the store, runtime
// calls from backend.Rules, transactions from the pool.
//
//	legacy.Register(server, legacy.Config{Chain: chain, Transactions: pool, Network: network, Keys: keys})
//
// A group whose backend is missing is missing too, and rpc_methods says so.
//
// # Where this differs from Substrate
//
// What a call may ask for is bounded: keys of a call, of a page and of all
// subscriptions, blocks of state_queryStorage, bytes of a result. A subscription
// to storage compares values, so that it also tells what a reorganization changed
// in blocks between. A subscription that was too slow goes on from the present
// head, instead of ending. An extrinsic must end where its length says. Reading the
// runtime version needs a block, not its state. A proof of absent child storage is
// that of its root's absence.
//
// Absent: system_unstable_networkState, system_addLogFilter, system_resetLogFilter,
// state_traceBlock, author_removeExtrinsic, author_rotateKeysWithOwner,
// grandpa_roundState, grandpa_proveFinality, babe_epochAuthorship,
// sync_state_genSyncSpec, subscriptions to all of storage.
//
// Sources: polkadot-sdk substrate/client/rpc-api/src, substrate/client/rpc/src,
// substrate/utils/frame/rpc/system, substrate/frame/transaction-payment/rpc,
// substrate/client/consensus/grandpa/rpc.
package legacy
