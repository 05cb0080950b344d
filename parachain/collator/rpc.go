package collator

import (
	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/runtime/api"
)

// buildRPC makes what answers wallets and tools about the chain, if the operator
// wants that.
func (c *Collator) buildRPC() error {
	endpoint := c.config.RPC
	if len(endpoint.Listen) == 0 {
		return nil
	}
	best := c.store.Best()
	view, err := c.store.View(best.Hash)
	if err != nil {
		return err
	}
	state := frame.NewState(view)
	alone := len(collators.Collators.Get(state)) == 1
	if state.Err() != nil {
		return state.Err()
	}
	endpoint.JSONRPC.Logger, endpoint.JSONRPC.Registerer = c.log, c.config.Registerer
	c.feed = backend.NewFeed(c.store)
	c.rpc, err = rpc.New(endpoint, rpc.Backend{
		Chain:        backend.Chain{Store: c.store, Feed: c.feed, Rules: backend.Runtime(api.Chain{Rules: c.config.Chain}), Spec: c.config.Spec},
		Transactions: c.pool,
		Network:      identity{c, c.peers.host, best.Number, alone},
	})
	return err
}

// RPCAddresses returns where wallets and tools reach the chain: host:port each.
func (c *Collator) RPCAddresses() []string {
	if c.rpc == nil {
		return nil
	}
	return c.rpc.Addresses()
}

// identity is the collator as it shows itself to wallets and tools; its peers are
// the other collators of the chain.
type identity struct {
	*Collator
	backend.ReservedPeers
	// began is the best block when the collator was opened.
	began primitives.BlockNumber
	// alone says that the chain had no other collators then.
	alone bool
}

func (identity) Name() string    { return "Rampart" }
func (identity) Version() string { return node.Version() }
func (identity) Role() string    { return "Authority" }

func (i identity) Health() backend.Health {
	return backend.Health{Peers: len(i.peers.host.Peers()), IsSyncing: i.relay.Syncing() || i.behind(), ShouldHavePeers: !i.alone}
}

// behind reports whether peers have more blocks than a few that are new.
func (i identity) behind() bool { return i.target() > i.store.Best().Number+8 }

func (i identity) target() primitives.BlockNumber { return i.peers.sync.Status().Target }

func (i identity) PeerID() string { return i.peers.host.LibP2P().ID().String() }

func (i identity) SyncState() backend.SyncState {
	best := i.store.Best().Number
	return backend.SyncState{StartingBlock: i.began, CurrentBlock: best, HighestBlock: max(best, i.target())}
}

// Peers are those connected; their best blocks are from when they connected.
func (i identity) Peers() []backend.Peer {
	peers := i.peers.host.Peers()
	out := make([]backend.Peer, len(peers))
	for k, p := range peers {
		out[k] = backend.Peer{ID: p.ID.String(), Roles: "AUTHORITY", BestHash: p.Handshake.BestHash, BestNumber: p.Handshake.BestNumber}
	}
	return out
}
