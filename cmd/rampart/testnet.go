package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/testnet/local"
)

func testnetCommand() *cobra.Command {
	var config local.Config
	var until, log string
	var asJSON bool
	c := &cobra.Command{
		Use:   "testnet",
		Short: "Run a whole network in this process until Ctrl-C",
		Long: `Run a network of validators in this process. Every node is a real node with a
network host of its own on loopback and a directory of its own; they talk only
through the network.

Progress goes to stderr: where each node answers wallets and shows its metrics, then
one line per slot, each node with its best and its finalized block.`,
		Example: `  rampart testnet
  rampart testnet --validators 7 --slot 1s
  rampart testnet --until finalized=20 --timeout 120s --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if config.Until, err = local.ParseUntil(until); err != nil {
				return fmt.Errorf("--until: %w", err)
			}
			if config.Logger, err = logger(log); err != nil {
				return err
			}
			if cmd.Flags().Changed("validators") && config.Validators < 1 {
				return fmt.Errorf("--validators %d: must be at least 1", config.Validators)
			}
			if config.WorkerPath, err = os.Executable(); err != nil {
				return fmt.Errorf("path of this program: %w", err)
			}
			config.Progress = os.Stderr
			config.RPCAnyPort, config.MetricsAnyPort = !cmd.Flags().Changed("rpc-port"), !cmd.Flags().Changed("prometheus-port")
			report, err := local.Run(cmd.Context(), config)
			if err != nil {
				return err
			}
			if asJSON {
				text, err := json.MarshalIndent(report, "", "  ")
				if err != nil {
					return err
				}
				fmt.Println(string(text))
			}
			if len(report.Failures) > 0 {
				return failure{exitFailed, errors.New(strings.Join(report.Failures, "; "))}
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&config.Preset, "chain", "local", "preset of the relay chain")
	f.IntVar(&config.Validators, "validators", 0, "relay nodes, all of them validators (default: the preset's, 4 for local)")
	f.IntVar(&config.Parachains, "parachains", 2, "chains that the relay chain secures")
	f.IntVar(&config.Collators, "collators", 1, "collators of each chain")
	f.DurationVar(&config.Slot, "slot", 0, "length of a slot (default: the preset's)")
	f.StringVar(&config.BasePath, "base-path", "", "directory of the nodes (default: a temporary one, removed at the end)")
	f.Uint64Var(&config.Seed, "seed", 0, "fixes the network id (default: random, so that networks never meet)")
	f.IntVar(&config.RPCPort, "rpc-port", defaultRPCPort, "port of JSON-RPC of the first node, the others have those above; 0 is any free ones")
	f.IntVar(&config.MetricsPort, "prometheus-port", defaultMetricsPort, "port of metrics and health of the first node, the others have those above; 0 is any free ones")
	f.BoolVar(&config.NoMetrics, "no-prometheus", false, "show neither metrics nor health")
	f.StringVar(&until, "until", "", "stop with success once reached, for example finalized=20")
	f.DurationVar(&config.Timeout, "timeout", 0, "stop with exit code 1 after this time (default: never)")
	f.BoolVar(&asJSON, "json", false, "print a final report on stdout")
	f.StringVar(&log, "log", "warn", "least level of log lines: LEVEL or PART=LEVEL, with commas between (see rampart node --help)")
	return c
}
