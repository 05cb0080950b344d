package host

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/connmgr"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/metrics"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	quic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/libp2p/go-libp2p/p2p/transport/websocket"
	"github.com/libp2p/go-libp2p/x/rate"
	ma "github.com/multiformats/go-multiaddr"
)

// PeerID returns the peer id of a node with this node key.
func PeerID(key ed25519.PublicKey) (peer.ID, error) {
	public, err := crypto.UnmarshalEd25519PublicKey(key)
	if err != nil {
		return "", fmt.Errorf("node key: %w", err)
	}
	return peer.IDFromPublicKey(public)
}

// open makes the libp2p host and listens.
func open(c Config, addrs parsed, gate *gater, bytes metrics.Reporter) (host.Host, error) {
	key, err := crypto.UnmarshalEd25519PrivateKey(c.Key)
	if err != nil {
		return nil, fmt.Errorf("node key: %w", err)
	}
	resources, err := resourceManager(c.Limits, addrs.reserved)
	if err != nil {
		return nil, fmt.Errorf("resource limits: %w", err)
	}
	options := []libp2p.Option{
		libp2p.Identity(key),
		libp2p.NoListenAddrs, // listen below reports each address that fails
		libp2p.Security(noise.ID, noise.New),
		libp2p.ConnectionManager(connmgr.NullConnMgr{}), // Limits decide, not age
		libp2p.ResourceManager(resources),
		libp2p.ConnectionGater(gate),
		libp2p.BandwidthReporter(bytes),
		libp2p.UserAgent(c.Agent),
		libp2p.WithDialTimeout(dialTimeout),
		libp2p.AddrsFactory(func(found []ma.Multiaddr) []ma.Multiaddr { return append(found, addrs.public...) }),
		// After many dials without success libp2p takes UDP, or IPv6, for blocked and
		// dials no more: after a long partition nobody would find anybody again.
		libp2p.UDPBlackHoleSuccessCounter(nil),
		libp2p.IPv6BlackHoleSuccessCounter(nil),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
	}
	options = append(options, transports(addrs)...)
	h, err := libp2p.New(append(options, c.Options...)...)
	if err != nil {
		resources.Close()
		return nil, fmt.Errorf("libp2p: %w", err)
	}
	if err := listen(h, addrs.listen); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// transports returns TCP and WebSocket, and QUIC if the addresses ask for it. It is
// not always on because libp2p prefers it to TCP wherever a peer has both.
func transports(addrs parsed) []libp2p.Option {
	var udp bool
	check := func(list []ma.Multiaddr) {
		for _, addr := range list {
			for _, p := range addr.Protocols() {
				udp = udp || p.Code == ma.P_QUIC_V1
			}
		}
	}
	check(addrs.listen)
	for _, info := range slices.Concat(addrs.bootnodes, addrs.reserved) {
		check(info.Addrs)
	}
	// With port reuse two nodes could listen on one port, and neither would know.
	options := []libp2p.Option{libp2p.Transport(tcp.NewTCPTransport, tcp.DisableReuseport()), libp2p.Transport(websocket.New)}
	if udp {
		options = append(options, libp2p.Transport(quic.NewTransport))
	}
	return options
}

// listen listens on every address. libp2p itself is content with one.
func listen(h host.Host, addrs []ma.Multiaddr) error {
	var faults []error
	for _, addr := range addrs {
		err := h.Network().(*swarm.Swarm).AddListenAddr(addr)
		switch {
		case err == nil:
		case errors.Is(err, syscall.EADDRINUSE) || strings.Contains(err.Error(), "address already in use"):
			faults = append(faults, fmt.Errorf("%w: %s: stop the other process, or listen on another port (0 = any free port)",
				ErrPortInUse, addr))
		case errors.Is(err, swarm.ErrNoTransport):
			faults = append(faults, fmt.Errorf("%w: %s", ErrTransport, addr))
		default:
			faults = append(faults, fmt.Errorf("listen on %s: %w", addr, err))
		}
	}
	return errors.Join(faults...)
}

// resourceManager bounds connections, streams and memory. Reserved peers have
// places of their own when the common ones are taken.
func resourceManager(l Limits, reserved []peer.AddrInfo) (network.ResourceManager, error) {
	conns := rcmgr.LimitVal(2*(l.Peers+len(reserved)) + 32)
	config := rcmgr.PartialLimitConfig{System: rcmgr.ResourceLimits{
		Conns: 2 * conns, ConnsInbound: conns, ConnsOutbound: conns,
		Streams: 64 * conns, StreamsInbound: 32 * conns, StreamsOutbound: 32 * conns,
	}}
	scaling := rcmgr.DefaultLimits
	libp2p.SetDefaultServiceLimits(&scaling)
	var allowed []ma.Multiaddr
	for _, info := range reserved {
		allowed = append(allowed, numeric(info.Addrs, info.ID)...)
	}
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	// Many nodes may share an address: containers on one machine, a house behind
	// one router. libp2p's own bounds (8 connections, one in 5 s) are too tight.
	return rcmgr.NewResourceManager(rcmgr.NewFixedLimiter(config.Build(scaling.AutoScale())),
		rcmgr.WithMetricsDisabled(),
		rcmgr.WithAllowlistedMultiaddrs(allowed),
		rcmgr.WithLimitPerSubnet(
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 32, ConnCount: 32}},
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 56, ConnCount: 32}, {PrefixLength: 48, ConnCount: 128}}),
		rcmgr.WithNetworkPrefixLimit(
			[]rcmgr.NetworkPrefixLimit{{Network: loopback[0], ConnCount: 4096}},
			[]rcmgr.NetworkPrefixLimit{{Network: loopback[1], ConnCount: 4096}}),
		rcmgr.WithConnRateLimiters(&rate.Limiter{
			NetworkPrefixLimits: []rate.PrefixLimit{{Prefix: loopback[0]}, {Prefix: loopback[1]}},
			SubnetRateLimiter: rate.SubnetLimiter{
				IPv4SubnetLimits: []rate.SubnetLimit{{PrefixLength: 32, Limit: rate.Limit{RPS: 4, Burst: 64}}},
				IPv6SubnetLimits: []rate.SubnetLimit{{PrefixLength: 56, Limit: rate.Limit{RPS: 4, Burst: 64}}},
				GracePeriod:      time.Minute,
			},
		}))
}
