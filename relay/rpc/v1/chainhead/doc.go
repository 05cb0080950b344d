// Package chainhead is the subscription chainHead_v1_follow as a pure state machine:
// what one client is told of the head of a chain, and which blocks are pinned for it.
//
// It decides the order and the content of events about blocks, and when a client
// has pinned too much. It reads no block and no state, and sends nothing.
//
//	in:  the chain as it is, blocks imported and finalized, unpinned hashes
//	out: Initialized, NewBlock, BestBlockChanged and Finalized, in the order in which
//	     they are to be sent
//
// The rules that hold of any sequence of events:
//
//   - the parent of a new block was told before, or is the finalized block;
//   - a block is told once, finalized or pruned at most once, and only if it was told;
//   - the best block is one that was told, and never one that was pruned, nor one
//     that was finalized unless it is the last of these;
//   - every block that is told is pinned until the client unpins it.
//
// A block whose parent the client was never told of, because it was pruned before its
// turn came, is passed over, as the specification allows.
//
// Source: JSON-RPC interface specification of Polkadot, chainHead_v1_follow and
// chainHead_v1_unpin.
package chainhead
