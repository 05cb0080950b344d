package distribution

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the meters of the distribution.
type metrics struct {
	pending prometheus.Gauge
	fetches *prometheus.CounterVec // by outcome
	served  *prometheus.CounterVec // by protocol and outcome
	encoded prometheus.Counter
	held    prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		pending: prometheus.NewGauge(prometheus.GaugeOpts{Name: "relay_distribution_pending_chunks", Help: "Own chunks that are wanted and not held."}),
		fetches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_distribution_fetches_total", Help: "Fetches of own chunks that ended.",
		}, []string{"outcome"}),
		served: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_distribution_served_total", Help: "Requests of peers that were answered.",
		}, []string{"protocol", "outcome"}),
		encoded: prometheus.NewCounter(prometheus.CounterOpts{Name: "relay_distribution_encoded_total", Help: "Candidates whose chunks were made."}),
		held:    prometheus.NewCounter(prometheus.CounterOpts{Name: "polkadot_parachain_received_availability_chunks_total", Help: "Own chunks that were stored."}),
	}
	if reg == nil {
		return m, nil
	}
	var faults []error
	for _, c := range []prometheus.Collector{m.pending, m.fetches, m.served, m.encoded, m.held} {
		faults = append(faults, reg.Register(c))
	}
	return m, errors.Join(faults...)
}
