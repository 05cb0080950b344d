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
// The code is systematic Reed-Solomon in the Lin-Chung-Han polynomial basis as
// Leopard-RS lays it out ("high rate"), with exactly k original and n−k recovery
// shards. n alone decides the field, the smallest that has k + m elements, m the
// least power of two ≥ n−k:
//
//	n ≤ 193  GF(2^8), polynomial 0x11D, a symbol is a byte
//	n ≥ 194  GF(2^16), polynomial 0x1002D, a symbol is two bytes
//
// A shard is
//
//	size = max(64, ⌈len/k⌉ rounded up to a multiple of 64) bytes
//
// Shards 0 … k−1 are the payload itself, cut into pieces of size bytes and
// filled up with zeros; shards k … n−1 are parity. For n = 1 the one shard is the
// padded payload.
//
// Over GF(2^8), symbol s of a shard is its byte s. Over GF(2^16), within each
// 64-byte block of a shard, symbol s (0 … 31) has its low byte at offset s and its
// high byte at offset 32+s. Symbols at the same place of the n shards form a word
// of the code. The bits of a symbol, lowest first, are coordinates in the Cantor
// basis of the field, which is, modulo its polynomial,
//
//	01 D6 98 92 56 C8 58 E6
//	0001 ACCA 3C0E 163E C582 ED2E 914C 4012 6C98 10D8 6A72 B900 FDB8 FB34 FF38 991E
//
// and the points of the field are numbered the same way. Recovery shard k+i is at
// point i, data shard d at point m+d. For i < n−k, with x(p) the element that is
// point p and all products over the points o < m other than i:
//
//	shard[k+i] = Σ_d shard[d] · Π_o (x(m+d) − x(o)) / (x(i) − x(o))
//
// This is not Polkadot's format, which rounds k down to a power of two and
// sends up to 30 % more. The tests compare with leopard-codec and
// reed-solomon-simd, implementations in Rust of the one field and the other, and
// with the formula.
//
// Everything here is a pure function, runs on the caller's goroutine and is
// safe for concurrent use.
package erasure
