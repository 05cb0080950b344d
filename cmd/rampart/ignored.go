package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.uber.org/zap"
)

// ignoredFlags are flags of the polkadot binary about parts of it that this one does
// not have. A command line that has them works; they change nothing. The value says
// whether one follows.
var ignoredFlags = map[string]bool{
	// How runtimes are executed: the runtime is part of this program.
	"execution": true, "wasm-execution": true, "wasmtime-instantiation-strategy": true,
	"max-runtime-instances": true, "runtime-cache-size": true,
	// Which database: there is one. --db-cache is the bound of memory.
	"database": true, "trie-cache-size": true,
	// Parts of the network.
	"max-parallel-downloads": true, "max-blocks-per-request": true, "kademlia-disjoint-query-paths": false,
	"kademlia-replication-factor": true, "network-backend": true, "in-peers-light": true,
	// Parts of the node.
	"no-beefy": false, "no-hardware-benchmarks": false, "workers-path": true, "disable-worker-version-check": false,
	"offchain-worker": true, "enable-offchain-indexing": true, "pool-type": true, "overseer-channel-capacity-override": true, "jaeger-agent": true,
	"enable-log-reloading": false,
	// Nothing is sent to anybody.
	"telemetry-url": true,
}

// addIgnored adds the ignored flags, which help does not show.
func addIgnored(f *pflag.FlagSet) {
	for name, valued := range ignoredFlags {
		if valued {
			f.StringArray(name, nil, "")
		} else {
			f.Bool(name, false, "")
		}
		_ = f.MarkHidden(name) // the flag exists
	}
}

// warnIgnored logs which of the ignored flags were given.
func warnIgnored(c *cobra.Command, log *zap.Logger) {
	var given []string
	c.Flags().Visit(func(f *pflag.Flag) {
		if _, ignored := ignoredFlags[f.Name]; ignored {
			given = append(given, "--"+f.Name)
		}
	})
	if len(given) > 0 {
		log.Warn("these flags change nothing here", zap.Strings("flags", given))
	}
}
