// Package chunk commits to the shards of package erasure, so that each of n
// validators can be handed one of them with a proof that it is the right one.
//
// A collator or backer calls [Encode] and puts the root into the candidate's
// descriptor; every validator calls [Verify] on the chunk it is sent; whoever
// needs the data collects chunks and calls [Recover], then [Unpad]. Who holds
// which chunk, where chunks are stored and how they travel is decided elsewhere.
//
// # Commitment
//
// The root is that of a binary Merkle tree over the n chunks in order:
//
//	leaf   = H(0x00 ‖ LE32 index ‖ chunk)
//	node   = H(0x01 ‖ left ‖ right)
//
// An odd node at the end of a level moves up unchanged. A proof lists the
// siblings from the leaf upwards, none where the node moved up; its length is
// therefore given by n and index, and no other length is accepted.
//
// # What makes data available
//
// Proofs say that chunks were committed to, not that they belong to one
// encoding. Recover therefore encodes again what it recovered and compares the
// root: if it differs, whoever committed to it lied (ErrRoot), whichever chunks
// were used. Unpad then accepts only the encoding that Encode makes, so all
// validators judge a candidate's root alike, whether they encoded the data
// themselves or recovered it.
//
// # Why BLAKE3
//
// Hashing all chunks costs more than making them. Time for the root of 5 MiB on
// one core of an AMD EPYC with AVX-512, median of 12 interleaved rounds, in ms:
//
//	n                                4    100   1000
//	making the chunks              0.6    4.8    6.6
//	BLAKE2b-256, x/crypto         16.2   20.9   22.0
//	BLAKE3, package blake3        10.3   12.7   41.4
//	BLAKE3, as here                8.9    7.7   10.5
//	BLAKE3, as here, AVX2 only     8.6    8.7   11.1
//	BLAKE2b-256, no assembly      22.0   30.7   32.8
//	BLAKE3, as here, no assembly  25.3   36.1   40.9
//
// So H is BLAKE3: half the time of BLAKE2b where there is AVX2, 15-25 % more
// where there is not. "As here" means on top of package blake3/guts, 16 KiB at a
// time on the caller's goroutine; the ordinary interface starts goroutines and
// allocates for every chunk. The tests compare with the official Rust
// implementation.
//
// Everything here is a pure function and safe for concurrent use.
package chunk
