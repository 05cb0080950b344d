// Package metadata describes a runtime to wallets, explorers and libraries:
// which pallets it has, how their storage is keyed, what calls, events, errors
// and constants there are, and how every type is encoded.
//
// framegen writes a [Pallet] per pallet package from its declarations, and an
// [API] per group of runtime calls. They name types by keys; [Runtime] gives each
// type that is reached a number and encodes everything as RuntimeMetadata of
// version 14, 15 or 16: tools read one of them. APIs are not part of version 14.
//
// It knows nothing of Go types, and does not decide what a runtime consists of.
//
// Source of the format: paritytech/frame-metadata src/{v14,v15,v16}.rs and
// paritytech/scale-info src/{portable,ty}.
package metadata
