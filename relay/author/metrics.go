package author

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rampart-chain/rampart/relay/txpool"
)

// metrics are the meters of authoring. Names are those of Substrate where it has
// them: substrate/client/proposer-metrics/src/lib.rs.
type metrics struct {
	constructed prometheus.Histogram
	extrinsics  prometheus.Gauge
	slots       *prometheus.CounterVec // by outcome
	ends        *prometheus.CounterVec // by reason
}

// Outcomes of a claimed slot.
const (
	slotMade     = "made"
	slotNotBuilt = "not built"
	slotGuarded  = "refused by the guard"
	slotRefused  = "own block refused"
)

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		constructed: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "substrate_proposer_block_constructed", Help: "Seconds to build a block.",
			Buckets: prometheus.ExponentialBuckets(0.001, 2, 13),
		}),
		extrinsics: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "substrate_proposer_number_of_transactions", Help: "Extrinsics in the last block built, inherents among them.",
		}),
		slots: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_author_slots_total", Help: "Claimed slots by what became of them.",
		}, []string{"outcome"}),
		ends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "substrate_proposer_end_proposal_reason", Help: "Blocks built by why they took no more transactions.",
		}, []string{"reason"}),
	}
	for _, outcome := range []string{slotMade, slotNotBuilt, slotGuarded, slotRefused} {
		m.slots.WithLabelValues(outcome) // shown from the start
	}
	for _, reason := range []txpool.End{txpool.EndNoMore, txpool.EndDeadline, txpool.EndFull} {
		m.ends.WithLabelValues(string(reason))
	}
	if r != nil {
		r.MustRegister(m.constructed, m.extrinsics, m.slots, m.ends)
	}
	return m
}
