// Package collation is how candidates get from collators to the validators that
// back them: which offers a validator takes up, and to whom a collator offers.
//
// It fetches nothing, executes nothing and signs nothing. What it fetches it hands
// to package backing, and is told there what became of it.
//
//	validator: offers, collations fetched, verdicts of backing, leaves, the time
//	           → fetches, candidates to second, verdicts on offers, reports
//	collator:  leaves, collations made, connections → whom to be connected to,
//	           offers to send
//
// [Core] is the validator's side. A slot is a relay parent and a para that this
// validator's group backs there. Each slot has at most one fetch under way that is
// not late; after [Deadline] the next collator is asked, and an answer that comes
// late is taken if it is still of use. A slot takes as many candidates as the para
// has claims on the group's cores; one that proves invalid makes room for another.
//
// Offers carry no signature, so limits are by peer: each peer may have a few
// offers in a slot, and one fetch under way. Peers that never failed come first,
// among them those that delivered; so a crowd of new peers cannot push out a
// collator that is known to deliver.
//
// [Offers] is the collator's side.
//
// Source: polkadot-sdk node/network/collator-protocol.
package collation

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
