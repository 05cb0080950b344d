// Package forkchoice keeps the tree of headers that are not finalized yet and
// names the best of them.
//
// It decides which chain is best: among the descendants of the last finalized
// block the one with the most primary BABE claims on it; of equal ones the
// higher, and of those the one with the smaller hash. The order is total, so
// nodes that know the same headers agree, however they learned of them.
// It does not check headers, hold state or decide finality.
//
//	Insert(block, parent, weight)  imported header  → tree
//	Finalize(hash)                 finality         → newly canonical, pruned
//	Best, BestContaining, Ancestor, IsDescendent, Leaves
//
// Two imported siblings and the choice between them:
//
//	t := forkchoice.New(genesis, 4096)
//	t.Insert(a, genesis.Hash, 1)       // primary claim
//	t.Insert(b, genesis.Hash, 0)       // secondary claim
//	t.Best()                           // a
//
// Source: Polkadot specification, "Block production", best chain.
package forkchoice
