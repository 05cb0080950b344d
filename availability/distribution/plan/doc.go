// Package plan decides whose erasure chunks a validator fetches, when, and from
// whom, so that it holds its own chunk of every candidate that is pending
// availability.
//
// It decides from relay blocks, what is stored already, and how fetches end:
//
//	Block      → Fetch own chunks that are not held; Bitfield when it is due
//	Ended      → Held, or Fetch from the next validator; Blame who lied
//	Stored     → Held: the node had all the data, as a backer
//	Finalized  → Prune what is of sessions long past
//
// A chunk is asked of the members of the backing group first, in random order,
// then of a few other validators: each may have the whole data by now. One that
// does not answer within a part of a slot is not waited for, another is asked
// meanwhile. When all were asked, there is a pause, and then another round with
// others, as long as a recent block shows the candidate pending. Who sent a wrong
// chunk is never asked for that candidate again. Wrong is only what the proof
// shows; not to have a chunk is no fault.
//
// The bitfield of a block is due when all chunks of its candidates are held, or a
// quarter of a slot after the block, with those that are held then. A chunk that
// comes later counts for the next block. A block that shows no candidate has no
// bitfield.
//
// It sees no network, no disk and no chunk; availability/distribution does what
// the effects say.
//
// Source: Polkadot parachain implementers' guide, availability distribution and
// bitfield signing.
package plan
