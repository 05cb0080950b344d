package host

import (
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
)

// Event is what happened to a peer: PeerConnected or PeerDisconnected.
type Event interface{ event() }

// PeerConnected: the handshake with peer ID succeeded. It is repeated, without
// PeerDisconnected between, when the peer shakes hands again.
type PeerConnected struct {
	ID        peer.ID
	Handshake protocol.Handshake
}

// PeerDisconnected: the last connection to a peer with which there was a
// handshake has ended.
type PeerDisconnected struct{ ID peer.ID }

func (PeerConnected) event()    {}
func (PeerDisconnected) event() {}

// Peer is a connected peer after the handshake.
type Peer struct {
	ID        peer.ID
	Handshake protocol.Handshake
	Outbound  bool   // we dialed
	Address   string // the remote end of a connection
}

// input is what the loop of Run is told.
type input interface{ input() }

type (
	// dialed: a dial has ended.
	dialed struct {
		id  peer.ID
		err error
	}
	// greeted: our handshake with a peer has ended.
	greeted struct {
		id        peer.ID
		handshake protocol.Handshake
		err       error
	}
	// hello: a peer shakes our hand; reply is sent nil if it is let in.
	hello struct {
		id        peer.ID
		handshake protocol.Handshake
		reply     chan error // capacity 1
	}
	// heard: somebody says where nodes are.
	heard struct{ infos []peer.AddrInfo }
	// exchanged: a request for addresses has ended.
	exchanged struct{ id peer.ID }
	// reported: a peer did wrong.
	reported struct {
		id     peer.ID
		reason reputation.Reason
	}
	// reserve: a peer is reserved from now on.
	reserve struct{ info peer.AddrInfo }
	// keep: the operator reserves a peer, or ends that; reply is sent nil if it is
	// done.
	keep struct {
		info  peer.AddrInfo
		end   bool
		reply chan error // capacity 1
	}
)

func (dialed) input()    {}
func (greeted) input()   {}
func (hello) input()     {}
func (heard) input()     {}
func (exchanged) input() {}
func (reported) input()  {}
func (reserve) input()   {}
func (keep) input()      {}
