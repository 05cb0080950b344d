// Package ecdsa makes and checks Substrate's ECDSA signatures: secp256k1 over the
// BLAKE2b-256 hash of the message, 65 bytes from which the key can be recovered.
//
//	seed → SecretKey → Public (33 bytes, compressed), Sign
//	signature, message, public key → Verify
//
// Nothing of the relay chain signs with such keys; wallets and bridges do. In a
// guest (GOOS=wasip1) the package is empty.
//
// Source: sp-core src/ecdsa.rs.
package ecdsa
