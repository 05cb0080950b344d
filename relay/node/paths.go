package node

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Paths are where a node keeps what it has of one chain, under its base path. The
// layout is polkadot's, which tools that prepare a node rely on.
type Paths struct {
	base string
	// Chain is the directory of all of it: chains/<chain id>.
	Chain string
	// Keystore holds secret session keys, Guards what was signed with them.
	Keystore, Guards string
	// NodeKey is the file with the key of the network identity.
	NodeKey string
	// Database holds the chain, Chunks erasure chunks, CodeCache compiled
	// validation functions: all of it can be got again.
	Database, Chunks, CodeCache string
}

// DefaultChainID names the directory of a chain without id.
const DefaultChainID = "rampart"

// PathsOf returns the paths of a chain, by the id in its spec. An id that is no
// file name counts as none.
func PathsOf(basePath, chainID string) Paths {
	if chainID == "" || chainID == "." || chainID == ".." || strings.ContainsAny(chainID, `/\`) {
		chainID = DefaultChainID
	}
	chain := filepath.Join(basePath, "chains", chainID)
	return Paths{
		base: basePath, Chain: chain,
		Keystore: filepath.Join(chain, "keystore"), Guards: filepath.Join(chain, "guard"),
		NodeKey:  filepath.Join(chain, "network", "secret_ed25519"),
		Database: filepath.Join(chain, "db", "full"), Chunks: filepath.Join(chain, "db", "chunks"), CodeCache: filepath.Join(chain, "db", "code-cache"),
	}
}

// Data returns the directory of all that can be got again from the network.
func (p Paths) Data() string { return filepath.Dir(p.Database) }

// Check returns an error that says what to do if the base path holds a node in the
// layout of earlier versions, which had one chain and no directory for it: its
// guards must not be left behind.
func (p Paths) Check() error {
	for _, old := range []string{"guard", "keystore", "db", "node.key"} {
		if _, err := os.Stat(filepath.Join(p.base, old)); err == nil {
			return fmt.Errorf("base path %s has the layout of an earlier version (%s in it): move guard and keystore, if there is one, to %s, and node.key to %s; then remove db, chunks and code-cache, or choose another --base-path",
				p.base, old, p.Chain, p.NodeKey)
		}
	}
	return nil
}
