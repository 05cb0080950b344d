package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/telemetry"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// nodeFlags are the flags of rampart node as they were given.
type nodeFlags struct {
	command               *cobra.Command
	chain, basePath, name string
	log                   logFlags
	validator, force, tmp bool
	development           bool
	dev                   map[string]*bool // alice, bob, …
	network               networkFlags
	storage               storageFlags
	observe               observeFlags
	rpc                   rpcFlags
}

func nodeCommand() *cobra.Command {
	var flags nodeFlags
	c := &cobra.Command{
		Use:   "node",
		Short: "Run one relay node until Ctrl-C",
		Long: `Run one relay node until Ctrl-C.

Flags are those of polkadot, and the word node may be left out: where polkadot is
called, rampart can be. Lists may have commas or spaces between their values.

` + logHelp,
		Example: `  rampart --dev
  rampart chain-spec build --chain local --validators 2 > two.json
  rampart node --chain two.json --alice --base-path /tmp/alice --port 30333
  rampart node --chain two.json --bob --base-path /tmp/bob --port 30334`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd.Context()) },
	}
	flags.add(c)
	showGroups(c)
	return c
}

func (f *nodeFlags) add(c *cobra.Command) {
	f.command, f.dev = c, map[string]*bool{}
	set := c.Flags()
	set.StringVar(&f.chain, "chain", "local", "preset ("+strings.Join(spec.Presets(), ", ")+") or chain-spec file")
	set.BoolVar(&f.development, "dev", false, "shorthand for --chain dev --alice --tmp --force-authoring --rpc-cors all --no-mdns, where these are not given")
	set.StringVarP(&f.basePath, "base-path", "d", "", "directory of the node (default: ~/.local/share/rampart/NAME)")
	set.BoolVar(&f.tmp, "tmp", false, "keep the node in a temporary directory, which is removed at the end")
	set.StringVar(&f.name, "name", "", "name in logs and metrics, less than 64 characters (default: that of the development key, or node)")
	set.BoolVar(&f.validator, "validator", false, "author and vote with the session keys in the keystore")
	for _, name := range developmentKeys() {
		f.dev[name] = set.Bool(strings.ToLower(name), false, "shorthand for --validator --name "+strings.ToLower(name)+" with the keys of //"+name)
	}
	set.BoolVar(&f.force, "force-authoring", false, "make blocks and vote before another node has been met")
	set.Bool("insecure-validator-i-know-what-i-do", false, "for command lines of polkadot, whose validators need a sandbox of the system; here it changes nothing")
	set.Bool("no-telemetry", false, "for command lines of polkadot; nothing is sent to anybody")
	group(c, "Peers", f.network.add)
	group(c, "State, keys and transactions", f.storage.add)
	group(c, "Log", f.log.add)
	group(c, "JSON-RPC", f.rpc.add)
	group(c, "Metrics and health", f.observe.add)
	addIgnored(set)
	set.SetNormalizeFunc(currentName)
	c.MarkFlagsMutuallyExclusive("tmp", "base-path")
}

// oldNames are names that flags of the polkadot binary had, with those they have.
var oldNames = map[string]string{
	"pruning": "state-pruning", "keep-blocks": "blocks-pruning",
	"no-private-ipv4": "no-private-ip", "allow-private-ipv4": "allow-private-ip",
}

func currentName(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	return pflag.NormalizedName(cmp.Or(oldNames[name], name))
}

// developmentKeys returns the names of the keys that have a flag.
func developmentKeys() []string {
	var names []string
	for i := range 6 {
		names = append(names, spec.ValidatorName(i))
	}
	return append(names, "One", "Two")
}

// resolve carries out what --dev is short for.
func (f *nodeFlags) resolve() {
	if !f.development {
		return
	}
	if !f.command.Flags().Changed("chain") {
		f.chain = "dev"
	}
	if !slices.ContainsFunc(slices.Collect(maps.Values(f.dev)), func(given *bool) bool { return *given }) {
		*f.dev[spec.ValidatorName(0)] = true
	}
	f.tmp = f.tmp || f.basePath == ""
	f.force, f.network.noMDNS = true, true
}

// config turns flags into the configuration of a node of the chain.
func (f nodeFlags) config(s spec.Spec) (node.Config, error) {
	g, err := s.Build()
	if err != nil {
		return node.Config{}, err
	}
	c := node.Config{
		Name: f.name, BasePath: f.basePath, ChainID: s.ID, Genesis: g, ForkID: s.ForkID, Validator: f.validator, Spec: s.ForWallets(),
		ForceAuthoring: f.force,
	}
	if err := f.identify(&c); err != nil {
		return c, err
	}
	if err := f.storage.apply(&c); err != nil {
		return c, err
	}
	if c.Network, err = f.network.config(s); err != nil {
		return c, err
	}
	if c.Validator && len(c.DevKeys) == 0 && s.ChainType == "Live" && !f.network.generate && c.Network.Key == nil {
		if _, err := os.Stat(node.PathsOf(c.BasePath, c.ChainID).NodeKey); errors.Is(err, os.ErrNotExist) {
			return c, errNoIdentity
		}
	}
	if c.WorkerPath, err = os.Executable(); err != nil {
		return c, fmt.Errorf("path of this program: %w", err)
	}
	if c.RPC, err = f.rpc.endpoint(c.Validator, s.ChainType == "Development" || f.development); err != nil {
		return c, err
	}
	c.Logger, err = f.log.logger()
	return c, err
}

// identify says who the node is and where it is kept.
func (f nodeFlags) identify(c *node.Config) error {
	for name, given := range f.dev {
		if !*given {
			continue
		}
		if len(c.DevKeys) > 0 {
			return errors.New("more than one development key: a node has one")
		}
		c.Validator, c.DevKeys = true, []string{"//" + name}
		c.Name = cmp.Or(c.Name, strings.ToLower(name))
	}
	c.Name = cmp.Or(c.Name, "node")
	if err := checkName(c.Name); err != nil {
		return err
	}
	if c.BasePath == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return errors.New("no home directory: say where to keep the node with --base-path")
		}
		c.BasePath = filepath.Join(home, ".local", "share", "rampart", c.Name)
	}
	return nil
}

// maxName bounds the name of a node, in characters.
const maxName = 63

// checkName returns an error unless the name is one that polkadot takes: it might
// else show the way to a web page, or an address.
//
// Source: substrate/client/cli/src/commands/run_cmd.rs, is_node_name_valid.
func checkName(name string) error {
	if utf8.RuneCountInString(name) > maxName {
		return fmt.Errorf("--name: longer than %d characters", maxName)
	}
	if strings.ContainsAny(name, `.@\/`) || strings.Contains(name, "www") {
		return fmt.Errorf("--name %q: must have no dot, @, slash or www in it", name)
	}
	return nil
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
	f.resolve()
	s, err := f.spec()
	if err != nil {
		return err
	}
	if f.tmp {
		if f.basePath, err = os.MkdirTemp("", "rampart-"); err != nil {
			return fmt.Errorf("--tmp: %w", err)
		}
		defer os.RemoveAll(f.basePath)
	}
	config, err := f.config(s)
	if err != nil {
		return err
	}
	warnIgnored(f.command, config.Logger)
	var n *node.Node
	watched, err := f.observe.open(config.Logger, func() telemetry.Health { return healthOf(n) })
	if err != nil {
		return err
	}
	defer watched.close()
	config.Registerer = watched.registerer(s.ID)
	if n, err = node.New(config); err != nil {
		return err
	}
	introduce(n, s, config)
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

// introduce logs who the node is and where it can be reached.
func introduce(n *node.Node, s spec.Spec, config node.Config) {
	role := "FULL"
	if config.Validator {
		role = "AUTHORITY"
	}
	config.Logger.Info("starting", zap.String("version", node.Version()), zap.String("chain", s.Name), zap.String("role", role), zap.String("base_path", config.BasePath))
	for _, address := range n.Addresses() {
		config.Logger.Info("reachable at", zap.String("address", address))
	}
	for _, address := range n.RPCAddresses() {
		config.Logger.Info("JSON-RPC", zap.String("address", "ws://"+address))
	}
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
