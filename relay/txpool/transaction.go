package txpool

import "github.com/rampart-chain/rampart/relay/primitives"

// transaction is an extrinsic of the pool.
type transaction struct {
	hash      primitives.Hash
	extrinsic primitives.Extrinsic
	valid     Valid
	origin
	links
	checking
	// sequence is the order of entry into the pool; 0 before.
	sequence uint64
	at       [slots]int
	gossiped
}

// origin is where a transaction comes from.
type origin struct {
	source Source
	// local says that this node gossips it again while it is ready.
	local bool
	peer  *peerAccount // nil if not from a peer
}

// links are a transaction's edges in the graph.
type links struct {
	place place
	shown place // what watchers know
	// touched says that the transaction is in graph.moved.
	touched bool
	needs   []need
	missing int // needs not met
}

// need is a required tag. met says that a ready transaction or the chain
// provides it.
type need struct {
	tag Tag
	met bool
}

// checking is how a transaction's validations went.
type checking struct {
	// block is where the validity was read; checked its number, and till the
	// block at which the validity ends.
	block   primitives.BlockID
	checked primitives.BlockNumber
	till    uint64
	// asked says that a Validated is awaited, at askedAt; attempts is how many
	// there were at blocks that were retracted meanwhile.
	asked    bool
	askedAt  primitives.BlockID
	attempts int
	// doubted puts it at the head of those to validate again; unfit says that
	// an author could not apply it after its last validation.
	doubted, unfit bool
	waiters        []waiter
}

// waiter awaits the first validity of a transaction: a request, or a peer.
type waiter struct {
	request RequestID
	watch   bool
	peer    Peer
	gossip  bool
}

// gossiped is when a transaction was gossiped last, if ever. Those of this node
// are queued to be gossiped again.
type gossiped struct {
	sent   bool
	sentAt primitives.Millis
	queued bool
}
