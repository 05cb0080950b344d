// Package keys turns what people type into key pairs: BIP-39 phrases and
// Substrate's secret URIs, with hard and soft derivation.
//
//	URI       = [ phrase | "0x" + 64 hexadecimal digits ] { junction } [ "///" password ]
//	junction  = "//" name (hard) | "/" name (soft)
//
// Without phrase the URI stands on DevPhrase, so "//Alice" is the key that every
// development chain knows. A phrase becomes a seed by PBKDF2 over its entropy,
// not over its words as BIP-39 says: that is Substrate's rule. The password is
// part of that salt, so it does nothing to a seed written in hexadecimal.
//
// The package draws no randomness: NewPhrase takes entropy, and soft children
// get a nonce seed determined by their parent.
//
// In a guest (GOOS=wasip1) the package is empty.
//
// Source: sp-core src/crypto.rs and src/address_uri.rs; substrate-bip39.
package keys
