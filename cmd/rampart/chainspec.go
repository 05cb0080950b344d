package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/parachain/chains/embed"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/spec"
)

func chainSpecCommand() *cobra.Command {
	c := &cobra.Command{Use: "chain-spec", Short: "Make and check chain specs"}
	c.AddCommand(chainSpecBuildCommand(), chainSpecBuildParaCommand(), chainSpecVerifyCommand())
	return c
}

func chainSpecBuildCommand() *cobra.Command {
	var chain, seed string
	var paras []string
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
			var err error
			if options.Paras, err = registrations(paras); err != nil {
				return err
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
	f.StringSliceVar(&paras, "para", nil, "chain-spec files of parachains that are there from the start, each with a core")
	f.StringVar(&seed, "network-seed", "", "any text; makes the chain differ from others of the preset")
	return c
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
