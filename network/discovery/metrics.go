package discovery

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rampart-chain/rampart/network/discovery/book"
)

// metrics are the meters of the discovery.
type metrics struct {
	expected, known prometheus.Gauge
	records         *prometheus.CounterVec // by verdict
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		expected: prometheus.NewGauge(prometheus.GaugeOpts{Name: "relay_discovery_expected_authorities", Help: "Authorities of the present and the next session."}),
		known:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "substrate_authority_discovery_known_authorities_count", Help: "Authorities whose peer is known."}),
		records: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_discovery_records_total", Help: "Records that peers sent.",
		}, []string{"verdict"}),
	}
	if reg == nil {
		return m, nil
	}
	return m, errors.Join(reg.Register(m.expected), reg.Register(m.known), reg.Register(m.records))
}

func (m *metrics) show(b *book.Book) {
	expected, known := b.Authorities()
	m.expected.Set(float64(expected))
	m.known.Set(float64(known))
}
