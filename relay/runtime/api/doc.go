// Package api is the runtime calls of the relay chain: what wallets, libraries and
// collators ask about the state after a block, by the name of a call and its
// encoded arguments.
//
//	Block.Call("AccountNonceApi_account_nonce", account) → nonce, encoded
//
// An API is a struct with the directive //frame:api Name Version; its exported
// methods are the calls. From this one declaration framegen writes how a call is
// decoded and answered, and what metadata says of it; [Version] lists the APIs by
// the hash of their names.
//
// Calls change nothing: what one would do to the state is dropped. Calls that
// prove or report an offence, make keys, build blocks from inherent data or a
// genesis from a preset are not here, as nothing in the runtime could answer them:
// whoever asks is told [ErrMethod], and metadata does not list them.
//
// Source: polkadot-sdk, decl_runtime_apis of substrate/primitives/{api, babe,
// block-builder, consensus/grandpa, session, transaction-pool},
// substrate/frame/{system, transaction-payment}/rpc/runtime-api and
// polkadot/primitives/src/runtime_api.rs.
package api

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
