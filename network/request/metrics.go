package request

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics counts requests by protocol and, when they fail, by reason. The names
// are those of Substrate's metrics.
type metrics struct {
	outSuccess *prometheus.HistogramVec
	outFailure *prometheus.CounterVec
	inSuccess  *prometheus.HistogramVec
	inFailure  *prometheus.CounterVec
	open       prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		outSuccess: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "substrate_sub_libp2p_requests_out_success_total",
			Help:    "Seconds until our requests were answered.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 16),
		}, []string{"protocol"}),
		outFailure: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "substrate_sub_libp2p_requests_out_failure_total",
			Help: "Our requests that got no answer.",
		}, []string{"protocol", "reason"}),
		inSuccess: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "substrate_sub_libp2p_requests_in_success_total",
			Help:    "Seconds until requests of peers were answered.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 16),
		}, []string{"protocol"}),
		inFailure: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "substrate_sub_libp2p_requests_in_failure_total",
			Help: "Requests of peers that were refused or broke off.",
		}, []string{"protocol", "reason"}),
	}
	m.open = prometheus.NewGauge(prometheus.GaugeOpts{Name: "relay_request_open", Help: "Requests of peers that are open, measured every five seconds."})
	if reg == nil {
		return m, nil
	}
	return m, errors.Join(reg.Register(m.outSuccess), reg.Register(m.outFailure),
		reg.Register(m.inSuccess), reg.Register(m.inFailure), reg.Register(m.open))
}
