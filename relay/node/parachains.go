package node

import (
	"cmp"
	"context"
	"crypto/rand"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/rampart-chain/rampart/availability/chunkstore"
	"github.com/rampart-chain/rampart/availability/distribution"
	"github.com/rampart-chain/rampart/network/discovery"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/subsystem"
	"github.com/rampart-chain/rampart/parachain/worker"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
)

// buildDiscovery makes what knows which peer is which validator.
func (n *Node) buildDiscovery() error {
	var err error
	n.discovery, err = discovery.New(discovery.Config{
		Beat:    n.loops.Beat("discovery"),
		Genesis: n.config.Genesis.Header.Hash(), Verifier: n.verifier, Key: n.disk.key, Signer: n.disk.signer,
		Addresses: func() []ma.Multiaddr { return n.host.Addresses() },
		Publish:   func(data []byte) { n.outbox.Publish(protocol.Authorities, data) },
		Send:      func(to protocol.PeerID, data [][]byte) { n.outbox.Send(pullAuthorities, to, data) },
		Neighbors: n.neighbors, Reserve: n.host.Reserve, Slot: n.chain.SlotDuration(), Now: n.clock.Now,
		Logger: n.log, Registerer: n.config.Registerer,
	})
	return err
}

// buildParachains makes a validator's part in parachains.
func (n *Node) buildParachains() error {
	chunks, err := chunkstore.Open(n.config.paths().Chunks)
	if err != nil {
		return err
	}
	n.pool, err = worker.New(worker.Config{
		Path: n.config.WorkerPath, CacheDir: n.config.paths().CodeCache, Workers: cmp.Or(n.config.Workers, defaultWorkers),
		Logger: n.log, Registerer: n.config.Registerer,
	})
	if err != nil {
		return err
	}
	var seed [32]byte
	rand.Read(seed[:]) // never fails
	n.parachains, err = subsystem.New(subsystem.Config{
		Beat:  n.loops.Beat("parachains"),
		Chain: n.chain, Store: n.disk.store, Signer: n.disk.signer, Verifier: n.verifier,
		Keys: publicKeys[primitives.SR25519Public](n.disk.signer, signer.ParaValidator),
		Pool: n.pool, Discovery: n.discovery, Requests: n.requests,
		Distribution: func(bitfield func(subsystem.Bitfield), validator subsystem.Peers) (*distribution.Distribution, error) {
			return distribution.New(distribution.Config{
				Beat:     n.loops.Beat("availability"),
				Requests: n.requests, Store: chunks, Peer: validator, Bitfield: bitfield,
				Report: n.host.Report, Seed: seed, Now: n.clock.Now, Logger: n.log, Registerer: n.config.Registerer,
			})
		},
		Publish:        n.outbox.Publish,
		SendStatements: func(to protocol.PeerID, data [][]byte) { n.outbox.Send(pullStatements, to, data) },
		SendBitfields:  func(to protocol.PeerID, data [][]byte) { n.outbox.Send(pullBitfields, to, data) },
		Neighbors:      n.neighbors, Report: n.host.Report, Syncing: n.syncing, Now: n.clock.Now,
		Quiet: n.quiet, Distrust: n.disk.distrust,
		Logger: n.log, Registerer: n.config.Registerer,
	})
	return err
}

// defaultWorkers is how many processes execute validation functions at once.
const defaultWorkers = 2

// runPool closes the pool of workers when ctx ends.
func (n *Node) runPool(ctx context.Context) error { return n.pool.Run(ctx) }

// inherent returns what the node has for a child of parent about parachains.
func (n *Node) inherent(ctx context.Context, parent primitives.Hash) ([]primitives.SignedBitfield, []primitives.BackedCandidate) {
	in := n.parachains.Inherent(ctx, parent)
	return in.Bitfields, in.Candidates
}

// judgeStatement takes a gossiped statement to the parachains.
func (n *Node) judgeStatement(from peer.ID, data []byte) protocol.Verdict {
	verdict, _ := n.parachains.ReceiveStatement(context.Background(), protocol.PeerID(from), data)
	return verdict
}

// judgeBitfield takes a gossiped bitfield to the parachains.
func (n *Node) judgeBitfield(from peer.ID, data []byte) protocol.Verdict {
	verdict, _ := n.parachains.ReceiveBitfield(context.Background(), protocol.PeerID(from), data)
	return verdict
}

// judgeAuthority takes the gossiped record of an authority to discovery.
func (n *Node) judgeAuthority(_ peer.ID, data []byte) protocol.Verdict {
	verdict, _ := n.discovery.Announced(data)
	return verdict
}
