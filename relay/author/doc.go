// Package author makes relay blocks: it runs the BABE core of this node's
// authorities, and when a slot is won builds a block on the best one, seals it,
// takes it into the own chain and announces it.
//
// Which slots are won is decided by relay/babe; what a block does by
// relay/runtime; that nothing is signed twice is relay/signer's part.
package author
