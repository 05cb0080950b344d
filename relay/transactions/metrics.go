package transactions

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rampart-chain/rampart/relay/txpool"
)

// metrics are the meters of the pool. Names are those of Substrate:
// substrate/client/transaction-pool/src/common/metrics.rs and
// substrate/client/service/src/metrics.rs.
type metrics struct {
	ready                                  prometheus.Gauge
	submitted                              prometheus.Counter
	scheduled, finished, invalid, includes prometheus.Counter
}

func newMetrics(r prometheus.Registerer) metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := metrics{
		ready:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "substrate_ready_transactions_number", Help: "Transactions that can be in the next block."}),
		submitted: counter("substrate_sub_txpool_submitted_transactions", "Transactions that users gave to this node."),
		scheduled: counter("substrate_sub_txpool_validations_scheduled", "Validations asked for."),
		finished:  counter("substrate_sub_txpool_validations_finished", "Validations done."),
		invalid:   counter("substrate_sub_txpool_validations_invalid", "Validations that found the transaction invalid."),
		includes:  counter("substrate_sub_txpool_block_transactions_pruned", "Extrinsics of blocks that the pool looked at, to take them out."),
	}
	if r != nil {
		r.MustRegister(m.ready, m.submitted, m.scheduled, m.finished, m.invalid, m.includes)
	}
	return m
}

func (m metrics) validated(v txpool.Validated) {
	m.finished.Inc()
	if _, ok := v.Validity.(txpool.Invalid); ok {
		m.invalid.Inc()
	}
}

func (m metrics) entered(way txpool.NewBest) {
	for _, b := range way.Enacted {
		m.includes.Add(float64(len(b.Body)))
	}
}
