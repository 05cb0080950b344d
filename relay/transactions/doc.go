// Package transactions runs the transaction pool of a node (relay/txpool): it has
// extrinsics validated, follows the chain, tells users and authors, and exchanges
// extrinsics with neighbors.
//
//	Run        the one loop that owns the pool
//	Submit     an extrinsic of a user            → its hash, or why it was refused
//	Watch      the same                          → what becomes of it, until that is final
//	Repeat     an extrinsic to be kept up        → until Stop
//	Heard      an extrinsic from gossip          → may it be passed on
//	Receive    what a neighbor says of its pool
//	Ready      what an author may put into a block
//	Listener   what the chain must tell the pool
//
// Which extrinsics are kept, and in what order, is decided by relay/txpool; whether
// one is valid by the rules of the chain. Users can slow each other but not the
// chain: what it tells comes first, and validation has workers of its own.
package transactions

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
