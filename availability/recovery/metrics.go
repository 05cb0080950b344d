package recovery

import (
	"context"
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the meters of recoveries.
type metrics struct{ seconds *prometheus.HistogramVec }

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "relay_recovery_seconds", Help: "Time to recover the data of a candidate.",
		Buckets: prometheus.ExponentialBuckets(0.01, 2, 13),
	}, []string{"outcome"})}
	if reg == nil {
		return m, nil
	}
	// Whoever recovers for several callers has a Recovery for each.
	err := reg.Register(m.seconds)
	var known prometheus.AlreadyRegisteredError
	if errors.As(err, &known) {
		if same, ok := known.ExistingCollector.(*prometheus.HistogramVec); ok {
			return &metrics{same}, nil
		}
	}
	return m, err
}

// label returns the outcome that err is, out of a closed set.
func label(err error) string {
	switch {
	case err == nil:
		return "recovered"
	case errors.Is(err, ErrInvalid):
		return "invalid"
	case errors.Is(err, ErrUnavailable):
		return "unavailable"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "canceled"
	}
	return "failed"
}
