package signer

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// meters are the metrics of the signer.
type meters struct {
	made    *prometheus.CounterVec // by key type
	refused *prometheus.CounterVec // by reason
	seconds prometheus.Histogram
}

func newMeters(r prometheus.Registerer) meters {
	m := meters{
		made: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_signer_signed_total", Help: "Signatures made under a guard.",
		}, []string{"key_type"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_signer_refused_total", Help: "Messages that were not signed.",
		}, []string{"reason"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "relay_signer_sign_seconds", Help: "Seconds to write the guard to the disk and sign.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}),
	}
	if r != nil {
		r.MustRegister(m.made, m.refused, m.seconds)
	}
	return m
}

// signed notes that a guard was asked. A Reason of this package is a constant.
func (m meters) signed(kind KeyType, err error, took time.Duration) {
	var reason Reason
	switch {
	case err == nil:
		m.made.WithLabelValues(kind.String()).Inc()
		m.seconds.Observe(took.Seconds())
	case errors.As(err, &reason):
		m.refused.WithLabelValues(string(reason)).Inc()
	default:
		m.refused.WithLabelValues("other").Inc()
	}
}
