// Package relaychain is what the relay chain's rules answer to runtime calls: those
// of any chain (package api) and its own, about who authors and finalizes, and
// about parachains.
//
// Calls that prove or report an offence, or make keys, are not here, as nothing in
// the runtime could answer them.
//
// Source: polkadot-sdk, decl_runtime_apis of substrate/primitives/{consensus/babe,
// consensus/grandpa, session} and polkadot/primitives/src/runtime_api.rs.
package relaychain

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
