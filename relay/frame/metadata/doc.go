// Package metadata describes a runtime to wallets, explorers and libraries:
// which pallets it has, how their storage is keyed, what calls, events, errors
// and constants there are, and how every type is encoded.
//
// framegen writes a [Pallet] per pallet package from its declarations. It names
// types by keys; [Runtime] gives each type that is reached a number and encodes
// everything as RuntimeMetadataV14, the form that all present tools read.
//
// It knows nothing of Go types, and does not decide what a runtime consists of.
//
// Source of the format: paritytech/frame-metadata src/v14.rs and
// paritytech/scale-info src/{portable,ty}.
package metadata
