// Package erasure splits data among n validators so that any
// k = ⌊(n−1)/3⌋ + 1 of them can rebuild it: as long as at most ⌊(n−1)/3⌋ are
// faulty, a candidate that two thirds claim to hold can be recovered.
//
// [Encode] turns a payload into n shards of equal size; [Reconstruct] turns any
// k of them back into the payload followed by zeros; [Extend] encodes such a
// padded payload again. The package does not know what the payload is, does not
// commit to shards and does not check that what it is given belongs together:
// package chunk does.
//
// # Format
//
// The code is systematic Reed-Solomon over GF(2^16) in the Lin-Chung-Han
// polynomial basis as Leopard-RS lays it out ("high rate", field polynomial
// 0x1002D), with exactly k original and n−k recovery shards. A shard is
//
//	size = max(64, ⌈len/k⌉ rounded up to a multiple of 64) bytes
//
// Shards 0 … k−1 are the payload itself, cut into pieces of size bytes and
// filled up with zeros; shards k … n−1 are parity. Within each 64-byte block of
// a shard, symbol s (0 … 31) has its low byte at offset s and its high byte at
// offset 32+s. For n = 1 the one shard is the padded payload.
//
// This is not Polkadot's format, which rounds k down to a power of two and
// sends up to 30 % more. The tests compare with reed-solomon-simd, an
// independent implementation in Rust.
//
// Everything here is a pure function, runs on the caller's goroutine and is
// safe for concurrent use.
package erasure
