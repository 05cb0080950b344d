package main

import (
	"encoding/hex"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/parachain/chains/embed"
	"github.com/rampart-chain/rampart/testnet/spec"
)

func exportGenesisHeadCommand() *cobra.Command {
	c := exportGenesisCommand(func(s spec.ParaSpec) ([]byte, error) {
		block, err := s.Build()
		return block.Head(), err
	})
	c.Use, c.Aliases = "export-genesis-head [FILE]", []string{"export-genesis-state"}
	c.Short = "Print the head with which a parachain is registered"
	c.Long = `Print the head data with which a parachain is registered on its relay chain: the
header of block 0. It goes to the file or to stdout, as 0x and hexadecimal digits
unless --raw.`
	c.Example = "  rampart export-genesis-head --chain coin-2000\n  rampart export-genesis-head --chain coin.json --raw head.bin"
	return c
}

func exportGenesisWasmCommand() *cobra.Command {
	c := exportGenesisCommand(func(s spec.ParaSpec) ([]byte, error) {
		if _, err := s.Chain(); err != nil {
			return nil, err
		}
		return embed.Coin()
	})
	c.Use = "export-genesis-wasm [FILE]"
	c.Short = "Print the validation function of a parachain"
	c.Long = `Print the validation function with which a parachain is registered on its relay
chain. It goes to the file or to stdout, as 0x and hexadecimal digits unless --raw.`
	c.Example = "  rampart export-genesis-wasm --chain coin-2000 coin.hex"
	return c
}

// exportGenesisCommand returns the part of the two commands that is the same. Flags
// and output are those of polkadot-parachain.
//
// Source: cumulus/client/cli/src/lib.rs.
func exportGenesisCommand(export func(spec.ParaSpec) ([]byte, error)) *cobra.Command {
	var chain string
	var raw bool
	c := &cobra.Command{
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s, err := requirePara("--chain", chain)
			if err != nil {
				return err
			}
			data, err := export(s)
			if err != nil {
				return fmt.Errorf("chain %d: %w", s.ParaID, err)
			}
			if !raw {
				data = []byte("0x" + hex.EncodeToString(data))
			}
			if len(args) == 0 {
				_, err = c.OutOrStdout().Write(data)
				return err
			}
			if err := os.WriteFile(args[0], data, 0o644); err != nil {
				return failure{exitFailed, err}
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&chain, "chain", "", "preset ("+spec.ParaPresets+") or chain-spec file of the parachain (required)")
	f.BoolVar(&raw, "raw", false, "bytes, not hexadecimal digits")
	f.StringP("base-path", "d", "", "for command lines of polkadot-parachain; nothing is kept")
	_ = f.MarkHidden("base-path")   // the flag exists
	_ = c.MarkFlagRequired("chain") // the flag exists
	return c
}
