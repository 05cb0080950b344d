package engine

import "github.com/rampart-chain/rampart/relay/primitives"

// network is the state of all links.
type network struct {
	latency [][]primitives.Millis // by pair, symmetric
	cut     [][]bool              // by sender, receiver
	jitter  primitives.Millis
}

func newNetwork(c Config, random *Rand) network {
	n := network{jitter: c.Jitter}
	for a := range c.Nodes {
		n.latency = append(n.latency, make([]primitives.Millis, c.Nodes))
		n.cut = append(n.cut, make([]bool, c.Nodes))
		for b := range a {
			spread := uint64(c.MaxLatency - c.MinLatency + 1)
			n.latency[a][b] = c.MinLatency + primitives.Millis(random.Below(spread))
			n.latency[b][a] = n.latency[a][b]
		}
	}
	return n
}

func (n *network) open(from, to NodeID) bool { return !n.cut[from][to] }

func (n *network) delay(from, to NodeID, random *Rand) primitives.Millis {
	return n.latency[from][to] + primitives.Millis(random.Below(uint64(n.jitter+1)))
}

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
	for a := range e.procs {
		for b := range a {
			if e.links.cut[a][b] || e.links.cut[b][a] {
				e.links.cut[a][b], e.links.cut[b][a] = false, false
				e.connect(NodeID(a), NodeID(b))
			}
		}
	}
}

// seenCache remembers messages for a time.
type seenCache struct {
	known map[primitives.Hash]struct{}
	order []seenEntry
}

type seenEntry struct {
	id primitives.Hash
	at primitives.Millis
}

// add remembers a message, and reports whether it was not remembered yet.
func (s *seenCache) add(topic string, data []byte, now, keep primitives.Millis) bool {
	if s.known == nil {
		s.known = map[primitives.Hash]struct{}{}
	}
	for len(s.order) > 0 && s.order[0].at+keep <= now {
		delete(s.known, s.order[0].id)
		s.order = s.order[1:]
	}
	id := primitives.Blake2b256(append([]byte(topic+"\x00"), data...))
	if _, ok := s.known[id]; ok {
		return false
	}
	s.known[id] = struct{}{}
	s.order = append(s.order, seenEntry{id, now})
	return true
}
