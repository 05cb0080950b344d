package node

import (
	"context"
	"slices"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/availability/recovery"
	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
)

// What a collator beside the node, and whoever watches it, may ask. All of it
// may be called from any goroutine.

// Snapshot returns the best and the finalized block.
func (n *Node) Snapshot() chain.Snapshot { return n.chain.Snapshot() }

// SlotDuration returns how long a slot is.
func (n *Node) SlotDuration() primitives.Millis { return n.chain.SlotDuration() }

// Syncing reports whether the node is behind the chain.
func (n *Node) Syncing() bool { return n.syncing() }

// Header returns the header of a stored block.
func (n *Node) Header(block primitives.Hash) (primitives.Header, error) {
	return n.disk.store.Header(block)
}

// View returns the state after a block; see store.View.
func (n *Node) View(block primitives.Hash) (*store.View, error) { return n.disk.store.View(block) }

// CanonicalHash returns the block with the number on the best chain.
func (n *Node) CanonicalHash(number primitives.BlockNumber) (primitives.Hash, bool, error) {
	return n.disk.store.CanonicalHash(number)
}

// Handle answers requests of peers; before Run only.
func (n *Node) Handle(name protocol.Name, h request.Handler) error { return n.requests.Handle(name, h) }

// Do asks a connected peer.
func (n *Node) Do(ctx context.Context, to peer.ID, name protocol.Name, payload []byte) ([]byte, error) {
	return n.requests.Do(ctx, to, name, payload)
}

// Session tells which authority-discovery keys matter in a session and the next.
// A validator's node finds out itself.
func (n *Node) Session(index primitives.SessionIndex, keys []primitives.SR25519Public) {
	n.discovery.Session(index, keys)
}

// Validator returns the connected peer that holds an authority-discovery key.
func (n *Node) Validator(key primitives.SR25519Public) (peer.ID, bool) {
	id, ok := n.discovery.Peer(key)
	connected := ok && slices.ContainsFunc(n.host.Peers(), func(p host.Peer) bool { return p.ID == id })
	return id, connected
}

// Recovery returns what recovers available data from validators, which peers
// finds.
func (n *Node) Recovery(peers func(primitives.SessionIndex, primitives.ValidatorIndex) (peer.ID, bool)) (*recovery.Recovery, error) {
	return recovery.New(recovery.Config{Requests: n.requests, Peer: peers, Report: n.host.Report, Now: n.clock.Now, Logger: n.log, Registerer: n.config.Registerer})
}
