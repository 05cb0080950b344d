// Package ss58 writes and reads account addresses: base58 of prefix ‖ account ‖
// checksum, for accounts of 32 bytes.
//
//	prefix 0..63      one byte
//	prefix 64..16383  two bytes: 01aaaaaa bbcccccc is the number 00cccccc aaaaaabb
//	checksum          first 2 bytes of BLAKE2b-512("SS58PRE" ‖ prefix ‖ account)
//
// Prefixes 46 and 47 are reserved and refused both ways. Decode accepts only
// what Encode writes: a prefix below 64 written in two bytes, which Substrate
// lets pass, is refused. Which prefix a chain wants is the caller's business.
//
// Source: sp-core src/crypto.rs, Ss58Codec.
package ss58
