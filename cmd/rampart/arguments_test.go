package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestArguments(t *testing.T) {
	for given, want := range map[string]string{
		"":                                 "",
		"--help":                           "--help",
		"--version":                        "--version",
		"testnet --until a b":              "testnet --until a b",
		"--chain x --alice":                "node --chain x --alice",
		"-d x":                             "node -d x",
		"node --bootnodes a":               "node --bootnodes a",
		"--bootnodes a b --alice":          "node --bootnodes a --bootnodes b --alice",
		"--bootnodes=a b c":                "node --bootnodes=a --bootnodes b --bootnodes c",
		"--bootnodes a --bootnodes b":      "node --bootnodes a --bootnodes b",
		"--listen-addr a b --name x y":     "node --listen-addr a --listen-addr b --name x y",
		"node stray":                       "node stray",
		"collator --relay-bootnodes a b":   "collator --relay-bootnodes a --relay-bootnodes b",
		"--chain x --collator":             "collator --chain x --collator",
		"--chain x --rpc-cors a b -- -d y": "collator --chain x --rpc-cors a --rpc-cors b -- -d y",
		"testnet --collators 2":            "testnet --collators 2",
		"key generate-node-key --chain x":  "key generate-node-key --chain x",
	} {
		if got := strings.Join(arguments(strings.Fields(given)), " "); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

// TestIgnoredFlagsExist: none of them may hide a flag that means something, and all
// must be known.
func TestIgnoredFlagsExist(t *testing.T) {
	c := nodeCommand()
	for name, valued := range ignoredFlags {
		f := c.Flags().Lookup(name)
		if f == nil || !f.Hidden || (f.NoOptDefVal == "") != valued {
			t.Errorf("--%s: %+v", name, f)
		}
	}
	for old, now := range oldNames {
		if f := c.Flags().Lookup(old); f == nil || f.Name != now {
			t.Errorf("--%s: %+v", old, f)
		}
	}
	for _, flag := range manyValued {
		if name := strings.TrimPrefix(flag, "--"); c.Flags().Lookup(name) == nil && collatorCommand().Flags().Lookup(name) == nil {
			t.Errorf("%s does not exist", flag)
		}
	}
	if !slices.Contains(developmentKeys(), "Two") {
		t.Error("no //Two")
	}
}

// TestHelpShowsAllFlags: every flag that is not hidden stands in help once.
func TestHelpShowsAllFlags(t *testing.T) {
	for _, c := range []*cobra.Command{nodeCommand(), collatorCommand()} {
		var help strings.Builder
		c.SetOut(&help)
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			shown := 1
			if f.Hidden {
				shown = 0
			}
			line := regexp.MustCompile(`(?m)^ +(-\w, )?--` + f.Name + ` `)
			if got := len(line.FindAllString(help.String(), -1)); got != shown {
				t.Errorf("%s: --%s stands in help %d times, want %d", c.Name(), f.Name, got, shown)
			}
		})
	}
}
