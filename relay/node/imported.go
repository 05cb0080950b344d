package node

import (
	"fmt"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// logImported logs a block that was taken in, with the words of Substrate's log,
// which people and tools look for. While the node catches up it would be too many.
func (n *Node) logImported(e chain.Imported) {
	if n.syncing() {
		return
	}
	parent, block := e.Header.ParentHash, e.Hash
	n.log.Info(fmt.Sprintf("Imported #%d (%s → %s)", e.Header.Number, shortHash(parent), shortHash(block)),
		zap.Int("extrinsics", len(e.Extrinsics)), zap.Bool("best", e.Best.Hash == block), zap.Duration("took", e.Took))
}

// shortHash returns a hash as logs show it: 0x1234…abcd.
func shortHash(h primitives.Hash) string { return fmt.Sprintf("0x%x…%x", h[:2], h[30:]) }
