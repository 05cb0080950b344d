// Package sdk makes parachains of pallets: the same source is the collator's
// execution on the host and, built for WebAssembly, the validation function.
//
// An author writes pallets (package relay/frame), lists them in Rules with what
// comes in from other chains, and registers the chain in a main package:
//
//	func init() { sdk.Main(sdk.New(sdk.Rules{Name: "coin", Own: …})) }
//	func main() {}
//
// A collator makes a block in three steps; the key stays with it:
//
//	block, err := chain.Build(view, parent, proposal)
//	block.Header = sdk.Seal(block.Header, key.Sign(sdk.SealPayload(block.Header)))
//	collation, err := chain.Collate(view, parent, block)
//
// and everybody else either executes the block on the state that they hold, or
// validates the proof of validity with nothing else at hand:
//
//	outcome, result, err := chain.Execute(view, parent, block)
//	result, err := chain.ValidateBlock(params)
//
// All of these lead to the same ValidationResult. Block 0 comes from Genesis; the
// head of a chain, as the relay chain keeps it, is the SCALE encoding of a sealed
// header.
//
// # Proof of validity
//
//	"VERSIONEDPBD" ‖ 01 ‖ Vec<block> ‖ Vec<Vec<u8>>
//
// with exactly one block, and the compact proof of all nodes and values that its
// execution reads, and no other.
//
// The package keeps no state, holds no key and knows no network. It does not say
// which messages the relay chain will accept, only that the chain keeps within
// what it knows of the relay chain's limits.
//
// Source: polkadot-sdk cumulus/primitives/core (ParachainBlockData),
// cumulus/pallets/parachain-system/src/validate_block.
package sdk
