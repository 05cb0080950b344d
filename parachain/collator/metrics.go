package collator

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// started is when the process started, near enough.
var started = time.Now()

// metrics are the meters of a collator; they are about its chain. Names are those
// of Substrate and Polkadot where they have them.
type metrics struct {
	best, finalized prometheus.Gauge
	made, recovered prometheus.Counter
	slots           *prometheus.CounterVec // relay blocks without a candidate, by reason
	offers          *prometheus.CounterVec // by answer
}

// Answers to an offer.
const (
	offerTaken      = "taken"
	offerRefused    = "refused"
	offerUnanswered = "unanswered"
)

// authority is the role of who authors, as substrate_node_roles has it.
const authority = 4

func newMetrics(r prometheus.Registerer) metrics {
	constant := func(name, help string, value float64) prometheus.Gauge { // as in relay/node
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
		g.Set(value)
		return g
	}
	height := func(status string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "substrate_block_height", Help: "Block height info of the chain.", // as in relay/chain
			ConstLabels: prometheus.Labels{"status": status},
		})
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := metrics{
		best: height("best"), finalized: height("finalized"),
		made:      counter("polkadot_parachain_collations_generated_total", "Candidates that were made."),
		recovered: counter("relay_collator_recovered_total", "Missing blocks recovered from validators."),
		slots: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_collator_skipped_total", Help: "Relay blocks on which no candidate was made.",
		}, []string{"reason"}),
		offers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_collator_offers_total", Help: "Offers to validators by what they answered.",
		}, []string{"answer"}),
	}
	if r != nil {
		r.MustRegister(m.best, m.finalized, m.made, m.recovered, m.slots, m.offers,
			constant("substrate_node_roles", "What the node is: 1 full, 4 authority.", authority),
			constant("substrate_process_start_time_seconds", "When the process started, in seconds since 1970.", float64(started.UnixMilli())/1000))
	}
	return m
}

func (m metrics) heights(s Status) {
	m.best.Set(float64(s.Best.Number))
	m.finalized.Set(float64(s.Finalized.Number))
}
