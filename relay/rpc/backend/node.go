package backend

import (
	"context"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Network is what the node says of itself and of its peers. Methods may be called
// from any goroutine.
type Network interface {
	// Name is that of the program, Version its version.
	Name() string
	Version() string
	// Role is Authority or Full.
	Role() string
	// Health is how the node is.
	Health() Health
	// PeerID is the node's own, Addresses where it can be reached, each ending in
	// /p2p/<peer id>.
	PeerID() string
	Addresses() []string
	// Peers are those connected.
	Peers() []Peer
	ReservedPeers
	// SyncState is how far the node is.
	SyncState() SyncState
}

// Health is how a node is, as system_health has it.
type Health struct {
	Peers           int  `json:"peers"`
	IsSyncing       bool `json:"isSyncing"`
	ShouldHavePeers bool `json:"shouldHavePeers"`
}

// Peer is a connected peer, as system_peers has it.
type Peer struct {
	ID         string                 `json:"peerId"`
	Roles      string                 `json:"roles"`
	BestHash   primitives.Hash        `json:"bestHash"`
	BestNumber primitives.BlockNumber `json:"bestNumber"`
}

// SyncState is how far a node is, as system_syncState has it.
type SyncState struct {
	StartingBlock primitives.BlockNumber `json:"startingBlock"`
	CurrentBlock  primitives.BlockNumber `json:"currentBlock"`
	HighestBlock  primitives.BlockNumber `json:"highestBlock"`
}

// ReservedPeers are the peers that the operator has reserved; a network/host.Host is
// one.
type ReservedPeers interface {
	// Reserved are the ids of the peers that the operator has reserved: they are kept
	// connected, beyond the bounds of others. AddReserved reserves the one at a
	// multiaddress that ends in /p2p/<peer id>, at once, and RemoveReserved ends that.
	Reserved() []string
	AddReserved(ctx context.Context, address string) error
	RemoveReserved(ctx context.Context, id string) error
}

// Keys is the keystore of a node.
type Keys interface {
	// Insert keeps the key with the secret URI; kind is four letters such as babe.
	// It fails if public is not its public key.
	Insert(ctx context.Context, kind, uri string, public []byte) error
	// Generate makes and keeps new session keys and returns their public keys, in
	// the order of the runtime's SessionKeys, one after the other.
	Generate(ctx context.Context) ([]byte, error)
	// Has reports whether the key of a kind is kept.
	Has(public []byte, kind string) bool
	// HasSession reports whether all keys of what Generate returned are kept; an
	// error if they do not decode.
	HasSession(keys []byte) (bool, error)
}
