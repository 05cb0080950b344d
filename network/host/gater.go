package host

import (
	"maps"
	"sync/atomic"

	"github.com/libp2p/go-libp2p/core/control"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
)

// gater shuts banned peers out. The loop replaces the set; libp2p reads it from
// its own goroutines.
type gater struct {
	banned  atomic.Pointer[map[peer.ID]bool]
	inbound prometheus.Counter // connections that were accepted
}

func newGater(inbound prometheus.Counter) *gater {
	g := &gater{inbound: inbound}
	g.banned.Store(&map[peer.ID]bool{})
	return g
}

// set bans id or ends its ban. Only the loop calls it.
func (g *gater) set(id peer.ID, banned bool) {
	next := maps.Clone(*g.banned.Load())
	delete(next, id)
	if banned {
		next[id] = true
	}
	g.banned.Store(&next)
}

func (g *gater) allows(id peer.ID) bool { return !(*g.banned.Load())[id] }

func (g *gater) InterceptPeerDial(id peer.ID) bool            { return g.allows(id) }
func (g *gater) InterceptAddrDial(peer.ID, ma.Multiaddr) bool { return true }
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
