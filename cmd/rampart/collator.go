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
}

func collatorCommand() *cobra.Command {
	flags := collatorFlags{dev: map[string]*bool{}}
	c := &cobra.Command{
		Use:   "collator",
		Short: "Make the blocks of a parachain until Ctrl-C",
		Long: `Make the blocks of a parachain and offer them to the validators of the relay
chain. A full node of the relay chain runs beside it in this process.`,
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
	f.StringVarP(&flags.log, "log", "l", "info", "least level of log lines: debug, info, warn, error")
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

// config turns flags into the configurations of the collator and its relay node.
func (f collatorFlags) config() (collator.Config, node.Config, error) {
	if f.chain == "" || f.relayChain == "" {
		return collator.Config{}, node.Config{}, errors.New("--chain and --relay-chain are required: chain-spec files of the parachain and of the relay chain")
	}
	uri, err := f.secret()
	if err != nil {
		return collator.Config{}, node.Config{}, err
	}
	log, err := logger(f.log)
	if err != nil {
		return collator.Config{}, node.Config{}, err
	}
	para, err := spec.ReadPara(f.chain)
	if err != nil {
		return collator.Config{}, node.Config{}, fmt.Errorf("--chain: %w", err)
	}
	c := collator.Config{Para: para.ParaID, BasePath: f.basePath, Logger: log}
	if c.Chain, err = para.Chain(); err != nil {
		return c, node.Config{}, fmt.Errorf("--chain: %w", err)
	}
	if c.Block0, err = para.Build(); err != nil {
		return c, node.Config{}, fmt.Errorf("--chain: %w", err)
	}
	if c.Key, err = keys.Sr25519(uri); err != nil {
		return c, node.Config{}, fmt.Errorf("collator key: %w", err)
	}
	if f.pay != 0 {
		if !slices.Contains(para.Genesis.Peers, primitives.ParaID(f.pay)) {
			return c, node.Config{}, fmt.Errorf("--pay %d: the chain has no such peer", f.pay)
		}
		c.Workload = coin.Workload{Genesis: c.Block0.Header.Hash(), Dest: primitives.ParaID(f.pay)}.At
	}
	if c.BasePath == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return c, node.Config{}, errors.New("no home directory: say where to keep the chain with --base-path")
		}
		c.BasePath = filepath.Join(home, ".local", "share", "rampart", fmt.Sprintf("collator-%d", para.ParaID))
	}
	relay, err := f.relay(c, log)
	if err != nil {
		return c, relay, err
	}
	c.Network = collator.Network{Listen: []string{f.paraListen}, Bootnodes: f.bootnodes, MDNS: relay.Network.MDNS}
	c.Network.Key, err = node.NodeKey(filepath.Join(c.BasePath, "node.key"))
	return c, relay, err
}

// relay returns the configuration of the relay node beside the collator.
func (f collatorFlags) relay(c collator.Config, log *zap.Logger) (node.Config, error) {
	s, err := spec.Read(f.relayChain)
	if err != nil {
		return node.Config{}, fmt.Errorf("--relay-chain: %w", err)
	}
	g, err := s.Build()
	if err != nil {
		return node.Config{}, fmt.Errorf("--relay-chain: %w", err)
	}
	return node.Config{
		Name: "relay", BasePath: filepath.Join(c.BasePath, "relay"), Genesis: g, Collator: true, Logger: log,
		Network: node.Network{
			Listen: []string{f.listen}, Bootnodes: slices.Concat(s.BootNodes, f.relayBootnodes), MDNS: !f.noMDNS && s.ChainType != "Live",
			Target: len(s.Genesis.RuntimeGenesis.Config.Session.Keys),
		},
	}, nil
}

func (f collatorFlags) run(ctx context.Context) error {
	config, relayConfig, err := f.config()
	if err != nil {
		return err
	}
	c, err := collator.New(config)
	if err != nil {
		return err
	}
	for _, address := range c.Addresses() {
		config.Logger.Info("collators reach this one at", zap.String("address", address))
	}
	relayConfig.Listeners = []chain.Listener{c.Listener()}
	relay, err := node.New(relayConfig)
	if err != nil {
		return errors.Join(err, c.Close())
	}
	if err := c.Run(ctx, relay); err != nil {
		return failure{exitFailed, err}
	}
	return nil
}
