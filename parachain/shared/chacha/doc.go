// Package chacha is the random source and the shuffles on which validators must
// agree: which of them are active in a session and in which order, and which
// cores a checker draws.
//
//	32-byte seed → Rand → words, numbers below a bound, permutations
//
// Equal seeds give equal results on every machine. The words are those of
// ChaCha20Rng of the Rust crate rand_chacha 0.3; bounds and shuffles consume
// them as gen_range and SliceRandom of rand 0.8 do. It is no source of secrets.
package chacha
