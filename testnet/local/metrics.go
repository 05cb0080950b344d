package local

import (
	"errors"
	"fmt"
	"net"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/rampart-chain/rampart/parachain/collator"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/telemetry"
)

// observe opens where the next node or collator shows its metrics and, once the
// network runs, its health. It returns what registers the meters of one of its
// chains, by the id of that chain.
func (n *network) observe(name string, health func() telemetry.Health) (func(chain string) prometheus.Registerer, error) {
	if n.config.NoMetrics {
		return func(string) prometheus.Registerer { return nil }, nil
	}
	port := n.config.MetricsPort
	if port != 0 {
		port += len(n.observed)
	}
	registry := telemetry.Registry()
	c := telemetry.Config{Gatherer: registry, Health: health, Logger: n.config.Logger}
	s, err := telemetry.Listen(net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), c)
	if errors.Is(err, telemetry.ErrPortInUse) && n.config.MetricsAnyPort {
		s, err = telemetry.Listen("127.0.0.1:0", c)
	}
	if err != nil {
		return nil, fmt.Errorf("metrics of %s: %w", name, err)
	}
	n.observed = append(n.observed, s)
	n.shown = append(n.shown, fmt.Sprintf("%-16s http://%s/metrics", name, s.Address()))
	return func(chain string) prometheus.Registerer { return telemetry.ForChain(registry, chain) }, nil
}

// healthOf returns what a node shows of itself, with the collator beside it if there
// is one.
func healthOf(n *node.Node, c *collator.Collator) telemetry.Health {
	h := n.Health()
	if c != nil {
		h.Watch("parachain: ", c.Silent())
	}
	return telemetry.Health{Well: len(h.Reasons) == 0, Body: h}
}
