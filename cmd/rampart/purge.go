package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/relay/offline"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/testnet/spec"
)

func purgeChainCommand() *cobra.Command {
	var place placeFlags
	var yes bool
	c := &cobra.Command{
		Use:   "purge-chain",
		Short: "Remove the database of a node",
		Long: `Remove the database of a node: blocks, states, erasure chunks and compiled code, all
of which it gets again from others. Keys stay, and so do the guards, which hold what
was signed with them: without guards a validator could sign twice and be slashed.

A validator does not vote again in rounds of finality that it voted in: until the
next set of voters the others must finalize without it. So where one validator is
alone, or all are purged at once, nothing becomes final any more. If all that they
signed is gone with their databases, rampart key guard reset lets them begin anew.` + stoppedHelp,
		Example: "  rampart purge-chain -y --chain local --base-path /data",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, paths, err := place.find()
			if err != nil {
				return err
			}
			data := paths.Data()
			if _, err := os.Stat(data); err != nil {
				fmt.Fprintf(c.ErrOrStderr(), "%q did not exist.\n", data)
				return nil
			}
			if !yes {
				answer, err := prompt(c, fmt.Sprintf("Are you sure to remove %q? [y/N]: ", data))
				if err != nil {
					return err
				}
				if !strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), "y") {
					_, err := fmt.Fprintln(c.OutOrStdout(), "Aborted")
					return err
				}
			}
			// The lock of the guards is what keeps a node from starting meanwhile.
			guards, err := signer.OpenDir(paths.Guards)
			if errors.Is(err, signer.ErrLocked) {
				return fmt.Errorf("%s: %w", data, offline.ErrRunning)
			}
			if err != nil {
				return err
			}
			if err := errors.Join(os.RemoveAll(data), guards.Close()); err != nil {
				return failure{exitFailed, err}
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%q removed.\nKept: keys in %q, guards in %q, node key %q.\n", data, paths.Keystore, paths.Guards, paths.NodeKey)
			return err
		},
	}
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	place.add(c)
	return c
}

func revertCommand() *cobra.Command {
	var place placeFlags
	c := &cobra.Command{
		Use:   "revert [COUNT]",
		Short: "Say why blocks are not taken back, and what to do instead",
		Long: `polkadot revert takes blocks off the end of a node's chain. Here that is always
refused, with exit code 1, and the reason is printed: a final block is never taken
back, and the node itself leaves blocks that are not final as soon as another chain
is better. To begin again before some block, export the blocks up to it, purge the
chain and import them.` + stoppedHelp,
		Example: `  rampart export-blocks keep.bin --binary --to 100 --base-path /data
  rampart purge-chain -y --base-path /data
  rampart import-blocks keep.bin --binary --base-path /data`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return place.withChain(false, false, func(_ spec.Spec, chain *offline.Chain) error {
				info := chain.Info()
				return failure{exitFailed, fmt.Errorf("nothing was reverted: #%d is final and stays, the guards hold votes on it; the %d blocks above it are left by the node itself when another chain is better; to begin again before a block use export-blocks --to, purge-chain and import-blocks",
					info.Finalized.Number, info.Unfinalized)}
			})
		},
	}
	place.add(c)
	return c
}
