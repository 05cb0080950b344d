package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/parachain/collator"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/telemetry"
)

// observeFlags are the flags about metrics, health and profiles as they were
// given.
type observeFlags struct {
	command       *cobra.Command
	port, profile uint16
	external, off bool
}

// defaultMetricsPort is that of the polkadot binary.
const defaultMetricsPort = 9615

func (o *observeFlags) add(c *cobra.Command) {
	o.command = c
	f := c.Flags()
	f.Uint16Var(&o.port, "prometheus-port", defaultMetricsPort, "port of http://127.0.0.1:PORT/metrics and /health; 0 is any free one")
	f.BoolVar(&o.external, "prometheus-external", false, "show metrics and health on all interfaces")
	f.BoolVar(&o.off, "no-prometheus", false, "show neither metrics nor health")
	f.Uint16Var(&o.profile, "pprof-port", 0, "show Go's profiles on this port of 127.0.0.1; 0 is any free one (default: not shown)")
}

// observed is what shows how the process is. The zero value shows nothing.
type observed struct {
	registry *prometheus.Registry // nil: no metrics
	servers  []*telemetry.Server
	running  sync.WaitGroup
	stop     context.CancelFunc // ends the servers
	failed   chan error         // capacity 2: a server each
	announce []func()           // log lines for when the process runs
	started  atomic.Bool        // health can be asked
}

// open opens the listeners and answers: also while the process is still opening what
// it runs. health is not asked before run; until then the process is unwell.
func (o observeFlags) open(log *zap.Logger, health func() telemetry.Health) (*observed, error) {
	ctx, stop := context.WithCancel(context.Background())
	out := &observed{stop: stop, failed: make(chan error, 2)}
	if !o.off {
		out.registry = telemetry.Registry()
		health := func() telemetry.Health {
			if !out.started.Load() {
				return telemetry.Health{Body: node.Health{Subsystems: map[string]float64{}, Reasons: []string{"starting"}}}
			}
			return health()
		}
		s, err := o.metrics(out, telemetry.Config{Gatherer: out.registry, Health: health, Logger: log})
		if err != nil {
			stop()
			return nil, fmt.Errorf("--prometheus-port: %w: choose another, 0 for any free one, or --no-prometheus", err)
		}
		out.say(func() { log.Info("metrics and health", zap.String("address", s.Address())) })
		out.servers = append(out.servers, s)
	}
	if o.command.Flags().Changed("pprof-port") {
		s, err := telemetry.ListenProfiles(o.profile)
		if err != nil {
			stop()
			for _, s := range out.servers {
				_ = s.Close() // not answering yet
			}
			return nil, fmt.Errorf("--pprof-port: %w", err)
		}
		out.say(func() { log.Info("profiles", zap.String("address", s.Address())) })
		out.servers = append(out.servers, s)
	}
	for _, s := range out.servers {
		out.running.Go(func() {
			if err := s.Run(ctx); err != nil && ctx.Err() == nil {
				out.failed <- err
			}
		})
	}
	return out, nil
}

// metrics opens the listener of metrics. If nobody asked for the port and it is
// taken, any free one will do: two nodes on one machine must not need flags.
func (o observeFlags) metrics(out *observed, c telemetry.Config) (*telemetry.Server, error) {
	host := "127.0.0.1"
	if o.external {
		host = ""
	}
	s, err := telemetry.Listen(net.JoinHostPort(host, strconv.Itoa(int(o.port))), c)
	if errors.Is(err, telemetry.ErrPortInUse) && !o.command.Flags().Changed("prometheus-port") {
		out.say(func() { c.Logger.Warn("port of metrics is in use, another one is taken", zap.Uint16("port", o.port)) })
		return telemetry.Listen(net.JoinHostPort(host, "0"), c)
	}
	return s, err
}

// say keeps a log line until run: a command that cannot begin says why, and
// nothing else.
func (o *observed) say(line func()) { o.announce = append(o.announce, line) }

// registerer returns what meters of a chain are registered with, nil without
// metrics.
func (o *observed) registerer(chain string) prometheus.Registerer {
	if o.registry == nil {
		return nil
	}
	return telemetry.ForChain(o.registry, chain)
}

// run runs f with the servers beside it. If one of those fails, f is ended.
func (o *observed) run(ctx context.Context, f func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for _, line := range o.announce {
		line()
	}
	o.started.Store(true)
	var failed error
	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case failed = <-o.failed:
			stop()
		case <-ctx.Done():
		}
	})
	err := f(ctx)
	stop()
	watching.Wait()
	o.close()
	return errors.Join(failed, err)
}

// close ends the servers. run does it too.
func (o *observed) close() {
	o.stop()
	o.running.Wait()
}

// healthOf returns what /health shows of a node.
func healthOf(n *node.Node) telemetry.Health {
	h := n.Health()
	return telemetry.Health{Well: len(h.Reasons) == 0, Body: h}
}

// healthWith returns what /health shows of a collator and its relay node: that of
// the node, and the collator's own loops.
func healthWith(c *collator.Collator, n *node.Node) telemetry.Health {
	h := n.Health()
	h.Watch("parachain: ", c.Silent())
	return telemetry.Health{Well: len(h.Reasons) == 0, Body: h}
}
