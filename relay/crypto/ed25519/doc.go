// Package ed25519 signs and verifies Ed25519 signatures under the rules of
// ZIP-215: the cofactored equation, non-canonical and small-order points
// allowed, s reduced. Single and joint verification follow the same rules, so
// nodes that batch differently never disagree; the standard library's crypto/ed25519 is
// stricter and must not be mixed with it.
//
//	seed → SecretKey → Sign → Signature
//	PublicKey, message, Signature → Verify, Batch → bool
//
// Signing is deterministic (RFC 8032). In a guest (GOOS=wasip1) only
// verification exists, and it is the host module rampart_1 that computes it.
//
// Source: ZIP-215; sp-core src/ed25519.rs over ed25519-zebra.
package ed25519
