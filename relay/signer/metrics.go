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
	foreign *prometheus.CounterVec // by key type
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
		foreign: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_signer_foreign_total", Help: "Signatures of own keys that were heard and not made here.",
		}, []string{"key_type"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "relay_signer_sign_seconds", Help: "Seconds to write the guard to the disk and sign.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}),
	}
	for _, reason := range []Reason{ErrConflict, ErrPast, ErrSeconded, ErrWaiting, ErrFull, ErrFatal} {
		m.refused.WithLabelValues(string(reason)) // shown from the start
	}
	for _, kind := range []KeyType{BABE, GRANDPA, ParaValidator} {
		m.foreign.WithLabelValues(kind.String())
	}
	if r != nil {
		r.MustRegister(m.made, m.refused, m.foreign, m.seconds)
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
