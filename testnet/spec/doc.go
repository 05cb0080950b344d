// Package spec reads, writes and makes chain specs: the JSON file that says
// what a relay chain starts from, in the form that Substrate tools know, with
// the configuration under genesis.runtimeGenesis.config.
//
// Nodes agree on a chain by having the same file. Presets make the file for
// well-known networks: dev, local, fast and mainnet-like.
package spec
