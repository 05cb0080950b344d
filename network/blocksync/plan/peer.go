package plan

import (
	"cmp"
	"slices"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
)

const (
	// maxPeers bounds the peers remembered.
	maxPeers = 512
	// A peer that failed is left alone for firstPause, doubled with each failure in a
	// row up to lastPause.
	firstPause primitives.Millis = 1_000
	lastPause  primitives.Millis = 300_000
)

// peer is what is known of one peer.
type peer struct {
	id       protocol.PeerID
	claim    primitives.BlockID
	since    primitives.Millis // when it claimed that
	back     uint64            // how far before our best the next probe begins
	failures int               // in a row
	rest     primitives.Millis // not asked before
	request  uint64            // under way; 0: none
	last     uint64            // its latest request
	off      bool              // not on the chain being fetched
}

// failed leaves p alone for a while.
func (p *peer) failed(now primitives.Millis) {
	pause := lastPause
	if p.failures < 9 {
		pause = min(lastPause, firstPause<<p.failures)
	}
	p.failures++
	p.rest = now + pause
}

// claim notes what id claims. The highest claim stands, but a peer that did not
// deliver may correct itself.
func (c *Core) claim(id protocol.PeerID, best primitives.BlockID) {
	p := c.peers[id]
	if p == nil {
		if len(c.peers) >= maxPeers && !c.evict() {
			return
		}
		p = &peer{id: id}
		c.peers[id] = p
	}
	if best == p.claim || best.Number < p.claim.Number && p.failures == 0 {
		return
	}
	p.claim, p.since = best, c.now
}

// evict forgets a peer that nothing is asked of: one that has nothing for us if
// there is one, and among equals the one that was asked least recently. false if
// all are being asked.
func (c *Core) evict() bool {
	var victim *peer
	for _, p := range c.peers {
		if p.request == 0 && (victim == nil || c.lesser(p, victim) < 0) {
			victim = p
		}
	}
	if victim == nil {
		return false
	}
	delete(c.peers, victim.id)
	return true
}

func (c *Core) lesser(a, b *peer) int {
	if wa, wb := c.wanted(a), c.wanted(b); wa != wb {
		if wb {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.id, b.id))
}

// wanted says whether p claims a block that we lack.
func (c *Core) wanted(p *peer) bool {
	return p.claim.Number > c.head.Finalized.Number && !c.known(p.claim.Hash)
}

// patient says when the claim of p is worth a request: at once if we are far
// behind, else only if gossip does not bring the block soon.
func (c *Core) patient(p *peer) primitives.Millis {
	if p.claim.Number > c.head.Best.Number+2 {
		return p.since
	}
	return p.since + c.params.Patience
}

// idle returns the peers that may be asked now, the most promising first: fewest
// failures, then the longest not asked.
func (c *Core) idle() []*peer {
	var out []*peer
	for _, p := range c.peers {
		if p.request == 0 && p.rest <= c.now && c.patient(p) <= c.now && c.wanted(p) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b *peer) int {
		return cmp.Or(cmp.Compare(a.failures, b.failures), cmp.Compare(a.last, b.last), cmp.Compare(a.id, b.id))
	})
	return out
}
