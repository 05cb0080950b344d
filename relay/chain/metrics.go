package chain

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the meters of the chain. The zero value measures nothing.
type metrics struct {
	best, finalized prometheus.Gauge
	importSeconds   prometheus.Histogram
}

func newMetrics(r prometheus.Registerer) metrics {
	height := func(status string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "substrate_block_height", Help: "Number of the best and of the finalized block.",
			ConstLabels: prometheus.Labels{"status": status},
		})
	}
	m := metrics{
		best: height("best"), finalized: height("finalized"),
		importSeconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "relay_chain_import_seconds", Help: "Time to check, execute and store a block.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 12),
		}),
	}
	r.MustRegister(m.best, m.finalized, m.importSeconds)
	return m
}

func (m metrics) heights(s Snapshot) {
	if m.best != nil {
		m.best.Set(float64(s.Best.Number))
		m.finalized.Set(float64(s.Finalized.Number))
	}
}

func (m metrics) imported(took time.Duration) {
	if m.importSeconds != nil {
		m.importSeconds.Observe(took.Seconds())
	}
}
