// Package cryptotest lets simulations sign and verify: with Stub, whose
// signatures are keyed hashes of the true sizes at about a microsecond, or with
// Real, one behind the other's interface.
//
//	seed → Scheme.Keys → Keys → signatures, VRF claims
//	Scheme is a crypto.Verifier of what its own Keys signed
//
// A Stub's signatures cannot be made without its secret, so an adversary in a
// simulation is held to the Keys it was given. They protect nothing else: every
// holder of a Stub could sign for everyone. Never use it in a node.
// In a guest (GOOS=wasip1) the package is empty.
package cryptotest
