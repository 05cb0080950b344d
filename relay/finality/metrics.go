package finality

import "github.com/prometheus/client_golang/prometheus"

// metrics are the meters of finality. Names are those of Substrate where it has
// them: substrate/client/consensus/grandpa/src/environment.rs.
type metrics struct {
	round, set            prometheus.Gauge
	prevotes, precommits  prometheus.Counter
	dropped, refused      prometheus.Counter
	equivocations, alarms prometheus.Counter
}

// newMetrics returns the meters; waiting is the length of the queue.
func newMetrics(r prometheus.Registerer, waiting func() int) metrics {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := metrics{
		round:         gauge("substrate_finality_grandpa_round", "Highest completed GRANDPA round."),
		set:           gauge("relay_finality_authority_set", "Authority set that votes."),
		prevotes:      counter("substrate_finality_grandpa_prevotes_total", "Prevotes that this node cast."),
		precommits:    counter("substrate_finality_grandpa_precommits_total", "Precommits that this node cast."),
		dropped:       counter("relay_finality_dropped_total", "Messages of peers dropped because the queue was full."),
		refused:       counter("relay_finality_refused_total", "Votes that the guard did not allow."),
		equivocations: counter("relay_finality_equivocations_total", "Voters seen to sign two votes of a phase."),
		alarms:        counter("relay_finality_alarms_total", "Contradictions that only misbehavior of many voters explains."),
	}
	if r != nil {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "relay_finality_queue_length", Help: "Inputs that wait for the loop.",
		}, func() float64 { return float64(waiting()) }))
		r.MustRegister(m.round, m.set, m.prevotes, m.precommits, m.dropped, m.refused, m.equivocations, m.alarms)
	}
	return m
}
