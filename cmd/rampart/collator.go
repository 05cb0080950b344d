package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/collator"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/telemetry"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// collatorFlags are the flags of rampart collator as they were given. Names are those
// of polkadot-parachain.
type collatorFlags struct {
	command                                  *cobra.Command
	chain, relayChain, basePath, key, listen string
	name, nodeKey, nodeKeyFile               string
	log                                      logFlags
	port                                     uint16
	paraListen, bootnodes, relayBootnodes    []string
	noMDNS, tmp                              bool
	pay                                      uint32
	dev                                      map[string]*bool // alice, bob, …
	observe                                  observeFlags
	rpc                                      rpcFlags
	relay                                    relayFlags
	keystore                                 keystoreFlags
}

func collatorCommand() *cobra.Command {
	flags := collatorFlags{dev: map[string]*bool{}}
	c := &cobra.Command{
		Use:   "collator [flags] [-- flags of the relay node]",
		Short: "Make the blocks of a parachain until Ctrl-C",
		Long: `Make the blocks of a parachain and offer them to the validators of the relay
chain. A full node of the relay chain runs beside it in this process; behind -- it
takes the flags of rampart node, but for those of validators. It answers wallets if
--rpc-port or --experimental-rpc-endpoint is among them. Its log lines are with the
collator's, and its metrics too, unless --prometheus-port is among them.

Flags are those of polkadot-parachain, and the word collator may be left out where
there is --collator or --.

` + logHelp,
		Example: `  rampart chain-spec build-para --id 2000 > coin.json
  rampart chain-spec build --chain local --para coin.json > relay.json
  rampart collator --chain coin.json --alice --base-path /tmp/coin \
      -- --chain relay.json --bootnodes /ip4/127.0.0.1/tcp/30333/p2p/…
  rampart --collator --chain coin.json --base-path /data -- --chain relay.json`,
		Args: func(c *cobra.Command, args []string) error {
			if at := c.ArgsLenAtDash(); at >= 0 {
				args = args[:at]
			}
			return cobra.NoArgs(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := flags.relay.parse(args); err != nil {
				return err
			}
			return flags.run(c.Context())
		},
	}
	flags.add(c)
	showGroups(c)
	return c
}

func (f *collatorFlags) add(c *cobra.Command) {
	f.command = c
	set := c.Flags()
	set.StringVar(&f.chain, "chain", "", "preset ("+spec.ParaPresets+") or chain-spec file of the parachain (required)")
	set.StringVar(&f.relayChain, "relay-chain", "", "chain spec of the relay chain, as --chain behind --; one of them is required")
	set.StringVarP(&f.basePath, "base-path", "d", "", "directory of the collator (default: ~/.local/share/rampart/collator-ID)")
	set.BoolVar(&f.tmp, "tmp", false, "keep the collator in a temporary directory, which is removed at the end")
	set.StringVar(&f.name, "name", "", "name in logs, less than 64 characters")
	set.StringVar(&f.key, "collator-key", "", "secret URI of the collator's sr25519 key (default: the aura key in the keystore)")
	for i := range 6 {
		name := spec.ValidatorName(i)
		f.dev[name] = set.Bool(strings.ToLower(name), false, "shorthand for --collator-key //"+name)
	}
	set.StringSliceVar(&f.bootnodes, "bootnodes", nil, "collators of the chain to dial first: /ip4/…/tcp/…/p2p/…")
	set.StringSliceVar(&f.paraListen, "listen-addr", nil, "addresses on which other collators of the chain reach this one (default: /ip4/0.0.0.0/tcp/PORT)")
	set.Uint16Var(&f.port, "port", 0, "TCP port of that address; 0 is any free one")
	set.StringVar(&f.nodeKey, "node-key", "", "key of the network identity, 64 hexadecimal digits (default: the one in the base path); others may see it")
	set.StringVar(&f.nodeKeyFile, "node-key-file", "", "file with the key of the network identity, made if there is none")
	set.StringSliceVar(&f.relayBootnodes, "relay-bootnodes", nil, "relay nodes to dial first, as --bootnodes behind --")
	set.StringVar(&f.listen, "relay-listen-addr", "/ip4/0.0.0.0/tcp/0", "address on which the relay node listens, as --listen-addr behind --")
	set.BoolVar(&f.noMDNS, "no-mdns", false, "do not look for nodes on the local network")
	set.Uint32Var(&f.pay, "pay", 0, "development: make a payment to the chain with this id every few blocks")
	for _, name := range []string{"collator", "validator", "force-authoring", "no-telemetry"} {
		set.Bool(name, false, "for command lines of polkadot-parachain; it is so anyway")
		_ = set.MarkHidden(name) // the flag exists
	}
	f.keystore.add(c, "aura key")
	group(c, "Log", f.log.add)
	group(c, "JSON-RPC", f.rpc.add)
	group(c, "Metrics and health", f.observe.add)
	addIgnored(set)
	c.MarkFlagsMutuallyExclusive("tmp", "base-path")
	c.MarkFlagsMutuallyExclusive("node-key", "node-key-file")
}

// chainNames are the ids of the two chains of a collator.
type chainNames struct{ para, relay string }

// config turns flags into the configurations of the collator and its relay node.
func (f collatorFlags) config() (collator.Config, node.Config, chainNames, error) {
	c, para, err := f.para()
	if err != nil {
		return c, node.Config{}, chainNames{}, err
	}
	relay, id, err := f.relayNode(c)
	if err != nil {
		return c, relay, chainNames{}, err
	}
	if c.RPC, err = f.rpc.endpoint(false, para.ChainType == "Development"); err != nil {
		return c, relay, chainNames{}, err
	}
	c.Spec = para.ForWallets()
	c.Network = collator.Network{ForkID: para.ForkID, Listen: f.paraListen, Bootnodes: slices.Concat(para.BootNodes, f.bootnodes), MDNS: relay.Network.MDNS}
	if len(c.Network.Listen) == 0 {
		c.Network.Listen = []string{fmt.Sprintf("/ip4/0.0.0.0/tcp/%d", f.port)}
	}
	if f.nodeKey != "" {
		c.Network.Key, err = node.ParseNodeKey(f.nodeKey)
	} else {
		c.Network.Key, err = node.NodeKey(cmp.Or(f.nodeKeyFile, filepath.Join(c.BasePath, "node.key")))
	}
	if id == para.ID { // the label must tell the two apart
		para.ID = fmt.Sprintf("%s-%d", id, para.ParaID)
	}
	return c, relay, chainNames{para: para.ID, relay: id}, err
}

// para returns the configuration of the collator but for its network, and the
// spec of its chain.
func (f collatorFlags) para() (collator.Config, spec.ParaSpec, error) {
	var none spec.ParaSpec
	if f.chain == "" || f.relayChain == "" && !f.relay.given("chain") {
		return collator.Config{}, none, errors.New("--chain and --relay-chain are required: presets or chain-spec files of the parachain and of the relay chain")
	}
	if f.relayChain != "" && f.relay.given("chain") {
		return collator.Config{}, none, errors.New("--relay-chain, and --chain behind --: give one of them")
	}
	if err := checkName(f.name); err != nil {
		return collator.Config{}, none, err
	}
	log, err := f.log.logger()
	if err != nil {
		return collator.Config{}, none, err
	}
	if f.name != "" {
		log = log.With(zap.String("collator", f.name))
	}
	para, err := requirePara("--chain", f.chain)
	if err != nil {
		return collator.Config{}, none, err
	}
	c := collator.Config{Para: para.ParaID, BasePath: f.basePath, Logger: log, Spec: para.ForWallets()}
	if c.Chain, err = para.Chain(); err != nil {
		return c, none, fmt.Errorf("--chain: %w", err)
	}
	if c.Block0, err = para.Build(); err != nil {
		return c, none, fmt.Errorf("--chain: %w", err)
	}
	if f.pay != 0 {
		if !slices.Contains(para.Genesis.Peers, primitives.ParaID(f.pay)) {
			return c, none, fmt.Errorf("--pay %d: the chain spec, which must not be raw, names no such peer", f.pay)
		}
		c.Workload = coin.Workload{Genesis: c.Block0.Header.Hash(), Dest: primitives.ParaID(f.pay)}.At
	}
	if c.BasePath == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return c, none, errors.New("no home directory: say where to keep the chain with --base-path")
		}
		c.BasePath = filepath.Join(home, ".local", "share", "rampart", fmt.Sprintf("collator-%d", para.ParaID))
	}
	c.Key, err = f.secretKey(node.PathsOf(c.BasePath, para.ID).Keystore, c.Block0, log)
	return c, para, err
}

// relayNode returns the configuration of the relay node beside the collator, and the
// id of its chain.
func (f collatorFlags) relayNode(c collator.Config) (node.Config, string, error) {
	r := f.relay.node
	if f.relayChain != "" {
		r.chain = f.relayChain
	}
	s, err := r.spec()
	if err != nil {
		return node.Config{}, "", fmt.Errorf("relay chain: %w", err)
	}
	r.basePath = cmp.Or(r.basePath, filepath.Join(c.BasePath, "relay"))
	r.name = cmp.Or(r.name, "relay")
	r.network.bootnodes = slices.Concat(f.relayBootnodes, r.network.bootnodes)
	r.network.noMDNS = r.network.noMDNS || f.noMDNS
	if !f.relay.given("listen-addr") && !f.relay.given("port") {
		r.network.listen = []string{f.listen}
	}
	config, err := r.config(s)
	if err != nil {
		return config, "", fmt.Errorf("relay node: %w", err)
	}
	config.Collator, config.Logger = true, c.Logger
	if !f.relay.given("rpc-port") && !f.relay.given("experimental-rpc-endpoint") {
		config.RPC = rpc.Endpoint{}
	}
	return config, s.ID, nil
}

func (f collatorFlags) run(ctx context.Context) error {
	var err error
	if f.tmp {
		if f.basePath, err = os.MkdirTemp("", "rampart-"); err != nil {
			return fmt.Errorf("--tmp: %w", err)
		}
		defer os.RemoveAll(f.basePath)
	}
	config, relayConfig, chains, err := f.config()
	if err != nil {
		return err
	}
	warnIgnored(f.command, config.Logger)
	f.relay.warn(config.Logger)
	var c *collator.Collator
	var relay *node.Node
	watched, err := f.observe.open(config.Logger, func() telemetry.Health { return healthWith(c, relay) })
	if err != nil {
		return err
	}
	defer watched.close()
	config.Registerer = watched.registerer(chains.para)
	run := func(ctx context.Context) error { return c.Run(ctx, relay) }
	if f.relay.observed() {
		own, err := f.relay.node.observe.open(config.Logger.Named("relay"), func() telemetry.Health { return healthOf(relay) })
		if err != nil {
			return fmt.Errorf("behind --: %w", err)
		}
		defer own.close()
		relayConfig.Registerer = own.registerer(chains.relay)
		run = func(ctx context.Context) error {
			return own.run(ctx, func(ctx context.Context) error { return c.Run(ctx, relay) })
		}
	} else {
		relayConfig.Registerer = watched.registerer(chains.relay)
	}
	if c, err = collator.New(config); err != nil {
		return err
	}
	for _, address := range c.Addresses() {
		config.Logger.Info("collators reach this one at", zap.String("address", address))
	}
	for _, address := range c.RPCAddresses() {
		config.Logger.Info("wallets reach the chain at", zap.String("address", "ws://"+address))
	}
	relayConfig.Listeners = []chain.Listener{c.Listener()}
	if relay, err = node.New(relayConfig); err != nil {
		return errors.Join(err, c.Close())
	}
	for _, address := range relay.RPCAddresses() {
		config.Logger.Info("wallets reach the relay chain at", zap.String("address", "ws://"+address))
	}
	if err := watched.run(ctx, run); err != nil {
		return failure{exitFailed, err}
	}
	return nil
}
