// Package node is one relay-chain node: it opens what the node keeps on disk,
// connects the shells to each other, and runs them until one fails or the
// context ends. It decides nothing.
//
// The pipeline is wired in run.go, in the order in which a block passes it.
//
//	base path
//	  db/         the chain (relay/store)
//	  keystore/   secret session keys, in Substrate's format
//	  guard/      what was signed with them (relay/signer)
//	  node.key    the key of the network identity
package node
