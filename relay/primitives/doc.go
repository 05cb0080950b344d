// Package primitives is the vocabulary of Rampart: the types that more than one
// part of the relay chain speaks of, under the names of the Polkadot
// specification, with their SCALE encodings.
//
// It decides nothing. Every index has a type of its own, so that the compiler
// refuses groups[validator]. Encodings are generated (zz_codec.go) from the
// declarations; struct fields are encoded in the order written.
package primitives

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
