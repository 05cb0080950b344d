// Package prospective keeps, for every active leaf of the relay chain, the
// chains that the candidates of each para form on top of the last one that is
// pending or included: what may be seconded, what may be backed next, and in
// which order.
//
//	state and header of a block → NewLeaf → Leaf, what all cores know of it
//	Leaf, candidates → Chains → validation data, membership, Backable
//
// Whether a candidate may follow another is decided by inclusion.Constraints, the
// rules of the chain itself; this package only walks along them. A candidate that
// builds on a head not known yet is kept, and joins once it is.
//
// A chain holds, with what is pending, at most max_candidate_depth + 1 candidates
// for each core that the para has claims on. Candidates may be built at the relay
// parents that the chain allows, no others.
//
// It counts no votes and checks no signatures: who stores candidates bounds them.
//
// Source: polkadot-sdk node/core/prospective-parachains,
// node/subsystem-util/src/inclusion_emulator.
package prospective
