// Package node is one relay-chain node: it opens what the node keeps on disk,
// connects the shells to each other, and runs them until one fails or the
// context ends. It decides nothing.
//
// The pipeline is wired in run.go, in the order in which a block passes it.
//
//	base path/chains/<chain id>
//	  keystore/               secret session keys, in Substrate's format
//	  guard/                  what was signed with them (relay/signer)
//	  network/secret_ed25519  the key of the network identity
//	  db/full/                the chain (relay/store)
//	  db/chunks/              erasure chunks (availability/chunkstore)
//	  db/code-cache/          compiled validation functions
package node
