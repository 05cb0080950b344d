package engine

import (
	"slices"

	"github.com/cespare/xxhash/v2"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Link says what happens to messages from one node to another. Chances are in
// millionths. The zero value is a good link.
type Link struct {
	Loss, Duplicate uint64
	// Late messages come up to LateBy milliseconds later, and so after others.
	Late   uint64
	LateBy primitives.Millis
}

// maxBacklog bounds what waits at a sender with limited bandwidth, in
// milliseconds of sending: more is dropped.
const maxBacklog = 30_000

// network is the state of all links.
type network struct {
	latency [][]primitives.Millis // by pair, symmetric
	cut     [][]bool              // by sender, receiver
	link    [][]Link              // by sender, receiver
	jitter  primitives.Millis
	random  Rand
	// rate is how many bytes a node sends per second, 0 for no limit, and free
	// when it has sent all, in microseconds.
	rate, free []uint64
	// flaps counts calls of Flap: a later one, or Heal, ends the one before.
	flaps int
}

func newNetwork(c Config, random Rand) network {
	n := network{jitter: c.Jitter, random: random, rate: make([]uint64, c.Nodes), free: make([]uint64, c.Nodes)}
	for a := range c.Nodes {
		n.latency = append(n.latency, make([]primitives.Millis, c.Nodes))
		n.cut = append(n.cut, make([]bool, c.Nodes))
		n.link = append(n.link, make([]Link, c.Nodes))
		for b := range c.Nodes {
			n.link[a][b] = Link{Loss: c.Loss, Duplicate: c.Duplicate}
		}
		for b := range a {
			spread := uint64(c.MaxLatency - c.MinLatency + 1)
			n.latency[a][b] = c.MinLatency + primitives.Millis(n.random.Below(spread))
			n.latency[b][a] = n.latency[a][b]
		}
	}
	return n
}

func (n *network) open(from, to NodeID) bool { return !n.cut[from][to] }

// delay draws how long a message is under way.
func (n *network) delay(from, to NodeID) primitives.Millis {
	d := n.latency[from][to]
	if n.jitter > 0 {
		d += primitives.Millis(n.random.Below(uint64(n.jitter + 1)))
	}
	if l := &n.link[from][to]; l.Late > 0 && n.random.Chance(l.Late) {
		d += primitives.Millis(n.random.Below(uint64(l.LateBy + 1)))
	}
	return d
}

// depart returns when a message of size bytes, ready at now, leaves its sender;
// ok is false if too much waits there.
func (n *network) depart(from NodeID, now primitives.Millis, size int) (at primitives.Millis, ok bool) {
	if n.rate[from] == 0 {
		return now, true
	}
	begin := max(uint64(now)*1000, n.free[from])
	if begin > uint64(now+maxBacklog)*1000 {
		return 0, false
	}
	n.free[from] = begin + uint64(size)*1_000_000/n.rate[from]
	return primitives.Millis(n.free[from] / 1000), true
}

// SetLinks makes all links the same.
func (e *Engine) SetLinks(l Link) {
	for id := range e.procs {
		e.SetNodeLinks(NodeID(id), l)
	}
}

// SetNodeLinks changes the links to and from a node.
func (e *Engine) SetNodeLinks(id NodeID, l Link) {
	for peer := range e.procs {
		e.links.link[id][peer], e.links.link[peer][id] = l, l
	}
}

// SetLink changes one link.
func (e *Engine) SetLink(from, to NodeID, l Link) { e.links.link[from][to] = l }

// SetBandwidth lets a node send so many bytes a second, 0 for no limit.
func (e *Engine) SetBandwidth(id NodeID, rate uint64) { e.links.rate[id] = rate }

// Cut lets nothing more pass from one node to another. What is under way
// arrives.
func (e *Engine) Cut(from, to NodeID) { e.links.cut[from][to] = true }

// Split cuts all links between different groups. Nodes of no group stay
// connected to all.
func (e *Engine) Split(groups ...[]NodeID) {
	for i, group := range groups {
		for j, other := range groups {
			for _, a := range group {
				for _, b := range other {
					if i != j {
						e.Cut(a, b)
					}
				}
			}
		}
	}
}

// Heal opens all links; nodes that were apart connect again within 3 s.
func (e *Engine) Heal() {
	e.links.flaps++
	e.open()
}

func (e *Engine) open() {
	for a := range e.procs {
		for b := range a {
			if e.links.cut[a][b] || e.links.cut[b][a] {
				e.links.cut[a][b], e.links.cut[b][a] = false, false
				e.connect(NodeID(a), NodeID(b))
			}
		}
	}
}

// Parted reports whether a link is cut.
func (e *Engine) Parted() bool {
	for _, from := range e.links.cut {
		if slices.Contains(from, true) {
			return true
		}
	}
	return false
}

// Flap splits the nodes into two random groups, other ones every shortest to
// longest milliseconds, until Heal. Told is given the larger group.
func (e *Engine) Flap(shortest, longest primitives.Millis, told func(larger []NodeID)) {
	e.links.flaps++
	e.flap(e.links.flaps, shortest, longest, told)
}

func (e *Engine) flap(serial int, shortest, longest primitives.Millis, told func([]NodeID)) {
	if serial != e.links.flaps {
		return
	}
	e.open()
	all := e.random.Shuffled(len(e.procs))
	at := len(all)/2 + int(e.random.Below(uint64(len(all)-len(all)/2))) // at least half
	e.Split(all[:at], all[at:])
	told(all[:at])
	again := shortest + primitives.Millis(e.random.Below(uint64(longest-shortest+1)))
	e.At(e.now+again, func() { e.flap(serial, shortest, longest, told) })
}

// contentID stands for topic and data of a message.
func contentID(topic string, data []byte) uint64 {
	return xxhash.Sum64(data) ^ xxhash.Sum64String(topic)*0x9e3779b97f4a7c15
}
