package subsystem

import "github.com/prometheus/client_golang/prometheus"

// metrics are the meters of a validator's part in parachains. Names are those of
// Polkadot where it has them: polkadot/node/core/*/src/metrics.rs and
// polkadot/node/overseer/src/metrics.rs.
type metrics struct {
	active, parachain                prometheus.Gauge
	activated, deactivated           prometheus.Counter
	statements, seconded, bitfields  prometheus.Counter
	received, collations, povs       prometheus.Counter
	validations                      *prometheus.CounterVec // by validity
	dropped, abstained, equivocation prometheus.Counter
	refused                          *prometheus.CounterVec // by what was not signed
}

// Validities of a candidate, as Polkadot names them.
const (
	validityValid   = "valid"
	validityInvalid = "invalid"
	validityFailure = "validation failure"
)

func newMetrics(r prometheus.Registerer) metrics {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	}
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	vector := func(name, help, label string, values ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
		for _, value := range values {
			v.WithLabelValues(value) // shown from the start
		}
		return v
	}
	m := metrics{
		active:       gauge("polkadot_node_is_active_validator", "1 if the node is in the validator set of the session."),
		parachain:    gauge("polkadot_node_is_parachain_validator", "1 if the node checks parachains in the session."),
		activated:    counter("polkadot_parachain_activated_heads_total", "Relay blocks taken up as leaves."),
		deactivated:  counter("polkadot_parachain_deactivated_heads_total", "Relay blocks that are no leaves any more."),
		statements:   counter("polkadot_parachain_candidate_backing_signed_statements_total", "Statements that were signed."),
		seconded:     counter("polkadot_parachain_candidate_backing_candidates_seconded_total", "Candidates that were seconded."),
		bitfields:    counter("polkadot_parachain_bitfields_signed_total", "Bitfields that were signed."),
		received:     counter("polkadot_parachain_received_availabilty_bitfields_total", "Valid bitfields of others that were new."), // spelled so
		collations:   counter("polkadot_parachain_collation_requests_total", "Collations that were asked for."),
		povs:         counter("polkadot_parachain_fetched_povs_total", "Proofs of validity fetched from other backers."),
		validations:  vector("polkadot_parachain_validation_requests_total", "Candidates that were executed.", "validity", validityValid, validityInvalid, validityFailure),
		dropped:      counter("relay_parachains_dropped_total", "Inputs dropped because the queue was full."),
		abstained:    counter("relay_parachains_abstained_total", "Candidates for which this node did not vote because of itself."),
		equivocation: counter("relay_parachains_equivocations_total", "Validators seen to sign conflicting statements."),
		refused:      vector("relay_parachains_refused_total", "Messages that the guard did not allow to sign.", "kind", "statement", "bitfield"),
	}
	if r != nil {
		r.MustRegister(m.active, m.parachain, m.activated, m.deactivated, m.statements, m.seconded, m.bitfields,
			m.received, m.collations, m.povs, m.validations, m.dropped, m.abstained, m.equivocation, m.refused)
	}
	return m
}

// measure registers a meter of the queue.
func (s *Subsystem) measure(r prometheus.Registerer) {
	if r == nil {
		return
	}
	r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "relay_parachains_queue_length", Help: "Inputs that wait for the loop.",
	}, func() float64 { return float64(len(s.inputs)) }))
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}
