package chain

import (
	"time"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Imported tells a listener of a block that was taken in.
type Imported struct {
	Hash   primitives.Hash
	Header primitives.Header
	// Extrinsics are its body, not to be changed.
	Extrinsics []primitives.Extrinsic
	// Best is the best block now.
	Best primitives.BlockID
	// Own says that this node made the block.
	Own bool
	// Took is how long it took to check, execute and store the block.
	Took time.Duration
}

// Finalized tells a listener of a block that became final, and with it all its
// ancestors.
type Finalized struct {
	Block primitives.BlockID
	// Best is the best block now: finality may have moved it.
	Best primitives.BlockID
	// Canonical are the blocks that became final, lowest first; Pruned those
	// that can no longer become so.
	Canonical []primitives.BlockID
	Pruned    []primitives.BlockID
}

// Snapshot is the chain at one moment.
type Snapshot struct {
	Best      primitives.BlockID
	Finalized primitives.BlockID
	// BestSlot is the slot of the best block, 0 at genesis.
	BestSlot primitives.Slot
}

// Listener is told what happens to the chain, in order, from the chain's loop.
// It may wait for room in a queue, but not for anything that the chain must do.
type Listener struct {
	Imported  func(Imported)
	Finalized func(Finalized)
}
