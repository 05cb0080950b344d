package host

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Config is what a Host needs. The zero value of a field is its default.
type Config struct {
	// Key is the node key; the peer id is derived from it. Required.
	Key ed25519.PrivateKey
	// Status is what this node says about itself in a handshake. It is called from
	// many goroutines, must not block, and must always name the same genesis.
	// Required.
	Status func() protocol.Handshake
	// Addresses are where the node listens and whom it knows.
	Addresses Addresses
	// Limits bound the peers.
	Limits Limits
	// MDNS finds nodes of the same chain on the local network.
	MDNS bool
	// NoPrivate keeps the host from dialing addresses that are not global, unless
	// they are of Addresses.
	NoPrivate bool
	// Agent names the software to peers. Default "rampart".
	Agent string
	// Reputation is the scale of faults.
	Reputation reputation.Params
	// Beat is told that the loop is alive. Default: nobody.
	Beat supervise.Beat
	// Logger. Default: none.
	Logger *zap.Logger
	// Registerer receives the metrics. Default: none.
	Registerer prometheus.Registerer
	// Options are added to those of libp2p. Tests replace the network with them.
	Options []libp2p.Option
}

// Addresses are multiaddrs. Those of other nodes end in /p2p/<peer id>.
type Addresses struct {
	// Listen: TCP, WebSocket (/ws) or QUIC (/quic-v1). Port 0 is any free port.
	// Default: none, the node only dials.
	Listen []string
	// Public are announced to peers besides those that libp2p finds out.
	Public []string
	// Bootnodes are dialed first and for ever, and have a place when they are.
	Bootnodes []string
	// Reserved peers are dialed for ever too and always let in; see Host.Keep.
	Reserved []string
}

// Limits bound the peers of a node.
type Limits struct {
	// Target is the number of peers below which the node looks for more. Validators
	// should set it to the number of validators. Default 25.
	Target int
	// Peers bounds the connected peers, reserved ones not counted and bootnodes let in
	// beyond it. Default 50, but at least Target.
	Peers int
	// Outbound is how many peers the node wants to have dialed itself, whoever has
	// dialed it: they are harder to surround. As many of Peers are kept free of
	// inbound peers. Default 8; less than 0 is none.
	Outbound int
	// ReservedOnly keeps all peers out that are not reserved, bootnodes too.
	ReservedOnly bool
}

// Time limits of a Host.
const (
	dialTimeout      = 10 * time.Second
	handshakeTimeout = 10 * time.Second
	refusedPause     = 10 * time.Minute // before a peer of another chain is dialed again
	fullPause        = 30 * time.Second // before a peer without a free place is
	steady           = 10 * time.Second // a connection that lasted so long was no failure
)

func (c Config) withDefaults() Config {
	if c.Limits.Target <= 0 {
		c.Limits.Target = 25
	}
	if c.Limits.Peers <= 0 {
		c.Limits.Peers = 50
	}
	c.Limits.Peers = max(c.Limits.Peers, c.Limits.Target)
	if c.Limits.Outbound == 0 {
		c.Limits.Outbound = min(8, c.Limits.Peers/2)
	}
	c.Limits.Outbound = max(c.Limits.Outbound, 0)
	if c.Agent == "" {
		c.Agent = "rampart"
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	return c
}

// parsed are the Addresses of a Config after parsing.
type parsed struct {
	listen, public      []ma.Multiaddr
	bootnodes, reserved []peer.AddrInfo
}

// Validate lists every fault of c.
func (c Config) Validate() error {
	var faults []error
	if len(c.Key) != ed25519.PrivateKeySize {
		faults = append(faults, fmt.Errorf("host config: node key of %d bytes, want %d", len(c.Key), ed25519.PrivateKeySize))
	}
	if c.Status == nil {
		faults = append(faults, errors.New("host config: no status"))
	}
	_, err := c.Addresses.parse()
	return errors.Join(append(faults, err)...)
}

// parse returns the addresses, or every fault in them.
func (a Addresses) parse() (parsed, error) {
	var out parsed
	var faults []error
	plain := func(kind string, in []string) (addrs []ma.Multiaddr) {
		for _, s := range in {
			addr, err := ma.NewMultiaddr(s)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s address %q: %w", kind, s, err))
				continue
			}
			addrs = append(addrs, addr)
		}
		return addrs
	}
	nodes := func(kind string, in []string) (infos []peer.AddrInfo) {
		for _, s := range in {
			info, err := peer.AddrInfoFromString(s)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s %q (want /ip4/…/tcp/…/p2p/<peer id>): %w", kind, s, err))
				continue
			}
			infos = append(infos, *info)
		}
		return infos
	}
	out.listen = plain("listen", a.Listen)
	out.public = plain("public", a.Public)
	out.bootnodes = nodes("bootnode", a.Bootnodes)
	out.reserved = nodes("reserved peer", a.Reserved)
	return out, errors.Join(faults...)
}
