package worker

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the meters of the pool, with the names and buckets of
// polkadot/node/core/pvf/src/metrics.rs.
type metrics struct {
	enqueued, finished prometheus.Counter
	spawned, retired   prometheus.Counter
	prepare, execute   prometheus.Histogram
}

func newMetrics(r prometheus.Registerer) metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	process := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: prometheus.Labels{"flavor": "execute"}})
	}
	m := metrics{
		enqueued: counter("polkadot_pvf_execute_enqueued", "Executions that were asked for."),
		finished: counter("polkadot_pvf_execute_finished", "Executions that ended, well or not."),
		spawned:  process("polkadot_pvf_worker_spawned", "Worker processes that were started."),
		retired:  process("polkadot_pvf_worker_retired", "Worker processes that died or were ended."),
		prepare: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "polkadot_pvf_preparation_time", Help: "Seconds to make a worker ready for code that it did not have.",
			Buckets: []float64{0.1, 0.5, 1, 2, 3, 10, 20, 30, 60, 120, 240, 360, 480},
		}),
		execute: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "polkadot_pvf_execution_time", Help: "Seconds to execute a validation function.",
			Buckets: []float64{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 12},
		}),
	}
	if r != nil {
		r.MustRegister(m.enqueued, m.finished, m.spawned, m.retired, m.prepare, m.execute)
	}
	return m
}

// clockwork measures the two halves of a job. One goroutine owns it.
type clockwork struct {
	metrics
	needed bool // the worker did not have the code
	since  time.Time
	ran    bool
}

// prepared ends the first half.
func (c *clockwork) prepared() {
	now := time.Now()
	if c.needed {
		c.prepare.Observe(now.Sub(c.since).Seconds())
	}
	c.since, c.ran = now, true
}

// ended ends the job.
func (c *clockwork) ended() {
	if c.ran {
		c.execute.Observe(time.Since(c.since).Seconds())
	}
}
