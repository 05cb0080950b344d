package chain

// Reason says why a block was not taken in.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package. Others come from relay/babe, relay/runtime and
// relay/pallet/executive; all of them mean that the block is invalid, except
// these.
const (
	// ErrKnown: the block was taken in before.
	ErrKnown = Reason("block is known")
	// ErrUnknownParent: the parent has to be fetched first.
	ErrUnknownParent = Reason("parent is unknown")
	// ErrOld: the block is not above the finalized one, and not of its chain.
	ErrOld = Reason("block is at or below the finalized height")
	// ErrStopped: the node is stopping.
	ErrStopped = Reason("chain has stopped")
	// ErrUnknownBlock: the block to finalize was not imported.
	ErrUnknownBlock = Reason("block is unknown")
)
