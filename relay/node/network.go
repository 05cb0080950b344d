package node

import (
	"context"
	"errors"
	"slices"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/gossip"
	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
)

// buildNetwork makes the host and what speaks through it.
func (n *Node) buildNetwork() error {
	c, network := n.config, n.config.network()
	var err error
	n.host, err = host.New(host.Config{
		Beat: n.loops.Beat("host"), Options: c.Network.Options,
		Key: n.disk.key, Status: n.handshake, MDNS: c.Network.MDNS, Logger: n.log, Registerer: c.Registerer,
		Addresses: host.Addresses{Listen: c.Network.Listen, Public: c.Network.Public, Bootnodes: c.Network.Bootnodes, Reserved: c.Network.Reserved},
		Limits:    host.Limits{Target: c.Network.Target, Peers: c.Network.Peers, Outbound: c.Network.Outbound, ReservedOnly: c.Network.ReservedOnly},
		NoPrivate: c.Network.NoPrivate,
	})
	if err != nil {
		return err
	}
	n.requests, err = request.New(request.Config{
		Beat: n.loops.Beat("requests"),
		Host: n.host.LibP2P(), Genesis: network, Protocols: n.protocols(),
		Allow: n.host.Admits, Report: n.host.Report, Logger: n.log, Registerer: c.Registerer,
	})
	if err != nil {
		return err
	}
	if err := n.requests.Handle(protocol.Pull, n.pulled); err != nil {
		return err
	}
	n.gossip, err = gossip.New(gossip.Config{
		Beat: n.loops.Beat("gossip"),
		Host: n.host.LibP2P(), Genesis: network, Topics: n.topics(),
		Report: n.host.Report, Logger: n.log, Registerer: c.Registerer,
	})
	if err != nil {
		return err
	}
	n.outbox = newOutbox(n.gossip, n.requests, n.loops.Beat("outbox"), c.Registerer)
	if err := n.buildDiscovery(); err != nil {
		return err
	}
	return n.buildSync()
}

// handshake is what the node says about itself.
func (n *Node) handshake() protocol.Handshake {
	best := n.chain.Snapshot().Best
	return protocol.Handshake{
		Role: n.role(), BestNumber: best.Number, BestHash: best.Hash, Genesis: n.config.network(),
		SpecVersion: runtime.SpecVersion, ProtocolVersion: protocol.Version,
	}
}

// protocols are the request protocols of the node besides the host's own.
func (n *Node) protocols() []protocol.Limits {
	return slices.DeleteFunc(protocol.Requests(n.chain.SlotDuration()), func(l protocol.Limits) bool {
		return l.Name == protocol.Handshaking || l.Name == protocol.Peers
	})
}

// topics are the gossip topics that the node takes part in.
func (n *Node) topics() []gossip.Topic {
	var own []gossip.Topic
	for _, limits := range protocol.Topics() {
		switch limits.Topic {
		case protocol.BlockAnnounce:
			own = append(own, gossip.Topic{TopicLimits: limits, Validate: n.judgeAnnouncement, Handle: n.takeAnnouncement})
		case protocol.GRANDPA:
			own = append(own, gossip.Topic{TopicLimits: limits, Validate: n.judgeVote})
		case protocol.Transactions:
			own = append(own, gossip.Topic{TopicLimits: limits, Validate: n.judgeTransaction, Concurrent: maxJudged})
		case protocol.Authorities:
			own = append(own, gossip.Topic{TopicLimits: limits, Validate: n.judgeAuthority})
		case protocol.Statements:
			if n.config.Validator {
				own = append(own, gossip.Topic{TopicLimits: limits, Validate: n.judgeStatement})
			}
		case protocol.Bitfields:
			if n.config.Validator {
				own = append(own, gossip.Topic{TopicLimits: limits, Validate: n.judgeBitfield})
			}
		}
	}
	return own
}

// judgeAnnouncement says whether an announced block is passed on: its claim and
// seal must be good, and its body must be its own.
func (n *Node) judgeAnnouncement(from peer.ID, data []byte) protocol.Verdict {
	announced, err := decodeAnnouncement(data)
	if err != nil {
		return protocol.Reject
	}
	header := announced.Head()
	if !ownBody(announced) {
		return protocol.Reject
	}
	n.sync.Claim(from, header.ID())
	switch err := n.chain.CheckHeader(header); {
	case err == nil:
		return protocol.Accept
	case errors.Is(err, chain.ErrUnknownParent), errors.Is(err, babe.ErrFuture):
		return protocol.Ignore
	default:
		n.log.Debug("announced block refused", zap.Stringer("peer", from), zap.Error(err))
		return protocol.Reject
	}
}

// ownBody reports whether a body in an announcement is that of its header.
// Anybody can put another one under a good header; passed on, it would reach all
// nodes, as often as somebody changes a byte of it.
func ownBody(announced chain.Announcement) bool {
	whole, ok := announced.(chain.AnnouncedBlock)
	return !ok || executive.ExtrinsicsRoot(whole.Block.Extrinsics) == whole.Block.Header.ExtrinsicsRoot
}

// takeAnnouncement takes in an announced block that was judged good.
func (n *Node) takeAnnouncement(_ peer.ID, data []byte) {
	announced, err := decodeAnnouncement(data)
	if err != nil {
		return
	}
	if whole, ok := announced.(chain.AnnouncedBlock); ok {
		// Why a block was refused is logged by the chain; what could not be
		// taken in yet is fetched.
		_ = n.chain.Import(context.Background(), whole.Block, false)
	}
}

func decodeAnnouncement(data []byte) (chain.Announcement, error) {
	d := scale.NewDecoder(data)
	a := chain.DecodeAnnouncement(d)
	return a, d.Finish()
}

// judgeVote takes a gossiped vote or commit to finality.
func (n *Node) judgeVote(from peer.ID, data []byte) protocol.Verdict {
	verdict, _ := n.finality.Receive(context.Background(), protocol.PeerID(from), data)
	return verdict
}
