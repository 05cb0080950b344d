// Package distribution gets every validator its erasure chunk of every candidate
// that is pending availability, and serves chunks, available data and proofs of
// validity to others.
//
// Whom to ask and when is decided by availability/distribution/plan. This package
// asks over network/request, checks each chunk against the candidate's erasure
// root, stores it in availability/chunkstore, and says which bits of the
// availability bitfield may be set; it signs nothing. A bit is reported only after
// the chunk is durable.
//
//	Keep: data of a backer → encoded once, root compared, data and own chunk stored
//	Block → fetches → Config.Held, Config.Bitfield
//	Finalized → what is of sessions long past is deleted
//	request of a peer → chunk, data, PoV, or None
//
// A backer answers for all chunks. It keeps those of the latest candidates in
// memory and makes those of others again from the stored data, one candidate at a
// time; what a peer is served, and what is computed for it, comes out of an
// allowance of bytes.
//
// Source: Polkadot parachain implementers' guide, availability distribution.
package distribution
