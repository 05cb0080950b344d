package host

import (
	"maps"
	"slices"
	"sync/atomic"

	"github.com/libp2p/go-libp2p/core/control"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
	"github.com/prometheus/client_golang/prometheus"
)

// gater shuts banned peers out, and keeps the host from private addresses if that
// is wanted. The loop replaces its sets; libp2p reads them from its own goroutines.
type gater struct {
	banned    atomic.Pointer[map[peer.ID]bool]
	noPrivate bool
	private   atomic.Pointer[map[peer.ID]bool] // may be dialed at private addresses all the same
	inbound   prometheus.Counter               // connections that were accepted
}

func newGater(noPrivate bool, known parsed, inbound prometheus.Counter) *gater {
	g := &gater{noPrivate: noPrivate, inbound: inbound}
	g.banned.Store(&map[peer.ID]bool{})
	g.private.Store(&map[peer.ID]bool{})
	for _, info := range slices.Concat(known.bootnodes, known.reserved) {
		g.know(info.ID, true)
	}
	return g
}

// set bans id or ends its ban. Only the loop calls it.
func (g *gater) set(id peer.ID, banned bool) { replace(&g.banned, id, banned) }

// know says whether the operator named id. Only the loop calls it.
func (g *gater) know(id peer.ID, named bool) { replace(&g.private, id, named) }

// replace puts a set with or without id in place of the present one.
func replace(set *atomic.Pointer[map[peer.ID]bool], id peer.ID, in bool) {
	next := maps.Clone(*set.Load())
	delete(next, id)
	if in {
		next[id] = true
	}
	set.Store(&next)
}

func (g *gater) allows(id peer.ID) bool { return !(*g.banned.Load())[id] }

func (g *gater) InterceptPeerDial(id peer.ID) bool { return g.allows(id) }
func (g *gater) InterceptAddrDial(id peer.ID, addr ma.Multiaddr) bool {
	return !g.noPrivate || manet.IsPublicAddr(addr) || (*g.private.Load())[id]
}
func (g *gater) InterceptAccept(network.ConnMultiaddrs) bool {
	g.inbound.Inc()
	return true
}
func (g *gater) InterceptUpgraded(network.Conn) (bool, control.DisconnectReason) {
	return true, 0
}

func (g *gater) InterceptSecured(_ network.Direction, id peer.ID, _ network.ConnMultiaddrs) bool {
	return g.allows(id)
}
