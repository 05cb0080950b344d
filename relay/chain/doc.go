// Package chain owns the relay chain as this node knows it: it takes in blocks,
// one after the other, and finality, and says which block is best.
//
// A block passes, in this order: is it known, is its parent; its claim and seal
// (relay/babe); its execution (relay/runtime); the store, synced; the fork
// choice. What follows is told to the listeners, in order. The package does not
// fetch blocks, make them, vote, or gossip.
//
//	Run          the one loop that changes anything
//	Import       a block with its body       → nil or why it was refused
//	Finalize     a proven block              → nil
//	Snapshot     best and finalized, at once, from any goroutine
//	CheckHeader  may this header be passed on → nil or why not
package chain

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
