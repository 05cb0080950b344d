package jsonrpc

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the meters. Names, labels and buckets are those of Substrate where
// it has them: substrate/client/rpc-servers/src/middleware/metrics.rs.
type metrics struct {
	callsStarted  *prometheus.CounterVec   // by protocol, method
	callsFinished *prometheus.CounterVec   // and whether it failed, whether by rate
	callsTime     *prometheus.HistogramVec // microseconds
	opened        prometheus.Counter
	closed        prometheus.Counter
	sessionTime   *prometheus.HistogramVec // seconds
	subscriptions prometheus.Gauge
	refused       *prometheus.CounterVec // by reason
}

// Reasons why a client was refused or ended before its calls were looked at.
const (
	refusedHost        = "host"
	refusedOrigin      = "origin"
	refusedConnections = "connections"
	refusedSize        = "request size"
	refusedSlow        = "slow reader"
)

func newMetrics(r prometheus.Registerer) metrics {
	buckets := []float64{5, 25, 100, 500, 1_000, 2_500, 10_000, 25_000, 100_000, 1_000_000, 10_000_000}
	m := metrics{
		callsStarted: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "substrate_rpc_calls_started", Help: "Calls received, those of batches among them.",
		}, []string{"protocol", "method"}),
		callsFinished: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "substrate_rpc_calls_finished", Help: "Calls answered.",
		}, []string{"protocol", "method", "is_error", "is_rate_limited"}),
		callsTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "substrate_rpc_calls_time", Help: "Microseconds from a call to its answer.", Buckets: buckets,
		}, []string{"protocol", "method", "is_rate_limited"}),
		opened: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "substrate_rpc_sessions_opened", Help: "WebSockets opened.",
		}),
		closed: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "substrate_rpc_sessions_closed", Help: "WebSockets closed.",
		}),
		sessionTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "substrate_rpc_sessions_time", Help: "Seconds that a WebSocket was open.", Buckets: buckets,
		}, []string{"protocol"}),
		subscriptions: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "relay_rpc_subscriptions", Help: "Subscriptions running.",
		}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_rpc_refused_total", Help: "Clients refused or ended by why.",
		}, []string{"reason"}),
	}
	for _, reason := range []string{refusedHost, refusedOrigin, refusedConnections, refusedSize, refusedSlow} {
		m.refused.WithLabelValues(reason) // shown from the start
	}
	if r != nil {
		r.MustRegister(m.callsStarted, m.callsFinished, m.callsTime, m.opened, m.closed, m.sessionTime, m.subscriptions, m.refused)
	}
	return m
}

func (m metrics) started(protocol, method string) {
	m.callsStarted.WithLabelValues(protocol, method).Inc()
}

func (m metrics) finished(protocol, method string, failure *Error, took time.Duration) {
	rated := strconv.FormatBool(failure == errRate)
	m.callsTime.WithLabelValues(protocol, method, rated).Observe(float64(took.Microseconds()))
	m.callsFinished.WithLabelValues(protocol, method, strconv.FormatBool(failure != nil), rated).Inc()
}

func (m metrics) ended(took time.Duration) {
	m.closed.Inc()
	m.sessionTime.WithLabelValues("ws").Observe(took.Seconds())
}
