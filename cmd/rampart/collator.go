package main

import (
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
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/telemetry"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// collatorFlags are the flags of rampart collator as they were given.
type collatorFlags struct {
	chain, relayChain, basePath, key, listen, log string
	paraListen                                    string
	bootnodes, relayBootnodes                     []string
	noMDNS                                        bool
	pay                                           uint32
	dev                                           map[string]*bool // alice, bob, …
	observe                                       observeFlags
}

func collatorCommand() *cobra.Command {
	flags := collatorFlags{dev: map[string]*bool{}}
	c := &cobra.Command{
		Use:   "collator",
		Short: "Make the blocks of a parachain until Ctrl-C",
		Long: `Make the blocks of a parachain and offer them to the validators of the relay
chain. A full node of the relay chain runs beside it in this process.

` + logHelp,
		Example: `  rampart chain-spec build-para --id 2000 > coin.json
  rampart chain-spec build --chain local --para coin.json > relay.json
  rampart collator --chain coin.json --relay-chain relay.json --alice --base-path /tmp/coin \
      --relay-bootnodes /ip4/127.0.0.1/tcp/30333/p2p/…`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd.Context()) },
	}
	f := c.Flags()
	f.StringVar(&flags.chain, "chain", "", "chain-spec file of the parachain (required)")
	f.StringVar(&flags.relayChain, "relay-chain", "", "chain-spec file of the relay chain (required)")
	f.StringVarP(&flags.basePath, "base-path", "d", "", "directory of the collator (default: ~/.local/share/rampart/collator-ID)")
	f.StringVar(&flags.key, "collator-key", "", "secret URI of the collator's sr25519 key")
	for i := range 6 {
		name := spec.ValidatorName(i)
		flags.dev[name] = f.Bool(strings.ToLower(name), false, "shorthand for --collator-key //"+name)
	}
	f.StringSliceVar(&flags.bootnodes, "bootnodes", nil, "collators of the chain to dial first: /ip4/…/tcp/…/p2p/…")
	f.StringVar(&flags.paraListen, "listen-addr", "/ip4/0.0.0.0/tcp/0", "address on which other collators of the chain reach this one")
	f.StringSliceVar(&flags.relayBootnodes, "relay-bootnodes", nil, "relay nodes to dial first: /ip4/…/tcp/…/p2p/…")
	f.StringVar(&flags.listen, "relay-listen-addr", "/ip4/0.0.0.0/tcp/0", "address on which the relay node listens")
	f.BoolVar(&flags.noMDNS, "no-mdns", false, "do not look for nodes on the local network")
	f.Uint32Var(&flags.pay, "pay", 0, "development: make a payment to the chain with this id every few blocks")
	f.StringVarP(&flags.log, "log", "l", "info", "least level of log lines: LEVEL or PART=LEVEL, with commas between (see above)")
	flags.observe.add(c)
	return c
}

// secret returns the secret URI of the collator's key.
func (f collatorFlags) secret() (string, error) {
	given := f.key
	for name, on := range f.dev {
		if !*on {
			continue
		}
		if given != "" {
			return "", errors.New("more than one collator key: give --collator-key or one of --alice, --bob, …")
		}
		given = "//" + name
	}
	if given == "" {
		return "", errors.New("no collator key: give --collator-key, or --alice for a development chain")
	}
	return given, nil
}

// chainNames are the ids of the two chains of a collator.
type chainNames struct{ para, relay string }

// config turns flags into the configurations of the collator and its relay node.
func (f collatorFlags) config() (collator.Config, node.Config, chainNames, error) {
	c, para, err := f.para()
	if err != nil {
		return c, node.Config{}, chainNames{}, err
	}
	relay, id, err := f.relay(c)
	if err != nil {
		return c, relay, chainNames{}, err
	}
	c.Network = collator.Network{Listen: []string{f.paraListen}, Bootnodes: f.bootnodes, MDNS: relay.Network.MDNS}
	c.Network.Key, err = node.NodeKey(filepath.Join(c.BasePath, "node.key"))
	if id == para.ID { // the label must tell the two apart
		para.ID = fmt.Sprintf("%s-%d", id, para.ParaID)
	}
	return c, relay, chainNames{para: para.ID, relay: id}, err
}

// para returns the configuration of the collator but for its network, and the
// spec of its chain.
func (f collatorFlags) para() (collator.Config, spec.ParaSpec, error) {
	var none spec.ParaSpec
	if f.chain == "" || f.relayChain == "" {
		return collator.Config{}, none, errors.New("--chain and --relay-chain are required: chain-spec files of the parachain and of the relay chain")
	}
	uri, err := f.secret()
	if err != nil {
		return collator.Config{}, none, err
	}
	log, err := logger(f.log)
	if err != nil {
		return collator.Config{}, none, err
	}
	para, err := spec.ReadPara(f.chain)
	if err != nil {
		return collator.Config{}, none, fmt.Errorf("--chain: %w", err)
	}
	c := collator.Config{Para: para.ParaID, BasePath: f.basePath, Logger: log}
	if c.Chain, err = para.Chain(); err != nil {
		return c, none, fmt.Errorf("--chain: %w", err)
	}
	if c.Block0, err = para.Build(); err != nil {
		return c, none, fmt.Errorf("--chain: %w", err)
	}
	if c.Key, err = keys.Sr25519(uri); err != nil {
		return c, none, fmt.Errorf("collator key: %w", err)
	}
	if f.pay != 0 {
		if !slices.Contains(para.Genesis.Peers, primitives.ParaID(f.pay)) {
			return c, none, fmt.Errorf("--pay %d: the chain has no such peer", f.pay)
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
	return c, para, nil
}

// relay returns the configuration of the relay node beside the collator, and the
// id of its chain.
func (f collatorFlags) relay(c collator.Config) (node.Config, string, error) {
	s, err := spec.Read(f.relayChain)
	if err != nil {
		return node.Config{}, "", fmt.Errorf("--relay-chain: %w", err)
	}
	g, err := s.Build()
	if err != nil {
		return node.Config{}, "", fmt.Errorf("--relay-chain: %w", err)
	}
	return node.Config{
		Name: "relay", BasePath: filepath.Join(c.BasePath, "relay"), ChainID: s.ID, Genesis: g, Collator: true, Logger: c.Logger,
		Network: node.Network{
			Listen: []string{f.listen}, Bootnodes: slices.Concat(s.BootNodes, f.relayBootnodes), MDNS: !f.noMDNS && s.ChainType != "Live",
			Target: len(s.Genesis.RuntimeGenesis.Config.Session.Keys),
		},
	}, s.ID, nil
}

func (f collatorFlags) run(ctx context.Context) error {
	config, relayConfig, chains, err := f.config()
	if err != nil {
		return err
	}
	var c *collator.Collator
	var relay *node.Node
	watched, err := f.observe.open(config.Logger, func() telemetry.Health { return healthWith(c, relay) })
	if err != nil {
		return err
	}
	relayConfig.Registerer = watched.registerer(chains.relay)
	config.Registerer = watched.registerer(chains.para)
	if c, err = collator.New(config); err != nil {
		return errors.Join(err, watched.close())
	}
	for _, address := range c.Addresses() {
		config.Logger.Info("collators reach this one at", zap.String("address", address))
	}
	relayConfig.Listeners = []chain.Listener{c.Listener()}
	if relay, err = node.New(relayConfig); err != nil {
		return errors.Join(err, c.Close(), watched.close())
	}
	if err := watched.run(ctx, func(ctx context.Context) error { return c.Run(ctx, relay) }); err != nil {
		return failure{exitFailed, err}
	}
	return nil
}
