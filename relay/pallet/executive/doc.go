// Package executive executes blocks: it calls the pallets of a runtime in order
// and applies extrinsics under the rules that hold for all of them (signature,
// nonce, era, fee, length and weight of the block).
//
// Inputs are the state after the parent, the parent's header, and either a block
// to check or the extrinsics to make one of. The output is the changed state and
// the digest; the caller computes the state root and writes the header. The
// same code runs in the relay node, in a collator, and in a validation function.
//
//	x, err := runtime.Begin(state, parent, preRuntimeDigest)
//	for … { err := x.Apply(extrinsic) }
//	digest, err := x.End()
package executive
