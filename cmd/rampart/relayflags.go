package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.uber.org/zap"
)

// relayFlags are the flags of the relay node beside a collator, which stand behind
// -- as with polkadot-parachain.
type relayFlags struct {
	command *cobra.Command
	node    nodeFlags
}

// parse reads the flags in args; there may be none.
func (r *relayFlags) parse(args []string) error {
	r.command = &cobra.Command{Use: "collator --"}
	r.node.add(r.command)
	if err := r.command.ParseFlags(args); err != nil {
		return fmt.Errorf("behind --: %w", err)
	}
	if left := r.command.Flags().Args(); len(left) > 0 {
		return fmt.Errorf("behind --: %q is no flag", left[0])
	}
	if err := r.command.ValidateFlagGroups(); err != nil {
		return fmt.Errorf("behind --: %w", err)
	}
	for _, name := range append([]string{"dev", "tmp", "validator"}, developmentKeys()...) {
		if name = strings.ToLower(name); r.given(name) {
			return fmt.Errorf("behind --: --%s: the relay node of a collator is no validator, and is kept with the collator", name)
		}
	}
	return nil
}

// given reports whether the flag is among them.
func (r relayFlags) given(name string) bool { return r.command.Flags().Changed(name) }

// observed reports whether the relay node shows metrics and health of its own, apart
// from the collator's.
func (r relayFlags) observed() bool { return r.given("prometheus-port") || r.given("no-prometheus") }

// collatorsOwn are flags of a node that the collator before -- decides for both.
var collatorsOwn = []string{"log", "detailed-log-output"}

// observersOnly are those that say something only to a relay node that is observed.
var observersOnly = []string{"prometheus-external", "pprof-port"}

// warn logs which of the flags change nothing.
func (r relayFlags) warn(log *zap.Logger) {
	var given []string
	r.command.Flags().Visit(func(f *pflag.Flag) {
		if _, ignored := ignoredFlags[f.Name]; ignored || slices.Contains(collatorsOwn, f.Name) || !r.observed() && slices.Contains(observersOnly, f.Name) {
			given = append(given, "--"+f.Name)
		}
	})
	if len(given) > 0 {
		log.Warn("these flags behind -- change nothing here", zap.Strings("flags", given))
	}
}
