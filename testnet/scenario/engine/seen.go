package engine

import "github.com/rampart-chain/rampart/relay/primitives"

// seen remembers for each node which gossip it has, for a time.
type seen struct {
	keep  primitives.Millis
	nodes int
	known map[uint64]sighting // by message
	// order has every known message once, those to be looked at first in front.
	order []looked
}

// sighting is when each node saw a message, plus 1; 0 if it did not.
type sighting []primitives.Millis

type looked struct {
	id uint64
	at primitives.Millis
}

func newSeen(nodes int, keep primitives.Millis) seen {
	return seen{keep: keep, nodes: nodes, known: map[uint64]sighting{}}
}

// of returns who saw a message; nil for nobody.
func (s *seen) of(id uint64) sighting { return s.known[id] }

// by reports whether a node that saw a message remembers it.
func (s sighting) by(node NodeID, now, keep primitives.Millis) bool {
	return s != nil && s[node] != 0 && s[node]-1+keep > now
}

// add remembers a message for a node, and reports whether it did not yet.
func (s *seen) add(node NodeID, id uint64, now primitives.Millis) bool {
	who, ok := s.known[id]
	if !ok {
		s.clean(now)
		who = make(sighting, s.nodes)
		s.known[id] = who
		s.order = append(s.order, looked{id, now})
	}
	if who.by(node, now, s.keep) {
		return false
	}
	who[node] = now + 1
	return true
}

// clean forgets messages that no node remembers any more.
func (s *seen) clean(now primitives.Millis) {
	for len(s.order) > 0 && s.order[0].at+s.keep <= now {
		id := s.order[0].id
		s.order = s.order[1:]
		who, held := s.known[id], false
		for node := range who {
			held = held || who.by(NodeID(node), now, s.keep)
		}
		if held {
			s.order = append(s.order, looked{id, now})
		} else {
			delete(s.known, id)
		}
	}
}

// forget takes from a node what it remembers.
func (s *seen) forget(node NodeID) {
	for _, who := range s.known {
		who[node] = 0
	}
}
