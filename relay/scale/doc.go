// Package scale is the SCALE codec: the primitives that generated code
// (zz_codec.go, written by relay/frame/framegen) and the few hand-written
// codecs are made of.
//
// Encoding appends to a byte slice and cannot fail. Decoding is strict: only
// the canonical encoding of a value is accepted, so decode followed by encode
// gives the same bytes, and nothing may be left over.
//
// A [Decoder] carries its budgets with it (bytes of Go memory, number of
// elements, depth) and checks them before it allocates: a few bytes of input
// can therefore never ask for much more memory than they occupy. The first
// fault sticks; later reads return zero values, and [Decoder.Err] reports it.
//
// Slices returned by a Decoder are copies and belong to the caller.
//
// Source of the format: Polkadot specification, appendix "SCALE codec".
package scale
