// Package relaychain has no code of its own: its tests run whole relay nodes in
// the simulator of package engine. A node is made of the real cores (relay/babe,
// relay/forkchoice, relay/grandpa) and really executes every block with
// relay/runtime; network, disk and the signer's guard are modelled, and
// signatures are those of cryptotest.Stub.
//
// After a restart a node has the blocks, votes and cores' states of its disk, and
// executes its finalized chain again in place of a stored state.
//
// Scenarios: no fault; nodes that crash and return; a network split in halves.
//
// Checked after every event: no two nodes finalize conflicting blocks; every
// node that executes a block gets the same state, and every node with the same
// blocks prefers the same one; no key signs two headers in one slot, or two
// votes of a kind in a round, as seen by an observer of all that is sent.
// Checked at the end of a phase: blocks and finality keep pace, and go on after
// a fault is over; the same seed gives the same run.
//
// Not modelled: transactions, parachains, clocks that differ, liars, and faults
// within the writes that follow from one input.
package relaychain
