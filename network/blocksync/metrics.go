package blocksync

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// metrics are the meters of the sync. Names are those of Substrate's
// metrics where there is one.
type metrics struct {
	syncing, peers, queued    prometheus.Gauge
	target                    prometheus.Gauge
	imported, served, dropped prometheus.Counter
	failed                    *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := &metrics{
		syncing: gauge("substrate_sub_libp2p_is_major_syncing", "1 if the node lags behind by more than five blocks."),
		peers:   gauge("substrate_sync_peers", "Peers that claim blocks."),
		queued:  gauge("substrate_sync_queued_blocks", "Blocks held or on their way."),
		target: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "substrate_block_height", Help: "Block height info of the chain.", // as in relay/chain
			ConstLabels: prometheus.Labels{"status": "sync_target"},
		}),
		imported: counter("relay_blocksync_imported_total", "Blocks fetched and imported."),
		served:   counter("relay_blocksync_served_total", "Blocks sent to peers."),
		dropped:  counter("relay_blocksync_claims_dropped_total", "Claims dropped because the queue was full."),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_blocksync_failed_imports_total", Help: "Batches that were not imported.",
		}, []string{"reason"}),
	}
	if reg == nil {
		return m, nil
	}
	var faults []error
	for _, c := range []prometheus.Collector{m.syncing, m.peers, m.queued, m.target, m.imported, m.served, m.dropped, m.failed} {
		faults = append(faults, reg.Register(c))
	}
	return m, errors.Join(faults...)
}

// show shows s; best is the highest block here.
func (m *metrics) show(s *Status, best primitives.BlockNumber) {
	m.target.Set(float64(max(s.Target, best)))
	m.syncing.Set(0)
	if s.Syncing {
		m.syncing.Set(1)
	}
	m.peers.Set(float64(s.Peers))
	m.queued.Set(float64(s.Queued))
}
