// Package subsystem is a validator's part in parachains: it runs the cores of
// collation and backing, signs and collects statements and bitfields, and gives
// the author what goes into the next relay block.
//
//	offer of a collator ─► collation ─► backing ─► validation function (worker)
//	                                    │   ▲
//	                  statements ◄──────┘   └── statements of others, PoVs
//	imported block ─► availability/distribution ─► own chunks held ─► bitfield
//	author ─► Inherent: bitfields and backed candidates for a child of a block
//
// What an own key signed and a peer sends must be in the guard of the signer; if it is
// not, another node uses the key, and the loop ends.
//
// One loop owns all of it. Executing candidates, storing and fetching run in
// goroutines of their own whose results come back to the loop; the cores bound
// how many there are. The loop never waits for the chain, the author or a peer.
package subsystem
