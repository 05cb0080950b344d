// Package crypto says what the rest of Rampart asks of signatures and VRFs.
//
// Cores check nothing themselves: they hold a Verifier. Real is the true one, and
// Remembering the same with decoded keys kept, which a node has one of; package
// cryptotest has a stand-in of the same sizes for simulation. Nothing here signs:
// keys stay in shells, which use sr25519, ed25519 and vrf directly.
//
//	public key, message, signature      → Signatures       → bool
//	public key, slot claim, pre-output, proof → Verifier   → bool, bytes
//	public key, any transcript, …       → TranscriptVerifier → bool, bytes
//
// All methods are total: no input makes them panic, and the same input gives the
// same answer on every machine, whatever came before. In a guest (GOOS=wasip1) Real has
// only Signatures, which the host computes.
package crypto
