package chain

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/runtime"
)

// metrics are the meters of the chain. Names and results are those of Substrate
// where it has them: substrate/client/service/src/metrics.rs and
// substrate/client/consensus/common/src/metrics.rs.
type metrics struct {
	best, finalized, leaves prometheus.Gauge
	processed               *prometheus.CounterVec // by result
	refused                 *prometheus.CounterVec // by reason
	verify                  *prometheus.HistogramVec
	importing, finalizing   prometheus.Histogram
	equivocations           prometheus.Counter
}

// Results of taking in a block, as Substrate names them.
const (
	resultSuccess       = "success"
	resultUnknownParent = "unknown_parent"
	resultVerification  = "verification_failed"
	resultBadBlock      = "bad_block"
	resultFailed        = "failed"
)

// seconds are the buckets of all durations here.
var seconds = prometheus.ExponentialBuckets(0.001, 2, 14)

// newMetrics returns the meters; waiting is the length of the queue.
func newMetrics(r prometheus.Registerer, waiting func() int) metrics {
	height := func(status string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "substrate_block_height", Help: "Block height info of the chain.",
			ConstLabels: prometheus.Labels{"status": status},
		})
	}
	histogram := func(name, help string) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: seconds})
	}
	m := metrics{
		best: height("best"), finalized: height("finalized"),
		leaves:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "substrate_number_leaves", Help: "Blocks above the finalized one, or that one, without a child."}),
		processed: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "substrate_import_queue_processed_total", Help: "Blocks that were to be taken in, by what became of it."}, []string{"result"}),
		refused:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "relay_chain_refused_total", Help: "Blocks that were refused."}, []string{"reason"}),
		verify: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "substrate_block_verification_time", Help: "Seconds to check the claim and the seal of a block.", Buckets: seconds,
		}, []string{"result"}),
		importing:     histogram("substrate_block_verification_and_import_time", "Seconds to check, execute and store a block."),
		finalizing:    histogram("relay_chain_finalize_seconds", "Seconds to make a block final in the database."),
		equivocations: prometheus.NewCounter(prometheus.CounterOpts{Name: "relay_chain_equivocations_total", Help: "Authors seen to make two blocks in one slot."}),
	}
	for _, result := range []string{resultSuccess, resultUnknownParent, resultVerification, resultBadBlock, resultFailed} {
		m.processed.WithLabelValues(result) // shown from the start
	}
	if r != nil {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "relay_chain_queue_length", Help: "Blocks that wait for the loop.",
		}, func() float64 { return float64(waiting()) }))
		r.MustRegister(m.best, m.finalized, m.leaves, m.processed, m.refused, m.verify, m.importing, m.finalizing, m.equivocations)
	}
	return m
}

func (m metrics) heights(s Snapshot, leaves int) {
	m.best.Set(float64(s.Best.Number))
	m.finalized.Set(float64(s.Finalized.Number))
	m.leaves.Set(float64(leaves))
}

// verified notes how long a claim and a seal took to check.
func (m metrics) verified(err error, took time.Duration) {
	result := resultSuccess
	if err != nil {
		result = resultVerification
	}
	m.verify.WithLabelValues(result).Observe(took.Seconds())
}

// took notes what became of a block that was to be taken in.
func (m metrics) took(err error, took time.Duration) {
	result := resultOf(err)
	m.processed.WithLabelValues(result).Inc()
	switch {
	case err == nil:
		m.importing.Observe(took.Seconds())
	case result != resultSuccess:
		m.refused.WithLabelValues(reasonOf(err)).Inc()
	}
}

// resultOf returns what err is to Substrate's metrics.
func resultOf(err error) string {
	var claim babe.Reason
	switch {
	case err == nil, errors.Is(err, ErrKnown), errors.Is(err, ErrOld):
		return resultSuccess
	case errors.Is(err, ErrUnknownParent):
		return resultUnknownParent
	case fatal(err):
		return resultFailed
	case errors.As(err, &claim):
		return resultVerification
	}
	return resultBadBlock
}

// reasonOf returns a label for err out of a closed set: the Reasons of the
// packages that check blocks are constants.
func reasonOf(err error) string {
	var own Reason
	var claim babe.Reason
	var rules executive.Reason
	var state runtime.Reason
	switch {
	case fatal(err):
		return "local fault"
	case errors.As(err, &own):
		return string(own)
	case errors.As(err, &claim):
		return string(claim)
	case errors.As(err, &rules):
		return string(rules)
	case errors.As(err, &state):
		return string(state)
	}
	return "other"
}
