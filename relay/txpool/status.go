package txpool

import "github.com/rampart-chain/rampart/relay/primitives"

// StatusKind is what became of a transaction; its text is the name that
// author_extrinsicUpdate has for it.
type StatusKind string

// Kinds of Status.
const (
	StatusFuture          StatusKind = "future"          // waits for what it requires
	StatusReady           StatusKind = "ready"           // can be in the next block
	StatusBroadcast       StatusKind = "broadcast"       // was sent to Peers
	StatusInBlock         StatusKind = "inBlock"         // is in Block of the best chain, at Index
	StatusRetracted       StatusKind = "retracted"       // Block is no longer of the best chain
	StatusFinalityTimeout StatusKind = "finalityTimeout" // Block was not final within 512 blocks
	StatusFinalized       StatusKind = "finalized"       // Block is final
	StatusUsurped         StatusKind = "usurped"         // replaced by transaction By
	StatusDropped         StatusKind = "dropped"         // the pool had no room for it
	StatusInvalid         StatusKind = "invalid"         // cannot be in a block
)

// Status is what a watcher is told. Fields that its kind does not name are zero.
type Status struct {
	Kind  StatusKind
	Block primitives.BlockID
	Index uint32 // in the block's body
	By    primitives.Hash
	Peers []Peer
	// Reason says why it was dropped or is invalid.
	Reason error
	// Sent says of a dropped one that peers have it: it may still be included.
	Sent bool
}

// Final reports whether no status follows s.
func (s Status) Final() bool {
	switch s.Kind {
	case StatusFinalityTimeout, StatusFinalized, StatusUsurped, StatusDropped, StatusInvalid:
		return true
	}
	return false
}
