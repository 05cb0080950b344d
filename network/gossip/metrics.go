package gossip

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	received   *prometheus.CounterVec
	dropped    *prometheus.CounterVec
	duplicates *prometheus.CounterVec
	published  *prometheus.CounterVec
	handling   *prometheus.HistogramVec
	sizes      *prometheus.HistogramVec // by direction, topic
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		received: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_gossip_received_total", Help: "Messages of peers by verdict.",
		}, []string{"topic", "verdict"}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_gossip_dropped_total", Help: "Messages dropped without a verdict.",
		}, []string{"topic", "reason"}),
		duplicates: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_gossip_duplicates_total", Help: "Messages that had been seen before.",
		}, []string{"topic"}),
		published: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "relay_gossip_published_total", Help: "Messages published by this node.",
		}, []string{"topic"}),
		handling: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "relay_gossip_handle_seconds", Help: "Seconds a handler took for a message.",
			Buckets: prometheus.ExponentialBuckets(0.00001, 4, 10),
		}, []string{"topic"}),
		sizes: prometheus.NewHistogramVec(prometheus.HistogramOpts{ // substrate/client/network/src/service/metrics.rs
			Name: "substrate_sub_libp2p_notifications_sizes", Help: "Bytes of gossiped messages sent to peers and received from them.",
			Buckets: prometheus.ExponentialBuckets(64, 4, 8),
		}, []string{"direction", "protocol"}),
	}
	if reg == nil {
		return m, nil
	}
	return m, errors.Join(reg.Register(m.received), reg.Register(m.dropped), reg.Register(m.duplicates),
		reg.Register(m.published), reg.Register(m.handling), reg.Register(m.sizes))
}
