package host

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/metrics"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
)

// hostMetrics are the meters of the host. Names are those of Substrate's
// metrics where there is one.
type hostMetrics struct {
	peers   prometheus.Gauge
	opened  *prometheus.CounterVec // connections, by direction
	closed  *prometheus.CounterVec
	inbound prometheus.Counter // before any handshake
	joined  prometheus.Counter // peers
	left    prometheus.Counter
	refused *prometheus.CounterVec
	reports *prometheus.CounterVec
	banned  prometheus.Counter
	dropped prometheus.Counter
}

func newMetrics(reg prometheus.Registerer, t *traffic) (*hostMetrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	vector := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	}
	m := &hostMetrics{
		peers: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "substrate_sub_libp2p_peers_count", Help: "Connected peers.",
		}),
		opened:  vector("substrate_sub_libp2p_connections_opened_total", "Connections that were opened.", "direction"),
		closed:  vector("substrate_sub_libp2p_connections_closed_total", "Connections that have ended.", "direction"),
		inbound: counter("substrate_sub_libp2p_incoming_connections_total", "Connections that reached the listening sockets."),
		joined:  counter("substrate_sub_libp2p_distinct_peers_connections_opened_total", "Peers that were let in."),
		left:    counter("substrate_sub_libp2p_distinct_peers_connections_closed_total", "Peers that have left."),

		refused: vector("relay_host_handshakes_refused_total", "Handshakes without success.", "reason"),
		reports: vector("relay_host_reports_total", "Reports of misbehavior.", "reason"),
		banned:  counter("relay_host_bans_total", "Peers that were banned."),
		dropped: counter("relay_host_reports_dropped_total", "Reports dropped because the queue was full."),
	}
	if reg == nil {
		return m, nil
	}
	bytes := func(way string, count *atomic.Int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "substrate_sub_libp2p_network_bytes_total", Help: "Bytes sent and received.",
			ConstLabels: prometheus.Labels{"direction": way},
		}, func() float64 { return float64(count.Load()) })
	}
	var faults []error
	for _, c := range []prometheus.Collector{
		m.peers, m.opened, m.closed, m.inbound, m.joined, m.left, m.refused, m.reports, m.banned, m.dropped,
		bytes("in", &t.in), bytes("out", &t.out),
	} {
		faults = append(faults, reg.Register(c))
	}
	return m, errors.Join(faults...)
}

// Connected, Disconnected, Listen and ListenClose are called by libp2p.
func (m *hostMetrics) Connected(_ network.Network, c network.Conn) {
	m.opened.WithLabelValues(direction(c)).Inc()
}

func (m *hostMetrics) Disconnected(_ network.Network, c network.Conn) {
	m.closed.WithLabelValues(direction(c)).Inc()
}

func (m *hostMetrics) Listen(network.Network, ma.Multiaddr)      {}
func (m *hostMetrics) ListenClose(network.Network, ma.Multiaddr) {}

func direction(c network.Conn) string {
	if c.Stat().Direction == network.DirOutbound {
		return "out"
	}
	return "in"
}

// traffic counts the bytes of all connections. libp2p's own counter also measures
// rates, with a goroutine that never ends, which nobody here reads.
type traffic struct{ in, out atomic.Int64 }

func (t *traffic) LogSentMessage(n int64)                                { t.out.Add(n) }
func (t *traffic) LogRecvMessage(n int64)                                { t.in.Add(n) }
func (t *traffic) LogSentMessageStream(int64, protocol.ID, peer.ID)      {}
func (t *traffic) LogRecvMessageStream(int64, protocol.ID, peer.ID)      {}
func (t *traffic) GetBandwidthForPeer(peer.ID) metrics.Stats             { return metrics.Stats{} }
func (t *traffic) GetBandwidthForProtocol(protocol.ID) metrics.Stats     { return metrics.Stats{} }
func (t *traffic) GetBandwidthTotals() metrics.Stats                     { return metrics.Stats{} }
func (t *traffic) GetBandwidthByPeer() map[peer.ID]metrics.Stats         { return nil }
func (t *traffic) GetBandwidthByProtocol() map[protocol.ID]metrics.Stats { return nil }
func (t *traffic) Reset()                                                {}
func (t *traffic) TrimIdle(time.Time)                                    {}
