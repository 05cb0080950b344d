package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/telemetry"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// nodeFlags are the flags of rampart node as they were given.
type nodeFlags struct {
	chain, basePath, name, listen, nodeKey, log string
	bootnodes, reserved, public                 []string
	validator, noMDNS, archive                  bool
	dev                                         map[string]*bool // alice, bob, …
	observe                                     observeFlags
	rpc                                         rpcFlags
}

func nodeCommand() *cobra.Command {
	flags := nodeFlags{dev: map[string]*bool{}}
	c := &cobra.Command{
		Use:   "node",
		Short: "Run one relay node until Ctrl-C",
		Long:  "Run one relay node until Ctrl-C.\n\n" + logHelp,
		Example: `  rampart chain-spec build --chain local --validators 2 > two.json
  rampart node --chain two.json --alice --base-path /tmp/alice --port 30333
  rampart node --chain two.json --bob --base-path /tmp/bob`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd.Context()) },
	}
	f := c.Flags()
	f.StringVar(&flags.chain, "chain", "local", "preset ("+strings.Join(spec.Presets(), ", ")+") or chain-spec file")
	f.StringVarP(&flags.basePath, "base-path", "d", "", "directory of the node (default: ~/.local/share/rampart/NAME)")
	f.StringVar(&flags.name, "name", "", "name in logs (default: that of the development key, or node)")
	f.BoolVar(&flags.validator, "validator", false, "author and vote with the session keys in the keystore")
	for i := range 6 {
		name := spec.ValidatorName(i)
		flags.dev[name] = f.Bool(strings.ToLower(name), false, "shorthand for --validator --name "+strings.ToLower(name)+" with the keys of //"+name)
	}
	f.StringSliceVar(&flags.bootnodes, "bootnodes", nil, "nodes to dial first: /ip4/…/tcp/…/p2p/…")
	f.StringSliceVar(&flags.reserved, "reserved-nodes", nil, "nodes to stay connected to")
	f.StringSliceVar(&flags.public, "public-addr", nil, "addresses to announce")
	f.StringVar(&flags.listen, "listen-addr", "", "address to listen on (default: /ip4/0.0.0.0/tcp/PORT)")
	port := f.Uint16("port", 30333, "TCP port to listen on; 0 is any free one")
	f.StringVar(&flags.nodeKey, "node-key", "", "key of the network identity, 64 hexadecimal digits (default: the one in the base path)")
	f.BoolVar(&flags.noMDNS, "no-mdns", false, "do not look for nodes on the local network")
	f.BoolVar(&flags.archive, "archive", false, "keep the state of every block")
	f.StringVarP(&flags.log, "log", "l", "info", "least level of log lines: LEVEL or PART=LEVEL, with commas between (see above)")
	flags.rpc.add(c)
	flags.observe.add(c)
	c.PreRun = func(*cobra.Command, []string) {
		if flags.listen == "" {
			flags.listen = fmt.Sprintf("/ip4/0.0.0.0/tcp/%d", *port)
		}
	}
	return c
}

// config turns flags into the configuration of a node of the chain.
func (f nodeFlags) config(s spec.Spec) (node.Config, error) {
	g, err := s.Build()
	if err != nil {
		return node.Config{}, err
	}
	c := node.Config{
		Name: f.name, BasePath: f.basePath, ChainID: s.ID, Genesis: g, Validator: f.validator, Archive: f.archive, Spec: s.ForWallets(),
		Network: node.Network{
			Listen: []string{f.listen}, Public: f.public, Bootnodes: slices.Concat(s.BootNodes, f.bootnodes), Reserved: f.reserved,
			MDNS: !f.noMDNS && s.ChainType != "Live", Target: len(s.Genesis.RuntimeGenesis.Config.Session.Keys),
		},
	}
	for name, given := range f.dev {
		if !*given {
			continue
		}
		if len(c.DevKeys) > 0 {
			return node.Config{}, errors.New("more than one development key: a node has one")
		}
		c.Validator, c.DevKeys = true, []string{"//" + name}
		if c.Name == "" {
			c.Name = strings.ToLower(name)
		}
	}
	if c.Name == "" {
		c.Name = "node"
	}
	if c.BasePath == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return node.Config{}, errors.New("no home directory: say where to keep the node with --base-path")
		}
		c.BasePath = filepath.Join(home, ".local", "share", "rampart", c.Name)
	}
	if f.nodeKey != "" {
		if c.Network.Key, err = node.ParseNodeKey(f.nodeKey); err != nil {
			return node.Config{}, fmt.Errorf("--node-key: %w", err)
		}
	}
	if c.WorkerPath, err = os.Executable(); err != nil {
		return node.Config{}, fmt.Errorf("path of this program: %w", err)
	}
	if c.RPC, err = f.rpc.endpoint(c.Validator, s.ChainType == "Development"); err != nil {
		return node.Config{}, err
	}
	c.Logger, err = logger(f.log)
	return c, err
}

// spec returns the preset or the file that --chain names.
func (f nodeFlags) spec() (spec.Spec, error) {
	if slices.Contains(spec.Presets(), f.chain) {
		return spec.Preset(f.chain, spec.Options{})
	}
	s, err := spec.Read(f.chain)
	if errors.Is(err, os.ErrNotExist) {
		return spec.Spec{}, fmt.Errorf("--chain %q: neither a preset (%s) nor a file", f.chain, strings.Join(spec.Presets(), ", "))
	}
	if err != nil {
		return spec.Spec{}, fmt.Errorf("--chain: %w", err)
	}
	return s, nil
}

func (f nodeFlags) run(ctx context.Context) error {
	s, err := f.spec()
	if err != nil {
		return err
	}
	config, err := f.config(s)
	if err != nil {
		return err
	}
	var n *node.Node
	watched, err := f.observe.open(config.Logger, func() telemetry.Health { return healthOf(n) })
	if err != nil {
		return err
	}
	config.Registerer = watched.registerer(s.ID)
	if n, err = node.New(config); err != nil {
		return errors.Join(err, watched.close())
	}
	for _, address := range n.Addresses() {
		config.Logger.Info("reachable at", zap.String("address", address))
	}
	for _, address := range n.RPCAddresses() {
		config.Logger.Info("JSON-RPC", zap.String("address", "ws://"+address))
	}
	watch, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		watchNode(watch, n, config.Logger)
	}()
	err = watched.run(ctx, n.Run)
	stop()
	<-done
	if err != nil {
		return failure{exitFailed, err}
	}
	return nil
}

// watchNode logs the state of the node every five seconds.
func watchNode(ctx context.Context, n *node.Node, log *zap.Logger) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s := n.Status()
			log.Info("status", zap.Uint32("best", uint32(s.Best.Number)), zap.Uint32("finalized", uint32(s.Finalized.Number)), zap.Int("peers", s.Peers), zap.Bool("syncing", s.Syncing))
		}
	}
}
