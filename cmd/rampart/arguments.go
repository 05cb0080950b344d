package main

import (
	"slices"
	"strings"
)

// manyValued are flags that may be followed by several values, with spaces between,
// as in the polkadot binary.
var manyValued = []string{"--bootnodes", "--reserved-nodes", "--listen-addr", "--public-addr", "--rpc-cors", "--relay-bootnodes",
	"--rpc-rate-limit-whitelisted-ips", "--experimental-rpc-endpoint"}

// arguments returns a command line, without the name of the program, as this program
// understands it. A node can be run with the command line of polkadot, and a collator
// with that of polkadot-parachain, which have no command for it and take lists with
// spaces between:
//
//	--chain local --bootnodes A B    →  node --chain local --bootnodes A --bootnodes B
//	--collator --chain a -- --chain b  →  collator --collator --chain a -- --chain b
func arguments(given []string) []string {
	if len(given) == 0 {
		return given
	}
	if first := given[0]; strings.HasPrefix(first, "-") && !slices.Contains([]string{"-h", "--help", "--version"}, first) {
		command := "node"
		if slices.ContainsFunc(given, ofCollators) {
			command = "collator"
		}
		given = append([]string{command}, given...)
	}
	if given[0] != "node" && given[0] != "collator" {
		return given
	}
	var out []string
	list := "" // the flag of the list that the last value belongs to
	for i, arg := range given {
		switch {
		case strings.HasPrefix(arg, "-"):
			name, _, _ := strings.Cut(arg, "=")
			list = ""
			if slices.Contains(manyValued, name) {
				list = name
			}
		case list != "" && given[i-1] != list:
			out = append(out, list)
		}
		out = append(out, arg)
	}
	return out
}

// ofCollators reports whether only collators have the argument: polkadot-parachain's
// flag for the role, or what is between the flags of both its nodes.
func ofCollators(arg string) bool { return arg == "--" || arg == "--collator" }
