package node

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/blocksync"
	"github.com/rampart-chain/rampart/network/discovery"
	"github.com/rampart-chain/rampart/network/gossip"
	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/parachain/subsystem"
	"github.com/rampart-chain/rampart/parachain/worker"
	"github.com/rampart-chain/rampart/relay/author"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/finality"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/supervise"
	"github.com/rampart-chain/rampart/relay/transactions"
	"github.com/rampart-chain/rampart/relay/trie/parallel"
)

// Node is one relay-chain node.
type Node struct {
	config       Config
	disk         disk
	verifier     crypto.Remembering // of all that is verified here
	chain        *chain.Chain
	finality     *finality.Finality
	host         *host.Host
	requests     *request.Service
	gossip       *gossip.Gossip
	outbox       *outbox
	voted        *voted
	sync         *blocksync.Sync
	discovery    *discovery.Discovery
	transactions *transactions.Pool
	feed         *backend.Feed
	rpc          *rpc.Server // nil: nobody is answered
	clock        Clock
	urgency      supervise.Urgency // blocks go before answers to wallets and tools
	loops        *supervise.Loops
	alone        bool                      // no other validators
	met          atomic.Pointer[time.Time] // when the first peer was met
	log          *zap.Logger

	// These are nil unless the node is a validator.
	author     *author.Author
	pool       *worker.Pool
	parachains *subsystem.Subsystem
}

// New opens a node and listens. If Run is never called, Close must be. An error
// says what to do.
func New(c Config) (*Node, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	c.Logger = c.Logger.With(zap.String("node", c.Name))
	n := &Node{config: c, log: c.Logger, verifier: crypto.NewRemembering()}
	n.loops = n.supervised()
	var err error
	if n.disk, err = openDisk(c); err != nil {
		return nil, err
	}
	if err := n.build(); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	n.register(c.Registerer)
	return n, nil
}

// build makes the shells, those that others send to first.
func (n *Node) build() error {
	var err error
	rules := runtime.New(n.verifier).WithEach(parallel.Each)
	n.chain, err = chain.New(chain.Config{
		Store: n.disk.store, Runtime: rules, Verifier: n.verifier, Now: n.clock.Now, Beat: n.loops.Beat("chain"), Urgency: &n.urgency,
		Logger: n.log, Registerer: n.config.Registerer,
	})
	if err != nil {
		return err
	}
	if n.alone, err = n.onlyValidator(); err != nil {
		return err
	}
	if err := n.buildNetwork(); err != nil {
		return err
	}
	n.finality, err = finality.New(finality.Config{
		Chain: n.chain, Store: n.disk.store, Signer: n.disk.signer, Verifier: n.verifier,
		Keys:      publicKeys[primitives.ED25519Public](n.disk.signer, signer.GRANDPA),
		Publish:   func(data []byte) { n.outbox.Publish(protocol.GRANDPA, data) },
		Send:      func(to protocol.PeerID, data [][]byte) { n.outbox.Send(pullGRANDPA, to, data) },
		Want:      func(from protocol.PeerID, blocks []primitives.BlockID) { n.voted.Want(peer.ID(from), blocks) },
		Behind:    func(peerID protocol.PeerID) { n.voted.Behind(peer.ID(peerID)) },
		Neighbors: n.neighbors, Now: n.clock.Now, Quiet: n.quiet, Beat: n.loops.Beat("grandpa"), Logger: n.log, Registerer: n.config.Registerer,
	})
	if err != nil {
		return err
	}
	n.buildTransactions(rules)
	if err := n.buildRPC(rules); err != nil {
		return err
	}
	if !n.config.Validator {
		return nil
	}
	if err := n.buildParachains(); err != nil {
		return err
	}
	n.author = author.New(author.Config{
		Chain: n.chain, Store: n.disk.store, Runtime: rules, Signer: n.disk.signer,
		Keys:  publicKeys[primitives.SR25519Public](n.disk.signer, signer.BABE),
		Ready: n.transactions.Ready, Unfit: n.transactions.Unfit,
		LastClaimed: n.disk.signer.LastSlot(), Distrust: n.disk.distrust, Syncing: func() bool { return n.syncing() || n.quiet() }, Parachains: n.inherent,
		Announce: func(b primitives.Block) { n.outbox.Publish(protocol.BlockAnnounce, chain.Announce(b)) },
		Now:      n.clock.Now, Beat: n.loops.Beat("babe"), Urgency: &n.urgency, Logger: n.log, Registerer: n.config.Registerer,
	})
	return nil
}

// neighbors returns the connected peers.
func (n *Node) neighbors() []protocol.PeerID {
	peers := n.host.Peers()
	ids := make([]protocol.PeerID, len(peers))
	for i, p := range peers {
		ids[i] = protocol.PeerID(p.ID)
	}
	return ids
}

// Close gives everything free. Run does it too.
func (n *Node) Close() error {
	var err error
	if n.rpc != nil {
		err = n.rpc.Close()
	}
	if n.host != nil {
		err = errors.Join(err, n.host.Close())
	}
	if n.pool != nil {
		n.pool.Close()
	}
	return errors.Join(err, n.disk.close())
}

// Status is a node at one moment.
type Status struct {
	Name            string
	Best, Finalized primitives.BlockID
	Peers           int
	Syncing         bool
	DBBytes         int64
	// WorkersRSS is the resident memory of the node's worker processes, in bytes.
	WorkersRSS int64
}

// Status may be called from any goroutine.
func (n *Node) Status() Status {
	s := n.chain.Snapshot()
	status := Status{
		Name: n.config.Name, Best: s.Best, Finalized: s.Finalized,
		Peers: len(n.host.Peers()), Syncing: n.syncing(), DBBytes: n.disk.store.Size(),
	}
	if n.pool != nil {
		status.WorkersRSS = int64(n.pool.RSS())
	}
	return status
}

// Addresses returns where the node can be reached, each ending in
// /p2p/<peer id>.
func (n *Node) Addresses() []string {
	var out []string
	for _, a := range n.host.Addresses() {
		out = append(out, a.String())
	}
	return out
}

// role says what the node is to others.
func (n *Node) role() protocol.Role {
	switch {
	case n.config.Validator:
		return protocol.Validator
	case n.config.Collator:
		return protocol.Collator
	}
	return protocol.Full
}
