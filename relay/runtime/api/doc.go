// Package api is the runtime calls of a chain: what wallets, libraries and
// collators ask about the state after a block, by the name of a call and its
// encoded arguments.
//
//	Block.Call("AccountNonceApi_account_nonce", account) → nonce, encoded
//
// The calls declared here are those that every chain made of pallets answers,
// relay chain and parachains alike; what a chain answers besides is an Extension
// (package relaychain).
//
// An API is a struct with the directive //frame:api Name Version; its exported
// methods are the calls. From this one declaration framegen writes how a call is
// decoded and answered, and what metadata says of it; [Chain.Version] lists the
// APIs by the hash of their names.
//
// Calls change nothing: what one would do to the state is dropped. Calls that
// build blocks from inherent data or a genesis from a preset are not here, as
// nothing in the runtime could answer them: whoever asks is told [ErrMethod], and
// metadata does not list them.
//
// Source: polkadot-sdk, decl_runtime_apis of substrate/primitives/{api,
// block-builder, transaction-pool} and substrate/frame/{system,
// transaction-payment}/rpc/runtime-api.
package api

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
