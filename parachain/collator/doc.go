// Package collator makes the blocks of one parachain and offers them to the
// validators of the relay chain.
//
// A collator runs a full node of the relay chain beside it. With each relay
// block it reads what its chain may build on (the included head, or the one
// pending), builds a block there if it is its turn, and offers it, as a
// candidate with its proof of validity, to the group of validators that backs
// candidates for its core. What the chain's blocks do is decided by the chain,
// made with parachain/sdk.
//
// The relay chain also says which block is best (what may be built on) and which
// are final (what its finalized block includes): see head.go. The chain's
// transaction pool and JSON-RPC are those of the relay chain, over the chain's own
// rules; users' transactions go into blocks before the workload of a test network.
//
// Collators of one chain have a network of their own, apart from the relay
// chain's: they gossip their blocks and transactions, fetch what they missed, and
// recover what no other collator has from the chunks that validators hold.
//
//	base path
//	  para/   the blocks and states of the chain (relay/store)
package collator
