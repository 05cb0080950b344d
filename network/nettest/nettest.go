// Package nettest is a simulated network for tests of the libp2p shells: QUIC
// packets travel between hosts in memory, with a latency; links between hosts can
// be cut and healed, and may lose and repeat packets.
//
// Inside a testing/synctest bubble time is virtual, so that a minute of redialing
// takes milliseconds. It decides nothing and is imported by tests only.
package nettest

import (
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/p2p/transport/quicreuse"
	"github.com/marcopolo/simnet"
	"github.com/quic-go/quic-go"
	"go.uber.org/fx"
)

// port is the UDP port of every simulated host.
const port = 8000

// Net is a network of hosts numbered from 0.
type Net struct {
	sim *simnet.Simnet

	// mu guards what follows and the simulator's list of links: hosts send from
	// many goroutines.
	mu     sync.Mutex
	cut    map[[2]string]bool
	faults Faults
	chance *rand.Rand
}

// Faults are what every link does to packets, as fractions of them.
type Faults struct{ Loss, Repeat float64 }

// New starts a network that delivers every packet after latency and ends with
// the test. Links carry 100 Mbit/s.
func New(t testing.TB, latency time.Duration) *Net {
	n := &Net{
		sim: &simnet.Simnet{
			LatencyFunc: simnet.StaticLatency(latency),
			Logger:      slog.New(slog.NewTextHandler(io.Discard, nil)),
		},
		cut: map[[2]string]bool{}, chance: rand.New(rand.NewPCG(1, 2)),
	}
	n.sim.Start()
	t.Cleanup(n.sim.Close)
	return n
}

// Addr is where host i listens.
func (n *Net) Addr(i int) string {
	return fmt.Sprintf("/ip4/%s/udp/%d/quic-v1", simnet.IntToPublicIPv4(i), port)
}

// Options makes one libp2p host use this network instead of real sockets.
func (n *Net) Options() []libp2p.Option {
	source := &source{}
	return []libp2p.Option{
		// Address discovery of identify never lets a bubble become idle.
		libp2p.DisableIdentifyAddressDiscovery(),
		libp2p.QUICReuse(newConnManager,
			quicreuse.OverrideSourceIPSelector(func() (quicreuse.SourceIPSelector, error) { return source, nil }),
			quicreuse.OverrideListenUDP(func(_ string, addr *net.UDPAddr) (net.PacketConn, error) {
				source.ip.Store(&addr.IP)
				return n.listen(addr), nil
			}),
		),
	}
}

// newConnManager is closed with its host, which libp2p does for its own only.
func newConnManager(l fx.Lifecycle, reset quic.StatelessResetKey, token quic.TokenGeneratorKey,
	options ...quicreuse.Option) (*quicreuse.ConnManager, error) {
	m, err := quicreuse.NewConnManager(reset, token, options...)
	if err == nil {
		l.Append(fx.StopHook(m.Close))
	}
	return m, err
}

// Host returns a plain libp2p host at address i, closed at the end of the test.
func (n *Net) Host(t testing.TB, i int, more ...libp2p.Option) host.Host {
	t.Helper()
	options := append(n.Options(), libp2p.ListenAddrStrings(n.Addr(i)), libp2p.DisableMetrics(), libp2p.DisableRelay())
	h, err := libp2p.New(append(options, more...)...)
	if err != nil {
		t.Fatalf("host %d: %v", i, err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// Cut drops, while on, every packet between hosts i and j.
func (n *Net) Cut(i, j int, on bool) {
	n.CutOneWay(i, j, on)
	n.CutOneWay(j, i, on)
}

// CutOneWay drops, while on, every packet that host i sends to host j.
func (n *Net) CutOneWay(i, j int, on bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cut[[2]string{simnet.IntToPublicIPv4(i).String(), simnet.IntToPublicIPv4(j).String()}] = on
}

// Disturb gives every link faults from now on.
func (n *Net) Disturb(f Faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = f
}

// copies returns how many copies of a packet travel from one address to another.
func (n *Net) copies(from, to string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.cut[[2]string{from, to}], n.chance.Float64() < n.faults.Loss:
		return 0
	case n.chance.Float64() < n.faults.Repeat:
		return 2
	}
	return 1
}

func (n *Net) listen(addr *net.UDPAddr) net.PacketConn {
	n.mu.Lock()
	defer n.mu.Unlock()
	link := simnet.LinkSettings{BitsPerSecond: 100_000_000}
	conn := n.sim.NewEndpoint(addr, simnet.NodeBiDiLinkSettings{Downlink: link, Uplink: link})
	return &faulty{SimConn: conn, net: n, ip: addr.IP.String()}
}

// faulty drops and repeats what its links would carry once.
type faulty struct {
	*simnet.SimConn
	net *Net
	ip  string
}

func (f *faulty) WriteTo(p []byte, to net.Addr) (int, error) {
	for range f.net.copies(f.ip, to.(*net.UDPAddr).IP.String()) {
		if n, err := f.SimConn.WriteTo(p, to); err != nil {
			return n, err
		}
	}
	return len(p), nil
}

// source makes a host dial from the address it listens on.
type source struct{ ip atomic.Pointer[net.IP] }

func (s *source) PreferredSourceIPForDestination(*net.UDPAddr) (net.IP, error) {
	return *s.ip.Load(), nil
}
