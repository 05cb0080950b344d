package engine

import "github.com/rampart-chain/rampart/relay/primitives"

// event is something that happens at a time: to a node, or an action.
type event struct {
	at     primitives.Millis
	serial uint64
	to     NodeID
	life   uint64 // 0: any
	input  Input
	action func()
}

func (a *event) before(b *event) bool {
	return a.at < b.at || a.at == b.at && a.serial < b.serial
}

// queue is a heap of events, the first one at index 0. Each has four children:
// events are large, and a flat heap moves fewer of them.
type queue []*event

func (q *queue) push(ev *event) {
	*q = append(*q, ev)
	h := *q
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !ev.before(h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = ev
}

func (q *queue) pop() *event {
	h := *q
	first, last := h[0], h[len(h)-1]
	h[len(h)-1] = nil
	h = h[:len(h)-1]
	*q = h
	i := 0
	for child := 1; child < len(h); child = 4*i + 1 {
		least := child
		for other := child + 1; other < min(child+4, len(h)); other++ {
			if h[other].before(h[least]) {
				least = other
			}
		}
		if !h[least].before(last) {
			break
		}
		h[i] = h[least]
		i = least
	}
	if len(h) > 0 {
		h[i] = last
	}
	return first
}
