package node

import (
	"cmp"
	"context"
	"time"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/runtime"
)

// mostYield bounds how long an answer waits while blocks are made or taken in: a node
// that syncs answers slowly, but answers.
const mostYield = 50 * time.Millisecond

// buildRPC makes what answers wallets and tools, if the operator wants that.
func (n *Node) buildRPC(rules *runtime.Runtime) error {
	endpoint := n.config.RPC
	if len(endpoint.Listen) == 0 {
		return nil
	}
	endpoint.JSONRPC.Logger, endpoint.JSONRPC.Registerer = n.log, n.config.Registerer
	endpoint.JSONRPC.Yield = func(ctx context.Context) { n.urgency.Yield(ctx, mostYield) }
	n.feed = backend.NewFeed(n.disk.store)
	var err error
	n.rpc, err = rpc.New(endpoint, rpc.Backend{
		Chain:        backend.Chain{Store: n.disk.store, Feed: n.feed, Rules: backend.Relay(rules), Spec: n.config.Spec},
		Transactions: n.transactions,
		Network:      identity{n, n.host, n.chain.Snapshot().Best.Number},
		Keys:         n.keys(),
		Archive:      n.config.Archive,
	})
	return err
}

// RPCAddresses returns where wallets and tools reach the node: host:port each.
func (n *Node) RPCAddresses() []string {
	if n.rpc == nil {
		return nil
	}
	return n.rpc.Addresses()
}

// identity is the node as it shows itself to wallets and tools.
type identity struct {
	*Node
	backend.ReservedPeers
	// began is the best block when the node was opened.
	began primitives.BlockNumber
}

func (identity) Name() string    { return "Rampart" }
func (identity) Version() string { return Version() }

func (i identity) Role() string {
	if i.config.Validator {
		return "Authority"
	}
	return "Full"
}

func (i identity) Health() backend.Health {
	return backend.Health{Peers: len(i.host.Peers()), IsSyncing: i.syncing(), ShouldHavePeers: !i.alone}
}

func (i identity) PeerID() string { return i.host.LibP2P().ID().String() }

func (i identity) SyncState() backend.SyncState {
	best := i.chain.Snapshot().Best.Number
	return backend.SyncState{StartingBlock: i.began, CurrentBlock: best, HighestBlock: max(best, i.sync.Status().Target)}
}

// roleNames are the roles of peers as Substrate names them.
var roleNames = map[protocol.Role]string{protocol.Validator: "AUTHORITY", protocol.Full: "FULL", protocol.Collator: "FULL"}

// Peers are those connected; their best blocks are from when they connected.
func (i identity) Peers() []backend.Peer {
	peers := i.host.Peers()
	out := make([]backend.Peer, len(peers))
	for k, p := range peers {
		out[k] = backend.Peer{
			ID: p.ID.String(), Roles: cmp.Or(roleNames[p.Handshake.Role], "FULL"),
			BestHash: p.Handshake.BestHash, BestNumber: p.Handshake.BestNumber,
		}
	}
	return out
}
