// Package sr25519 signs and verifies Schnorr signatures over Ristretto255 as
// the Rust crate schnorrkel 0.11 does, with the signing context "substrate",
// and derives keys the way Substrate's key URIs do.
//
// It decides whether a signature is good; it does not know account formats
// (package ss58), key URIs (package keys) or VRFs (package vrf).
//
//	seed, entropy → SecretKey → Sign → Signature
//	PublicKey, message, Signature → Verify, Batch → bool
//
// Randomness is an argument: the package reads no entropy and no clock, so the
// same inputs give the same bytes. In a guest (GOOS=wasip1) only verification
// exists, and it is the host module rampart_1 that computes it.
//
// Source: schnorrkel src/sign.rs, src/keys.rs, src/derive.rs;
// sp-core src/sr25519.rs.
package sr25519
