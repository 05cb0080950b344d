package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// groupOf is the annotation of a flag that says under which title help shows it.
const groupOf = "rampart_group"

// group puts all flags that add adds under a title.
func group(c *cobra.Command, title string, add func(*cobra.Command)) {
	known := map[string]bool{}
	c.Flags().VisitAll(func(f *pflag.Flag) { known[f.Name] = true })
	add(c)
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !known[f.Name] {
			_ = c.Flags().SetAnnotation(f.Name, groupOf, []string{title}) // the flag exists
		}
	})
}

// showGroups has help show flags by group, those in none first.
func showGroups(c *cobra.Command) {
	c.SetUsageFunc(func(c *cobra.Command) error {
		groups := map[string]*pflag.FlagSet{}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			title := ""
			if f.Annotations[groupOf] != nil {
				title = f.Annotations[groupOf][0]
			}
			if groups[title] == nil {
				groups[title] = pflag.NewFlagSet(title, pflag.ContinueOnError)
			}
			groups[title].AddFlag(f)
		})
		out := c.OutOrStdout()
		fmt.Fprintf(out, "Usage:\n  %s\n\nExamples:\n%s\n", c.UseLine(), c.Example)
		for _, title := range slices.Sorted(maps.Keys(groups)) {
			fmt.Fprintf(out, "\n%s:\n%s", cmp.Or(title, "Flags"), groups[title].FlagUsages())
		}
		return nil
	})
}
