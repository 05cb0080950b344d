package grandpa

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// maxFetch bounds the blocks asked for at once.
const maxFetch = 16

// fetch asks a peer for those of the voted blocks that are not known here, most
// votes first. Such a block may be on a fork that nobody follows any more, so
// that nothing else would bring it; until it comes its votes do not count.
func (c *Core) fetch(from Peer, voted []primitives.BlockID) {
	votes := map[primitives.BlockID]int{}
	var wanted []primitives.BlockID
	for _, id := range voted {
		if c.tree.nodes[id.Hash] != nil || id.Number <= c.tree.root.id.Number {
			continue
		}
		if votes[id]++; votes[id] == 1 {
			wanted = append(wanted, id)
		}
	}
	if len(wanted) == 0 {
		return
	}
	slices.SortFunc(wanted, func(a, b primitives.BlockID) int {
		return cmp.Or(cmp.Compare(votes[b], votes[a]), bytes.Compare(a.Hash[:], b.Hash[:]))
	})
	c.emit(Fetch{From: from, Blocks: wanted[:min(len(wanted), maxFetch)]})
}

// unplaced returns the targets of all votes that wait for their block.
func (c *Core) unplaced() []primitives.BlockID {
	var targets []primitives.BlockID
	for _, r := range c.live() {
		for p := range r.votes {
			if r.votes[p].unplaced == 0 {
				continue
			}
			for _, b := range r.votes[p].votes {
				if b.first != nil && b.first.at == nil {
					targets = append(targets, b.first.target)
				}
			}
		}
	}
	return targets
}
