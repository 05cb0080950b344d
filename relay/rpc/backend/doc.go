// Package backend is a node as JSON-RPC methods see it: its chain, its pool of
// transactions, its peers and its keys. The relay chain and a parachain look the
// same from here, so the same methods serve both.
//
// [Feed] tells any number of followers what happens to a chain, in order and from
// a known start. [Chain] reads blocks and states by hash or, without one, at the best
// block, also when that is pruned in the same moment. Everything else is declared here
// and done by the node.
package backend
