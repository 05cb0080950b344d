package txpool

import (
	"encoding/binary"
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// broadcast has t gossiped, and if it is of this node again later.
func (c *Core) broadcast(t *transaction) {
	c.unqueue(t)
	t.sent, t.sentAt = true, c.now
	if t.local {
		c.enqueue(t)
	}
	c.emit(Broadcast{t.hash, t.extrinsic})
}

// enqueue has t gossiped again later.
func (c *Core) enqueue(t *transaction) {
	if !t.queued {
		t.queued = true
		c.gossip.add(t)
	}
}

func (c *Core) unqueue(t *transaction) {
	if t.queued {
		t.queued = false
		c.gossip.remove(t)
	}
}

// maxRegossip bounds what one Step gossips again.
const maxRegossip = 256

// regossip gossips again what was gossiped long enough ago.
func (c *Core) regossip() {
	for n := 0; n < maxRegossip && c.gossip.Len() > 0; n++ {
		t := c.gossip.first()
		if t.sentAt+c.params.Regossip > c.now {
			return
		}
		if t.place == ready && t.valid.Propagate {
			c.broadcast(t)
			continue
		}
		c.unqueue(t)
		t.sent = false // once it is ready again
	}
}

// sent tells watchers to whom a transaction was sent.
func (c *Core) sent(e Sent) {
	t := c.pool[e.Hash]
	if t == nil || t.shown != ready || len(e.Peers) == 0 {
		return
	}
	c.notify(e.Hash, Status{Kind: StatusBroadcast, Peers: slices.Clone(e.Peers[:min(len(e.Peers), maxNamedPeers)])})
}

// Summary is what a node has: for each ready transaction that may be sent on the
// first eight bytes of its hash, little-endian, in no order. Neighbors exchange
// summaries on connecting and once per slot, since gossip alone does not reach
// who comes late.
type Summary []uint64

// maxSummary bounds a Summary heard; sent to a peer that lacks more are at most
// maxMissing extrinsics of maxMissingBytes together.
const (
	maxSummary      = 1 << 15
	maxMissing      = 256
	maxMissingBytes = 1 << 20
)

// Summary returns what this node has.
func (c *Core) Summary() Summary {
	out := make(Summary, 0, c.graph.ready.Len())
	for _, t := range c.graph.ready.items {
		if t.valid.Propagate {
			out = append(out, short(t.hash))
		}
	}
	return out
}

func short(hash primitives.Hash) uint64 { return binary.LittleEndian.Uint64(hash[:]) }

// answer sends a peer the best of what it lacks.
func (c *Core) answer(e SummaryHeard) {
	if len(e.Summary) > maxSummary {
		return
	}
	has := make(map[uint64]struct{}, len(e.Summary))
	for _, id := range e.Summary {
		has[id] = struct{}{}
	}
	var out []primitives.Extrinsic
	bytes := 0
	for r := c.Ready(); len(out) < maxMissing; {
		t, ok := r.Next()
		if !ok {
			break
		}
		if _, ok := has[short(t.Hash)]; ok || !t.Propagate {
			continue
		}
		if bytes += len(t.Extrinsic); bytes > maxMissingBytes && len(out) > 0 {
			break
		}
		out = append(out, t.Extrinsic)
	}
	if len(out) > 0 {
		c.emit(SendTo{e.From, out})
	}
}
