package local

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/telemetry"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// Config is what a network is made of.
type Config struct {
	// Preset is the chain spec to start from. Default local.
	Preset string
	// Validators is how many relay nodes run. Default: the preset's.
	Validators int
	// Parachains is how many chains there are, Collators how many collators each
	// has; 0 means one.
	Parachains, Collators int
	// Slot is how long a slot is. Default: the preset's.
	Slot time.Duration
	// BasePath is where the nodes keep what they have; empty means a temporary
	// directory that is removed at the end.
	BasePath string
	// Seed fixes the network id; 0 means a random one, so that two networks on
	// one machine never meet.
	Seed uint64
	// RPCPort is the port of 127.0.0.1 on which the first node answers wallets; the
	// others and the collators have those above. 0 is any free ones. If a port is in
	// use and RPCAnyPort is set, any free one will do.
	RPCPort    int
	RPCAnyPort bool
	// MetricsPort and MetricsAnyPort are the same for metrics and health, unless
	// NoMetrics is set: then there are none.
	MetricsPort    int
	MetricsAnyPort bool
	NoMetrics      bool
	// Until is what ends the run; zero means only the context.
	Until Until
	// Timeout ends the run without success; 0 means never.
	Timeout time.Duration
	// WorkerPath is the rampart binary, which nodes start again as workers.
	WorkerPath string
	// Progress gets a line per slot. Default: nowhere.
	Progress io.Writer
	// Logger gets what the nodes log. Default: nowhere.
	Logger *zap.Logger
}

// ErrUnreachable marks an Until that the network can never reach.
var ErrUnreachable = errors.New("condition cannot be reached")

// maxNodes bounds the nodes and collators of a network.
const maxNodes = 64 + 16*spec.MaxParaCollators

// Validate returns the first fault of c.
func (c Config) Validate() error {
	switch {
	case c.Validators < 0 || c.Validators > 64:
		return fmt.Errorf("%d validators: a network in one process has 1 to 64", c.Validators)
	case c.Slot != 0 && c.Slot < 200*time.Millisecond:
		return fmt.Errorf("slot of %s: must be 200ms or longer", c.Slot)
	case c.RPCPort < 0 || c.RPCPort > 65535-maxNodes:
		return fmt.Errorf("JSON-RPC port %d: must be 0 to %d", c.RPCPort, 65535-maxNodes)
	case c.MetricsPort < 0 || c.MetricsPort > 65535-maxNodes:
		return fmt.Errorf("port of metrics %d: must be 0 to %d", c.MetricsPort, 65535-maxNodes)
	case c.Timeout < 0:
		return fmt.Errorf("timeout of %s: must not be negative", c.Timeout)
	case c.Parachains < 0 || c.Parachains > 16:
		return fmt.Errorf("%d parachains: a network in one process has 0 to 16", c.Parachains)
	case c.Collators < 0 || c.Collators > spec.MaxParaCollators:
		return fmt.Errorf("%d collators: a chain has 1 to %d", c.Collators, spec.MaxParaCollators)
	case c.Until.Included > 0 && c.Parachains == 0:
		return fmt.Errorf("%w: included: this network has no parachains", ErrUnreachable)
	case c.Until.Delivered > 0 && c.Parachains < 2:
		return fmt.Errorf("%w: delivered: messages need two parachains", ErrUnreachable)
	}
	return nil
}

// Run runs the network until its conditions are reached, the timeout has passed,
// a node fails, or ctx ends. The report's Failures are empty on success.
func Run(ctx context.Context, c Config) (Report, error) {
	if err := c.Validate(); err != nil {
		return Report{}, err
	}
	if c.Preset == "" {
		c.Preset = "local"
	}
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	if c.BasePath == "" {
		dir, err := os.MkdirTemp("", "rampart-testnet-")
		if err != nil {
			return Report{}, fmt.Errorf("temporary directory: %w; choose one with --base-path", err)
		}
		defer os.RemoveAll(dir)
		c.BasePath = dir
	}
	network, err := open(c)
	if err != nil {
		return Report{}, err
	}
	return network.run(ctx)
}

// network is the nodes of a run.
type network struct {
	config    Config
	slot      time.Duration
	nodes     []*node.Node
	spec      spec.Spec
	chains    []spec.ParaSpec
	collators []collating
	served    int      // nodes that answer wallets
	addresses []string // lines that say where
	observed  []*telemetry.Server
	shown     []string // lines that say where metrics are
	tally     *tally
	sampler   sampler
	started   time.Time
	cpu       float64 // seconds used before
}

// open makes all nodes; the first is the others' bootnode.
func open(c Config) (*network, error) {
	id := primitives.Hash{}
	if c.Seed == 0 {
		rand.Read(id[:]) // never fails
	} else {
		binary.LittleEndian.PutUint64(id[:], c.Seed)
	}
	if _, err := spec.Preset(c.Preset, spec.Options{}); err != nil {
		return nil, err // before the chains are built, which may take a while
	}
	chains, registered, err := coins(c.Parachains, max(c.Collators, 1))
	if err != nil {
		return nil, err
	}
	s, err := spec.Preset(c.Preset, spec.Options{Paras: registered, Validators: c.Validators, SlotDuration: uint64(c.Slot.Milliseconds()), NetworkID: id})
	if err != nil {
		return nil, err
	}
	g, err := s.Build()
	if err != nil {
		return nil, err
	}
	n := &network{config: c, spec: s, chains: chains, tally: newTally(), started: time.Now(), cpu: cpuSeconds()}
	n.slot = time.Duration(s.Genesis.RuntimeGenesis.Config.BABE.SlotDuration) * time.Millisecond
	validators := len(s.Genesis.RuntimeGenesis.Config.Session.Keys)
	for i := range validators {
		if err := n.add(spec.ValidatorName(i), s.ID, g); err != nil {
			return nil, errors.Join(err, n.close())
		}
	}
	for _, para := range chains {
		for i := range para.Genesis.Collators {
			if err := n.addCollator(para, i, s.ID, g); err != nil {
				return nil, errors.Join(err, n.close())
			}
		}
	}
	fmt.Fprintf(c.Progress, "%s, genesis %s: %d validators, %d chains, slots of %s\n", s.Name, g.Header.Hash(), validators, len(chains), n.slot)
	for _, line := range slices.Concat(n.addresses, n.shown) {
		fmt.Fprintln(c.Progress, line)
	}
	return n, nil
}

// add opens the node of the validator with the name, on the chain with the id.
func (n *network) add(name, id string, g genesis.Genesis) error {
	c := node.Config{
		Name: strings.ToLower(name), BasePath: filepath.Join(n.config.BasePath, strings.ToLower(name)), ChainID: id, Genesis: g,
		Validator: true, DevKeys: []string{"//" + name}, CacheBytes: 4 << 20, Logger: n.config.Logger,
		WorkerPath: n.config.WorkerPath, Workers: 1, Network: node.Network{Listen: []string{"/ip4/127.0.0.1/tcp/0"}},
		Spec: n.spec.ForWallets(), RPC: n.endpoint(),
	}
	if len(n.nodes) == 0 {
		c.Listeners = append(c.Listeners, n.sampler.listener())
	} else {
		c.Network.Bootnodes = n.nodes[0].Addresses()
	}
	var opened *node.Node
	meters, err := n.observe(c.Name, func() telemetry.Health { return healthOf(opened, nil) })
	if err != nil {
		return err
	}
	c.Registerer = meters(id)
	if opened, err = node.New(c); err != nil {
		return fmt.Errorf("%s: %w", c.Name, err)
	}
	n.nodes = append(n.nodes, opened)
	n.announce(c.Name, opened.RPCAddresses())
	return nil
}

// endpoint returns where the next node answers wallets: every page on this machine.
func (n *network) endpoint() rpc.Endpoint {
	port := n.config.RPCPort
	if port != 0 {
		port += n.served
	}
	n.served++
	return rpc.Endpoint{
		Listen: []string{net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}, AnyPort: n.config.RPCAnyPort,
		JSONRPC: jsonrpc.Config{Origins: []string{"all"}},
	}
}

// announce says where a node answers wallets.
func (n *network) announce(name string, addresses []string) {
	for _, address := range addresses {
		n.addresses = append(n.addresses, fmt.Sprintf("%-16s ws://%s", name, address))
	}
}

func (n *network) close() error {
	var errs []error
	for _, opened := range n.nodes {
		errs = append(errs, opened.Close())
	}
	for _, c := range n.collators {
		errs = append(errs, c.relay.Close(), c.collator.Close())
	}
	for _, s := range n.observed {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// run runs the nodes and watches them.
func (n *network) run(ctx context.Context) (Report, error) {
	interrupted := ctx
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	for _, running := range n.nodes {
		group.Go(func() error {
			if err := running.Run(ctx); err != nil {
				return fmt.Errorf("%s: %w", running.Status().Name, err)
			}
			return nil
		})
	}
	for _, c := range n.collators {
		group.Go(func() error {
			if err := c.collator.Run(ctx, c.relay); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			return nil
		})
	}
	for _, s := range n.observed {
		group.Go(func() error { return s.Run(ctx) })
	}
	report, missing := n.watch(ctx)
	stop()
	if err := group.Wait(); err != nil {
		report.Failures = append(report.Failures, err.Error())
	}
	if interrupted.Err() == nil {
		report.Failures = append(report.Failures, missing...)
	}
	report.CPUSeconds = cpuSeconds() - n.cpu
	return report, nil
}

// watch reports progress once per slot until the conditions are reached, the
// timeout has passed or ctx ends. It returns the last report and what of the
// conditions was not reached.
func (n *network) watch(ctx context.Context) (Report, []string) {
	tick := time.NewTicker(n.slot)
	defer tick.Stop()
	var timeout <-chan time.Time
	if n.config.Timeout > 0 {
		timeout = time.After(n.config.Timeout)
	}
	for {
		expired := false
		select {
		case <-ctx.Done():
			expired = true
		case <-timeout:
			expired = true
		case <-tick.C:
		}
		report := n.report()
		missing := n.config.Until.Missing(report)
		n.show(report)
		switch {
		case !n.config.Until.IsZero() && len(missing) == 0:
			return report, nil
		case expired:
			for i, m := range missing {
				missing[i] = "not reached: " + m
			}
			return report, missing
		}
	}
}

// report asks every node.
func (n *network) report() Report {
	r := Report{Parachains: []ParachainReport{}, Process: process(), Failures: []string{}, Seconds: time.Since(n.started).Seconds()}
	for i, running := range n.nodes {
		s := running.Status()
		entry := NodeReport{Name: s.Name, Best: uint64(s.Best.Number), Finalized: uint64(s.Finalized.Number), Peers: s.Peers, DBBytes: s.DBBytes}
		r.Relay.Nodes = append(r.Relay.Nodes, entry)
		r.Process.WorkersRSSBytes += s.WorkersRSS
		r.Relay.Best = max(r.Relay.Best, entry.Best)
		if i == 0 || entry.Finalized < r.Relay.Finalized {
			r.Relay.Finalized = entry.Finalized
		}
	}
	n.tally.advance(n.nodes[0])
	for _, para := range n.chains {
		id := para.ParaID
		p := ParachainReport{ID: uint32(id), Backed: n.tally.backed[id], Included: n.tally.included[id], FinalizedHead: n.tally.heads[id]}
		if least, known := n.tally.least[id]; known {
			p.LeastIn30 = &least
		}
		r.Parachains = append(r.Parachains, p)
	}
	r.Messages = n.tally.messages()
	r.Relay.Lag = n.sampler.report()
	return r
}

// show prints one line: the network, then each node as best/finalized.
func (n *network) show(r Report) {
	var line strings.Builder
	fmt.Fprintf(&line, "%6.1fs  best #%-4d finalized #%-4d", r.Seconds, r.Relay.Best, r.Relay.Finalized)
	for _, node := range r.Relay.Nodes {
		fmt.Fprintf(&line, "  %s %d/%d (%d peers)", node.Name, node.Best, node.Finalized, node.Peers)
	}
	for _, p := range r.Parachains {
		fmt.Fprintf(&line, "  | %d head #%d, %d included", p.ID, p.FinalizedHead, p.Included)
	}
	if len(r.Parachains) > 1 {
		fmt.Fprintf(&line, "  | messages %d sent, %d delivered", r.Messages.Sent, r.Messages.Delivered)
	}
	fmt.Fprintln(n.config.Progress, line.String())
}
