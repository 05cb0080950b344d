// Package wire is what every group of JSON-RPC methods writes and reads alike: bytes
// and hashes in hexadecimal digits, and extrinsics behind their length.
//
//	parameter → Bytes, Hash, extrinsic
//	result    ← Bytes, extrinsics
//
// It decides no method's parameters, and no error codes.
//
// Source: polkadot-sdk substrate/primitives/core/src/lib.rs, Bytes; the extrinsics of a
// block are those of the Polkadot specification, extrinsics.
package wire
