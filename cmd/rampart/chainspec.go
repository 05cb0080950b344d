package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
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
or by zombienet; with --raw it holds the state of block 0. Both are the same chain.

The presets ` + spec.ParaPresets + ` are parachains; see chain-spec build-para.`,
		Example: "  " + parent + name + " --chain local --validators 2 > two.json\n  " + parent + name + " --chain two.json --raw > raw.json\n  " + parent + name + " --chain coin-2000 > coin.json",
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
			if slices.Contains(spec.Presets(), chain) {
				s, err := spec.Preset(chain, options)
				if err != nil {
					return err
				}
				return printSpec(c, s, raw)
			}
			for _, flag := range []string{"validators", "slot-ms", "para", "network-seed", "seed"} {
				if c.Flags().Changed(flag) {
					return fmt.Errorf("--%s changes presets of relay chains, and %q is none: there are %s", flag, chain, strings.Join(spec.Presets(), ", "))
				}
			}
			if para, ok, err := paraSpec(chain); ok {
				if err != nil {
					return err
				}
				return printSpec(c, para, raw)
			}
			s, err := nodeFlags{chain: chain}.spec()
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
	f.StringSliceVar(&paras, "para", nil, "presets or chain-spec files of parachains that are there from the start, each with a core")
	f.StringVar(&seed, "network-seed", "", "any text; makes the chain differ from others of the preset")
	f.Uint64Var(&number, "seed", 0, "the seed of a rampart testnet, whose chain this is the spec of")
	c.MarkFlagsMutuallyExclusive("network-seed", "seed")
	return c
}

// paraSpec returns the spec of the parachain that name, a preset or a file, names. ok
// says that it names one.
func paraSpec(name string) (s spec.ParaSpec, ok bool, err error) {
	if s, ok = spec.ParaPreset(name); ok || !spec.IsPara(name) {
		return s, ok, nil
	}
	s, err = spec.ReadPara(name)
	return s, true, err
}

// requirePara is paraSpec for where nothing else will do; flag is what named it.
func requirePara(flag, name string) (spec.ParaSpec, error) {
	s, ok, err := paraSpec(name)
	if !ok { // why not
		s, err = spec.ReadPara(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("%s %q: neither a preset of a parachain (%s) nor a file", flag, name, spec.ParaPresets)
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", flag, err)
	}
	return s, nil
}

// anySpec is a chain spec of a relay chain or of a parachain.
type anySpec[S any] interface {
	Raw() (S, error)
	JSON() ([]byte, error)
}

// printSpec writes s to stdout.
func printSpec[S anySpec[S]](c *cobra.Command, s S, raw bool) error {
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
			if spec.IsPara(args[0]) {
				s, err := spec.ReadPara(args[0])
				if err != nil {
					return err
				}
				return printSpec(c, s, true)
			}
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
		s, err := requirePara("--para", file)
		if err != nil {
			return nil, err
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
	var raw bool
	c := &cobra.Command{
		Use:   "build-para",
		Short: "Print the chain spec of a coin chain, the sample parachain",
		Long: `Print the chain spec of a coin chain, the sample parachain, with development keys as
collators. Of one collator and no peers it is that of the preset coin-ID.`,
		Example: "  rampart chain-spec build-para --id 2000 --peers 2001 > coin.json",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var ids []primitives.ParaID
			for _, p := range peers {
				ids = append(ids, primitives.ParaID(p))
			}
			s, err := spec.CoinSpec(primitives.ParaID(id), collators, ids)
			if err != nil {
				return err
			}
			return printSpec(c, s, raw)
		},
	}
	f := c.Flags()
	f.Uint32Var(&id, "id", 2000, "id of the chain on the relay chain")
	f.IntVar(&collators, "collators", 1, "collators: //Alice, //Bob, …")
	f.BoolVar(&raw, "raw", false, "print the state of block 0 in place of its configuration")
	f.UintSliceVar(&peers, "peers", nil, "ids of the chains with which it exchanges coins")
	return c
}

func chainSpecVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "verify FILE",
		Short:   "Check a chain spec and print the hash of its genesis block",
		Example: "  rampart chain-spec verify two.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			hash, err := genesisHash(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), hash)
			return err
		},
	}
}

// genesisHash returns the hash of block 0 of the chain, of either kind, whose spec is
// the file.
func genesisHash(file string) (primitives.Hash, error) {
	if spec.IsPara(file) {
		s, err := spec.ReadPara(file)
		if err != nil {
			return primitives.Hash{}, err
		}
		block, err := s.Build()
		return block.Header.Hash(), err
	}
	s, err := spec.Read(file)
	if err != nil {
		return primitives.Hash{}, err
	}
	g, err := s.Build()
	return g.Header.Hash(), err
}
