package node

import (
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rampart-chain/rampart/network/protocol"
)

// started is when the process started, near enough.
var started = time.Now()

// register registers the meters of the node as a whole. Names are those of
// Substrate where it has them: substrate/client/service/src/metrics.rs.
func (n *Node) register(r prometheus.Registerer) {
	if r == nil {
		return
	}
	constant := func(name, help string, labels prometheus.Labels, value float64) prometheus.Collector {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels})
		g.Set(value)
		return g
	}
	roles := 1.0 // full
	if n.config.Validator {
		roles = 4 // authority
	}
	reading := func(name, help string, read func() int64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(read()) })
	}
	r.MustRegister(
		constant("substrate_build_info", "1, labeled by name and version.", prometheus.Labels{"name": n.config.Name, "version": Version()}, 1),
		constant("substrate_node_roles", "What the node is: 1 full, 4 authority.", nil, roles),
		constant("substrate_process_start_time_seconds", "When the process started, in seconds since 1970.", nil, float64(started.UnixMilli())/1000),
		reading("relay_store_disk_bytes", "Size of the database.", n.disk.store.Size),
		reading("relay_store_free_bytes", "Room on the disk of the database; the node ends before it is full.", n.disk.store.Free),
		reading("substrate_state_cache_bytes", "State kept in memory, as far as it is counted.", n.disk.store.CacheBytes),
		reading("substrate_sync_fork_targets", "Blocks to be fetched by their hash because somebody voted for them.", n.voted.waiting),
		silence{n, prometheus.NewDesc("relay_loop_silence_seconds", "For how long a loop has given no sign of life.", []string{"loop"}, nil)},
	)
	if !n.config.Validator {
		return
	}
	r.MustRegister(
		reading("polkadot_parachain_collator_peer_count", "Connected peers that run beside a collator.", n.collators), // polkadot/node/network/collator-protocol
		reading("relay_worker_resident_bytes", "Resident memory of the worker processes, which that of this process does not include.", func() int64 { return int64(n.pool.RSS()) }),
	)
}

// collators returns how many connected peers are collators.
func (n *Node) collators() int64 {
	count := int64(0)
	for _, p := range n.host.Peers() {
		if p.Handshake.Role == protocol.Collator {
			count++
		}
	}
	return count
}

// Version returns the version of the program as the Go linker knows it.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "unknown"
	}
	return info.Main.Version
}

// silence measures the loops when somebody looks.
type silence struct {
	node *Node
	desc *prometheus.Desc
}

func (s silence) Describe(out chan<- *prometheus.Desc) { out <- s.desc }

func (s silence) Collect(out chan<- prometheus.Metric) {
	for name, d := range s.node.loops.Silent() {
		out <- prometheus.MustNewConstMetric(s.desc, prometheus.GaugeValue, d.Seconds(), name)
	}
}
