package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/parachain/chains/embed"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/spec"
)

func chainSpecCommand() *cobra.Command {
	c := &cobra.Command{Use: "chain-spec", Short: "Make and check chain specs"}
	c.AddCommand(chainSpecBuildCommand("build"), chainSpecListPresetsCommand(), chainSpecVerifyCommand(), chainSpecConvertCommand(), chainSpecBuildParaCommand())
	return c
}

// buildSpecCommand is chain-spec build under the name that polkadot has for it,
// which tools call.
func buildSpecCommand() *cobra.Command { return chainSpecBuildCommand("build-spec") }

func chainSpecBuildCommand(name string) *cobra.Command {
	var chain, seed string
	var paras []string
	var raw, bootnode bool
	var number uint64
	var options spec.Options
	parent := "rampart chain-spec "
	if name == "build-spec" {
		parent = "rampart "
	}
	c := &cobra.Command{
		Use:   name,
		Short: "Print the chain spec of a preset or file",
		Long: `Print the chain spec of a preset, or of a file, on stdout. Nodes that are started with
the same file are on the same chain.

Without --raw the spec holds the configuration of block 0 and can be edited, by hand
or by zombienet; with --raw it holds the state of block 0. Both are the same chain.`,
		Example: "  " + parent + name + " --chain local --validators 2 > two.json\n  " + parent + name + " --chain two.json --raw > raw.json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if seed != "" {
				options.NetworkID = hash.Blake2b256([]byte(seed))
			}
			if number != 0 {
				binary.LittleEndian.PutUint64(options.NetworkID[:], number)
			}
			var err error
			if options.Paras, err = registrations(paras); err != nil {
				return err
			}
			var s spec.Spec
			if slices.Contains(spec.Presets(), chain) {
				s, err = spec.Preset(chain, options)
			} else {
				for _, flag := range []string{"validators", "slot-ms", "para", "network-seed", "seed"} {
					if c.Flags().Changed(flag) {
						return fmt.Errorf("--%s changes presets, and %q is none: there are %s", flag, chain, strings.Join(spec.Presets(), ", "))
					}
				}
				s, err = nodeFlags{chain: chain}.spec()
			}
			if err != nil {
				return err
			}
			return printSpec(c, s, raw)
		},
	}
	f := c.Flags()
	f.StringVar(&chain, "chain", "local", "preset ("+strings.Join(spec.Presets(), ", ")+") or chain-spec file")
	f.BoolVar(&raw, "raw", false, "print the state of block 0 in place of its configuration")
	f.BoolVar(&bootnode, "disable-default-bootnode", false, "as in polkadot, which else adds a node of this machine; none is ever added here")
	f.IntVar(&options.Validators, "validators", 0, "validators at genesis (default: the preset's)")
	f.Uint64Var(&options.SlotDuration, "slot-ms", 0, "length of a slot in milliseconds (default: the preset's)")
	f.StringSliceVar(&paras, "para", nil, "chain-spec files of parachains that are there from the start, each with a core")
	f.StringVar(&seed, "network-seed", "", "any text; makes the chain differ from others of the preset")
	f.Uint64Var(&number, "seed", 0, "the seed of a rampart testnet, whose chain this is the spec of")
	c.MarkFlagsMutuallyExclusive("network-seed", "seed")
	return c
}

// printSpec writes s to stdout.
func printSpec(c *cobra.Command, s spec.Spec, raw bool) error {
	if raw {
		var err error
		if s, err = s.Raw(); err != nil {
			return err
		}
	}
	text, err := s.JSON()
	if err != nil {
		return err
	}
	_, err = c.OutOrStdout().Write(text)
	return err
}

func chainSpecListPresetsCommand() *cobra.Command {
	var out outputFlags
	c := &cobra.Command{
		Use:     "list-presets",
		Short:   "Print the names of the presets",
		Example: "  rampart chain-spec list-presets",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			asJSON, err := out.json()
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), map[string][]string{"presets": spec.Presets()})
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), strings.Join(spec.Presets(), "\n"))
			return err
		},
	}
	out.add(c)
	return c
}

func chainSpecConvertCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "convert-to-raw FILE",
		Short:   "Print a chain spec with the state of block 0 in place of its configuration",
		Example: "  rampart chain-spec convert-to-raw two.json > raw.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := spec.Read(args[0])
			if err != nil {
				return err
			}
			return printSpec(c, s, true)
		},
	}
}

// registrations returns the parachains in the files, with their validation
// functions.
func registrations(files []string) ([]spec.Para, error) {
	var paras []spec.Para
	for _, file := range files {
		s, err := spec.ReadPara(file)
		if err != nil {
			return nil, fmt.Errorf("--para: %w", err)
		}
		code, err := embed.Coin()
		if err != nil {
			return nil, err
		}
		para, err := s.Registration(code)
		if err != nil {
			return nil, fmt.Errorf("--para %s: %w", file, err)
		}
		paras = append(paras, para)
	}
	return paras, nil
}

func chainSpecBuildParaCommand() *cobra.Command {
	var id uint32
	var collators int
	var peers []uint
	c := &cobra.Command{
		Use:     "build-para",
		Short:   "Print the chain spec of a coin chain, the sample parachain",
		Example: "  rampart chain-spec build-para --id 2000 --peers 2001 > coin.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			var ids []primitives.ParaID
			for _, p := range peers {
				ids = append(ids, primitives.ParaID(p))
			}
			s, err := spec.CoinSpec(primitives.ParaID(id), collators, ids)
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
	f.Uint32Var(&id, "id", 2000, "id of the chain on the relay chain")
	f.IntVar(&collators, "collators", 1, "collators: //Alice, //Bob, …")
	f.UintSliceVar(&peers, "peers", nil, "ids of the chains with which it exchanges coins")
	return c
}

func chainSpecVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "verify FILE",
		Short:   "Check a chain spec and print the hash of its genesis block",
		Example: "  rampart chain-spec verify two.json",
		Args:    cobra.ExactArgs(1),
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
