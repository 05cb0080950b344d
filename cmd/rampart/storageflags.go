package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// storageFlags are the flags about what a node keeps, on disk and in memory, as they
// were given. Names are those of the polkadot binary.
type storageFlags struct {
	command               *cobra.Command
	states, blocks        string
	archive               bool
	cacheMiB              uint32
	keystore              keystoreFlags
	limit, kbytes, banned uint32
}

// Bounds of what a node may be told to hold in memory.
const (
	maxCacheMiB   = 1 << 20
	maxPool       = 1 << 24
	maxPoolKBytes = 1 << 24
)

func (s *storageFlags) add(c *cobra.Command) {
	s.command = c
	f := c.Flags()
	retained := strconv.Itoa(store.Retained)
	f.StringVar(&s.states, "state-pruning", retained, "states of final blocks to keep: "+retained+", the last ones, or archive, all; also --pruning")
	f.BoolVar(&s.archive, "archive", false, "shorthand for --state-pruning archive")
	f.StringVar(&s.blocks, "blocks-pruning", "archive-canonical", "final blocks to keep: archive-canonical, all; also --keep-blocks")
	f.Uint32Var(&s.cacheMiB, "db-cache", 0, "state kept in memory, in MiB (default: 16)")
	s.keystore.add(c, "session keys")
	f.Uint32Var(&s.limit, "pool-limit", 8192, "transactions that are kept ready")
	f.Uint32Var(&s.kbytes, "pool-kbytes", 20480, "bytes of all of them, in KiB")
	f.Uint32Var(&s.banned, "tx-ban-seconds", 1800, "how long a refused transaction is not looked at again")
}

// apply puts what the flags say into c.
func (s storageFlags) apply(c *node.Config) error {
	switch s.states {
	case "archive", "archive-canonical":
		c.Archive = true
	case strconv.Itoa(store.Retained):
		c.Archive = s.archive
	default:
		return fmt.Errorf("--state-pruning %s: a node keeps the states of the last %d final blocks, or with archive of all", s.states, store.Retained)
	}
	if s.archive && s.command.Flags().Changed("state-pruning") && s.states == strconv.Itoa(store.Retained) {
		return fmt.Errorf("--archive and --state-pruning %s contradict each other", s.states)
	}
	if s.blocks != "archive-canonical" && s.blocks != "archive" {
		return fmt.Errorf("--blocks-pruning %s: a node keeps all final blocks, others fetch them from it; only archive-canonical", s.blocks)
	}
	for _, bound := range []struct {
		name     string
		n, least uint32
		most     uint32
	}{{"db-cache", s.cacheMiB, 0, maxCacheMiB}, {"pool-limit", s.limit, 10, maxPool}, {"pool-kbytes", s.kbytes, 1, maxPoolKBytes}} {
		if bound.n < bound.least || bound.n > bound.most {
			return fmt.Errorf("--%s %d: must be %d to %d", bound.name, bound.n, bound.least, bound.most)
		}
	}
	c.CacheBytes = int(s.cacheMiB) << 20
	c.KeystorePath = s.keystore.path
	c.Pool = txpool.Params{
		Ready:   txpool.Limit{Count: int(s.limit), Bytes: int(s.kbytes) << 10},
		BanTime: max(1, primitives.Millis(s.banned)*1000),
	}
	var err error
	c.KeystorePassword, err = s.keystore.password.read(s.command)
	return err
}
