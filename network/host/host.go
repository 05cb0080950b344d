package host

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/libp2p/go-libp2p/core/event"
	libp2phost "github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/host/eventbus"
	ma "github.com/multiformats/go-multiaddr"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
)

const (
	// inputQueue bounds what waits for the loop. From inside: senders wait; from
	// reports and mDNS: drop and count.
	inputQueue = 256
	// connectionQueue bounds the connection changes waiting for the loop; libp2p
	// waits when it is full.
	connectionQueue = 1024
)

// Host is this node's libp2p host and its peers. Its methods may be called from
// any goroutine.
type Host struct {
	config    Config
	addresses parsed
	host      libp2phost.Host
	gate      *gater
	requests  *request.Service
	metrics   *hostMetrics
	changes   event.Subscription
	inputs    chan input
	events    chan Event
	snapshot  atomic.Pointer[snapshot]
	closeOnce sync.Once
}

// snapshot is what other goroutines see of the loop's state. It is immutable.
type snapshot struct {
	peers   []Peer           // after the handshake, by id
	talking map[peer.ID]bool // those, and peers that we are shaking hands with
	kept    []peer.ID        // reserved by the operator, by id
}

// New opens the libp2p host and listens. It dials nobody before Run. A port that
// is taken is ErrPortInUse, with the address and what to do. If Run is never
// called, Close must be.
func New(c Config) (*Host, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	c.Logger = c.Logger.Named("host")
	addrs, err := c.Addresses.parse()
	if err != nil {
		return nil, err
	}
	bytes := &traffic{}
	m, err := newMetrics(c.Registerer, bytes)
	if err != nil {
		return nil, fmt.Errorf("host metrics: %w", err)
	}
	h := &Host{
		config: c, addresses: addrs, gate: newGater(c.NoPrivate, addrs, m.inbound), metrics: m,
		inputs: make(chan input, inputQueue), events: make(chan Event),
	}
	h.snapshot.Store(&snapshot{})
	if h.host, err = open(c, addrs, h.gate, bytes); err != nil {
		return nil, err
	}
	if err := h.prepare(); err != nil {
		h.Close()
		return nil, err
	}
	c.Logger.Info("listening", zap.Stringer("peer", h.host.ID()), zap.Stringers("addresses", h.Addresses()))
	return h, nil
}

// prepare sets up what needs the libp2p host.
func (h *Host) prepare() error {
	h.host.Network().Notify(h.metrics)
	var err error
	h.changes, err = h.host.EventBus().Subscribe(new(event.EvtPeerConnectednessChanged), eventbus.BufSize(connectionQueue))
	if err != nil {
		return fmt.Errorf("connection events: %w", err)
	}
	var limits []protocol.Limits
	for _, l := range protocol.Requests(0) {
		if l.Name == protocol.Handshaking || l.Name == protocol.Peers {
			limits = append(limits, l)
		}
	}
	h.requests, err = request.New(request.Config{
		Host: h.host, Genesis: h.config.Status().Genesis, Protocols: limits, Report: h.Report, Logger: h.config.Logger,
	})
	if err != nil {
		return err
	}
	if err := h.requests.Handle(protocol.Handshaking, h.welcome); err != nil {
		return err
	}
	return h.requests.Handle(protocol.Peers, h.tell)
}

// Close ends the libp2p host. Run does it too.
func (h *Host) Close() error {
	var err error
	h.closeOnce.Do(func() {
		if h.changes != nil {
			h.changes.Close()
		}
		err = h.host.Close()
	})
	return err
}

// LibP2P returns the libp2p host, for network/request and network/gossip.
func (h *Host) LibP2P() libp2phost.Host { return h.host }

// ID returns the peer id of this node.
func (h *Host) ID() peer.ID { return h.host.ID() }

// Addresses returns where this node can be reached, each ending in /p2p/<peer id>.
func (h *Host) Addresses() []ma.Multiaddr {
	addrs, err := peer.AddrInfoToP2pAddrs(&peer.AddrInfo{ID: h.host.ID(), Addrs: h.host.Addrs()})
	if err != nil {
		return nil
	}
	return addrs
}

// Events returns the channel of connection events. Somebody must read it; until
// then events wait in memory, and those that cancel each other are left out.
func (h *Host) Events() <-chan Event { return h.events }

// Peers returns the connected peers after the handshake, by peer id. The caller
// must not change the slice.
func (h *Host) Peers() []Peer { return h.snapshot.Load().peers }

// Admits says whether id may ask us things: there was a handshake, or one that we
// began is under way. It is the Allow of other request.Services.
func (h *Host) Admits(id peer.ID) bool { return h.snapshot.Load().talking[id] }

// Report charges peer id for what it did wrong; at the threshold it is banned and
// disconnected. It does not block: reports that come faster than they can be
// handled are dropped and counted.
func (h *Host) Report(id peer.ID, r reputation.Reason) {
	h.metrics.reports.WithLabelValues(string(r)).Inc()
	select {
	case h.inputs <- reported{id, r}:
	default:
		h.metrics.dropped.Inc()
	}
}

// Reserve makes info a reserved peer from now on, like Addresses.Reserved.
func (h *Host) Reserve(ctx context.Context, info peer.AddrInfo) { h.send(ctx, reserve{info}) }

// send gives the loop an input; it waits for the loop, or for the end of ctx.
func (h *Host) send(ctx context.Context, in input) {
	select {
	case h.inputs <- in:
	case <-ctx.Done():
	}
}

func (h *Host) shuffle(n int, swap func(i, j int)) { rand.Shuffle(n, swap) }
