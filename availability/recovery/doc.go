// Package recovery gets the available data of a candidate back: from a backer if
// it is small, else from the erasure chunks of enough validators.
//
// Whom to ask and when is decided by availability/recovery/plan. This package asks
// over network/request and checks what comes against the candidate's erasure root,
// so that a wrong answer blames who sent it and changes nothing else. Any node may
// use it, a collator too; one that keeps data or a chunk itself needs less.
//
// [Recovery.Recover] has three outcomes:
//
//	data            what the erasure root commits to
//	ErrInvalid      the root commits to what is no encoding of available data: who
//	                made the candidate lied, and every node that recovers finds so
//	ErrUnavailable  not enough validators answered in time: says nothing about the
//	                candidate
//
// Any other error is this node's own trouble. Whether the data is valid for the
// candidate, that is whether the hashes in its descriptor are those of the data
// and the validation function accepts it, is decided elsewhere.
//
// Source: Polkadot parachain implementers' guide, availability recovery.
package recovery
