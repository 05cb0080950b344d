package collator

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/blocksync"
	"github.com/rampart-chain/rampart/network/blocksync/plan"
	"github.com/rampart-chain/rampart/network/gossip"
	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Network is how collators of a chain talk to each other, apart from the relay
// chain's network.
type Network struct {
	// Key is the node key. Required.
	Key ed25519.PrivateKey
	// ForkID sets the network apart from others with the same block 0. Default
	// none.
	ForkID string
	// Listen and Bootnodes are multiaddrs; see network/host.
	Listen, Bootnodes []string
	// MDNS finds collators of the same chain on the local network.
	MDNS bool
}

// peers is the network of the chain: blocks are gossiped, and fetched by who is
// late. Its genesis is block 0 of the chain, and the fork id.
type peers struct {
	host     *host.Host
	requests *request.Service
	gossip   *gossip.Gossip
	sync     *blocksync.Sync
	publish  chan publication
	direct   chan parcel
}

// publication is something to gossip, parcel a message to one peer.
type publication struct {
	topic protocol.Topic
	data  []byte
}

type parcel struct {
	to      peer.ID
	message []byte
}

// heard is a block of a peer; reply gets why it was not taken in.
type heard struct {
	block primitives.Block
	reply chan error // capacity 1
}

// buildPeers opens the network of the chain.
func (c *Collator) buildPeers(n Network) error {
	genesis := protocol.Network(c.config.Block0.Header.Hash(), n.ForkID)
	p := &peers{publish: make(chan publication, 256), direct: make(chan parcel, 256)}
	var err error
	p.host, err = host.New(host.Config{
		Key: n.Key, MDNS: n.MDNS, Beat: c.loops.Beat("host"), Logger: c.log, Registerer: c.config.Registerer,
		Status: func() protocol.Handshake {
			best := c.store.Best()
			return protocol.Handshake{Role: protocol.Collator, BestNumber: best.Number, BestHash: best.Hash, Genesis: genesis, ProtocolVersion: protocol.Version}
		},
		Addresses: host.Addresses{Listen: n.Listen, Bootnodes: n.Bootnodes},
	})
	if err != nil {
		return fmt.Errorf("network of the chain: %w", err)
	}
	c.peers = p
	var limits []protocol.Limits
	for _, l := range protocol.Requests(0) {
		if l.Name == protocol.Sync || l.Name == protocol.Pull {
			limits = append(limits, l)
		}
	}
	p.requests, err = request.New(request.Config{Host: p.host.LibP2P(), Genesis: genesis, Protocols: limits, Allow: p.host.Admits, Report: p.host.Report, Beat: c.loops.Beat("requests"), Logger: c.log, Registerer: c.config.Registerer})
	if err != nil {
		return err
	}
	if err := p.requests.Handle(protocol.Pull, c.pulled); err != nil {
		return err
	}
	var topics []gossip.Topic
	for _, l := range protocol.Topics() {
		switch l.Topic {
		case protocol.BlockAnnounce:
			l.MaxMessage = maxBlock
			topics = append(topics, gossip.Topic{TopicLimits: l, Validate: c.judgeBlock})
		case protocol.Transactions:
			topics = append(topics, gossip.Topic{TopicLimits: l, Validate: c.judgeTransaction})
		}
	}
	p.gossip, err = gossip.New(gossip.Config{Host: p.host.LibP2P(), Genesis: genesis, Topics: topics, Report: p.host.Report, Beat: c.loops.Beat("gossip"), Logger: c.log, Registerer: c.config.Registerer})
	if err != nil {
		return err
	}
	p.sync, err = blocksync.New(blocksync.Config{
		Requests: p.requests, Serve: c.serveBlocks, Inspect: inspect, Import: c.importFetched, Known: c.has,
		Report: p.host.Report, Now: new(node.Clock).Now, Beat: c.loops.Beat("sync"), Logger: c.log, Registerer: c.config.Registerer,
	})
	return err
}

// maxBlock bounds a block that collators gossip, in bytes: what fits a proof of
// validity.
const maxBlock = 5 << 20

// runPeers has the loops run the network of the chain.
func (c *Collator) runPeers() {
	p, beat := c.peers, c.loops.Beat("peers")
	c.loops.Go("pull", c.sendParcels)
	c.loops.Go("gossip", p.gossip.Run)
	c.loops.Go("requests", p.requests.Run)
	c.loops.Go("sync", p.sync.Run)
	c.loops.Go("host", p.host.Run)
	c.loops.Go("peers", func(ctx context.Context) error {
		idle := time.NewTicker(supervise.Idle)
		defer idle.Stop()
		for {
			beat.Alive()
			select {
			case <-ctx.Done():
				return nil
			case <-idle.C:
			case m := <-p.publish:
				failpoint.Here(failpoint.CollatorPublishBefore)
				_ = p.gossip.Publish(ctx, m.topic, m.data)
				failpoint.Here(failpoint.CollatorPublishAfter)
			case event := <-p.host.Events():
				switch e := event.(type) {
				case host.PeerConnected:
					p.sync.Claim(e.ID, primitives.BlockID{Number: e.Handshake.BestNumber, Hash: e.Handshake.BestHash})
					c.pool.Connected(protocol.PeerID(e.ID))
				case host.PeerDisconnected:
					p.sync.Gone(ctx, e.ID)
				}
			}
		}
	})
}

// sendParcels sends messages to peers until ctx ends. What is lost comes with the next
// summary.
func (c *Collator) sendParcels(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-c.peers.direct:
			_, _ = c.peers.requests.Do(ctx, m.to, protocol.Pull, m.message)
		}
	}
}

// publish gossips data. It does not block: who misses a block fetches it, and who
// misses an extrinsic hears of it in a summary.
func (c *Collator) publish(topic protocol.Topic, data []byte) {
	select {
	case c.peers.publish <- publication{topic, data}:
	default:
	}
}

// tell sends messages about the pool to another collator. It does not block.
func (c *Collator) tell(to protocol.PeerID, messages [][]byte) {
	for _, m := range messages {
		select {
		case c.peers.direct <- parcel{peer.ID(to), m}:
		default:
			return
		}
	}
}

// neighbors returns the collators that are connected.
func (c *Collator) neighbors() []protocol.PeerID {
	connected := c.peers.host.Peers()
	ids := make([]protocol.PeerID, len(connected))
	for i, p := range connected {
		ids[i] = protocol.PeerID(p.ID)
	}
	return ids
}

// share tells the other collators of a block that was made here.
func (c *Collator) share(block primitives.Block) {
	c.publish(protocol.BlockAnnounce, scale.Marshal(block))
	c.tellSync()
}

// tellSync tells block sync which blocks are here.
func (c *Collator) tellSync() { c.peers.sync.Head(c.tip, c.store.Finalized()) }

// judgeBlock takes in a gossiped block: only what executes is passed on.
func (c *Collator) judgeBlock(from peer.ID, data []byte) protocol.Verdict {
	var block primitives.Block
	if err := scale.Unmarshal(data, &block); err != nil {
		return protocol.Reject
	}
	c.peers.sync.Claim(from, block.Header.ID())
	err := c.hear(context.Background(), block)
	switch {
	case err == nil:
		return protocol.Accept
	case errors.Is(err, errBlameless):
		return protocol.Ignore
	}
	return protocol.Reject
}

// hear gives a block of a peer to the loop and returns why it was not taken in.
func (c *Collator) hear(ctx context.Context, block primitives.Block) error {
	in := heard{block: block, reply: make(chan error, 1)}
	select {
	case c.heard <- in:
	case <-c.done:
		return errBlameless
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-in.reply:
		return err
	case <-c.done:
		return errBlameless
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errBlameless marks a block that was not taken in for no fault of its sender.
var errBlameless = errors.New("block not taken in now")

// takeHeard executes a block of a peer and keeps it. The error says why not; the
// caller asks the store whether the disk failed.
func (c *Collator) takeHeard(block primitives.Block) error {
	switch {
	case c.has(block.Header.Hash()):
		return nil
	case !c.has(block.Header.ParentHash), block.Header.Number <= c.store.Finalized().Number:
		return errBlameless
	}
	if err := c.execute(block); err != nil {
		if c.store.Err() != nil {
			return errors.Join(errBlameless, err)
		}
		return err
	}
	c.last = primitives.Hash{} // a block can be made on it
	c.tellSync()
	return nil
}

// importFetched takes in blocks that block sync fetched.
func (c *Collator) importFetched(ctx context.Context, _ peer.ID, blocks [][]byte) error {
	for _, encoded := range blocks {
		var b chain.StoredBlock
		if err := scale.Unmarshal(encoded, &b); err != nil {
			return fmt.Errorf("%w: %w", blocksync.ErrInvalid, err)
		}
		err := c.hear(ctx, b.Block)
		switch {
		case err == nil:
		case errors.Is(err, errBlameless), ctx.Err() != nil:
			return err
		default:
			return fmt.Errorf("block %d: %w: %w", b.Block.Header.Number, blocksync.ErrInvalid, err)
		}
	}
	return nil
}

// inspect reads the header of a block that a peer sent.
func inspect(encoded []byte) (plan.Info, error) {
	var header primitives.Header // the first field of chain.StoredBlock
	d := scale.NewDecoder(encoded)
	header.DecodeSCALE(d)
	return plan.Info{Number: header.Number, Hash: header.Hash(), Parent: header.ParentHash}, d.Err()
}

// maxServed bounds the bytes of blocks in one answer.
const maxServed = 7 << 20

// serveBlocks returns blocks of the chain that ends with the highest one, by number
// ascending, for a collator that is late. Block sync asks for nothing else.
func (c *Collator) serveBlocks(r protocol.SyncRequest) [][]byte {
	var blocks [][]byte
	size, above := 0, c.highest()
	for number := r.Number; !r.ByHash && !r.Descending && len(blocks) < int(r.Max); number++ {
		hash, ok := above[number]
		var err error
		if !ok {
			hash, ok, err = c.store.CanonicalHash(number)
		}
		if err != nil || !ok || number == 0 {
			break
		}
		header, err := c.store.Header(hash)
		if err != nil {
			break
		}
		body, err := c.store.Body(hash)
		if err != nil {
			break
		}
		encoded := scale.Marshal(chain.StoredBlock{Block: primitives.Block{Header: header, Extrinsics: body}})
		if size += len(encoded); size > maxServed && len(blocks) > 0 {
			break
		}
		blocks = append(blocks, encoded)
	}
	return blocks
}

// highest returns the blocks above the finalized one that lead to the highest of
// all, by number.
func (c *Collator) highest() map[primitives.BlockNumber]primitives.Hash {
	line := map[primitives.BlockNumber]primitives.Hash{}
	var next primitives.Hash
	for _, b := range slices.Backward(c.store.Unfinalized()) {
		if len(line) == 0 || b.Hash == next {
			line[b.Header.Number], next = b.Hash, b.Header.ParentHash
		}
	}
	return line
}
