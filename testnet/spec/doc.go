// Package spec reads, writes and makes chain specs: the JSON file that says
// what a relay chain starts from, in the form that Substrate tools know, with
// the configuration under genesis.runtimeGenesis.config or patch, or the state of
// block 0 under genesis.raw.
//
// Tools edit the file: what zombienet does to that of polkadot it can do to this
// one. Fields without meaning here are refused, but for session keys of other
// pallets. ParaSpec is the same for parachains that this program knows the rules of.
//
// Nodes agree on a chain by having the same file. Presets make the file for
// well-known networks: dev, local, fast and mainnet-like.
package spec
