package finality

import "github.com/prometheus/client_golang/prometheus"

// metrics are the meters of finality.
type metrics struct {
	round   prometheus.Gauge
	dropped prometheus.Counter
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		round:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "substrate_finality_grandpa_round", Help: "Round that is being voted in."}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{Name: "relay_finality_dropped_total", Help: "Messages of peers dropped because the queue was full."}),
	}
	if r != nil {
		r.MustRegister(m.round, m.dropped)
	}
	return m
}
