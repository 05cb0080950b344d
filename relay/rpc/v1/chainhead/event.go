package chainhead

import "github.com/rampart-chain/rampart/relay/primitives"

// Event is what a client is told: Initialized, NewBlock, BestBlockChanged or
// Finalized.
type Event interface{ event() }

// Initialized is the first event: finalized blocks, lowest first.
type Initialized struct{ Finalized []primitives.Hash }

// NewBlock is a block above the finalized one.
type NewBlock Block

// BestBlockChanged is which block is best now.
type BestBlockChanged struct{ Best primitives.Hash }

// Finalized is blocks that became final, lowest first, and blocks that never can.
type Finalized struct{ Finalized, Pruned []primitives.Hash }

func (Initialized) event()      {}
func (NewBlock) event()         {}
func (BestBlockChanged) event() {}
func (Finalized) event()        {}

// Reason says why blocks are not unpinned.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrNotPinned = Reason("block is not pinned")
	ErrTwice     = Reason("a block stands twice")
)
