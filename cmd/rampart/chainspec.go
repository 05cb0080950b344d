package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/testnet/spec"
)

func chainSpecCommand() *cobra.Command {
	c := &cobra.Command{Use: "chain-spec", Short: "Make and check chain specs"}
	c.AddCommand(chainSpecBuildCommand(), chainSpecVerifyCommand())
	return c
}

func chainSpecBuildCommand() *cobra.Command {
	var chain, seed string
	var options spec.Options
	c := &cobra.Command{
		Use:   "build",
		Short: "Print the chain spec of a preset",
		Long: `Print the chain spec of a preset on stdout. Nodes that are started with the same
file are on the same chain.`,
		Example: "  rampart chain-spec build --chain local --validators 2 > two.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if seed != "" {
				options.NetworkID = hash.Blake2b256([]byte(seed))
			}
			s, err := spec.Preset(chain, options)
			if err != nil {
				return err
			}
			text, err := s.JSON()
			if err != nil {
				return err
			}
			_, err = os.Stdout.Write(text)
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&chain, "chain", "local", "preset: "+strings.Join(spec.Presets(), ", "))
	f.IntVar(&options.Validators, "validators", 0, "validators at genesis (default: the preset's)")
	f.Uint64Var(&options.SlotDuration, "slot-ms", 0, "length of a slot in milliseconds (default: the preset's)")
	f.StringVar(&seed, "network-seed", "", "any text; makes the chain differ from others of the preset")
	return c
}

func chainSpecVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify FILE",
		Short: "Check a chain spec and print the hash of its genesis block",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := spec.Read(args[0])
			if err != nil {
				return err
			}
			g, err := s.Build()
			if err != nil {
				return err
			}
			fmt.Println(g.Header.Hash())
			return nil
		},
	}
}
