package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/relay/signer"
)

func keyGuardCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "guard",
		Short: "What keeps keys from signing twice",
		Long: `The guards of a node hold what its keys signed, one file a key. They keep it from
signing what contradicts that, for which a validator is slashed.`,
	}
	c.AddCommand(keyGuardResetCommand())
	return c
}

func keyGuardResetCommand() *cobra.Command {
	var place placeFlags
	var certain bool
	c := &cobra.Command{
		Use:   "reset",
		Short: "Let the keys of a stopped node forget what they signed",
		Long: `Empty the guards of a stopped node, so that its keys sign at once and anything. What
they held is kept beside them, in files that end in .reset.

This is for a network that begins anew: a validator that is alone, or all at once,
after purge-chain. Wherever else the keys signed, or anybody remembers what they
signed, it makes the validator commit an offence.` + stoppedHelp,
		Example: "  rampart purge-chain -y --chain dev --base-path /data\n  rampart key guard reset --i-have-no-other-copy --chain dev --base-path /data",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if !certain {
				return errors.New("the keys could sign twice: if no other copy of them signs, and nobody has what they signed, say --i-have-no-other-copy")
			}
			_, paths, err := place.find()
			if err != nil {
				return err
			}
			guards, err := signer.OpenDir(paths.Guards)
			if err != nil {
				return err
			}
			done, err := guards.ResetAll()
			for _, name := range done {
				fmt.Fprintf(c.OutOrStdout(), "%s reset\n", name)
			}
			if err = errors.Join(err, guards.Close()); err != nil {
				return failure{exitFailed, err}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&certain, "i-have-no-other-copy", false, "required: no other copy of the keys signs, and nobody has what they signed")
	place.add(c)
	return c
}
