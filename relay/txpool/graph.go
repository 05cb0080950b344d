package txpool

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// graph is the transactions with a validity, ready and future ones, and the tags
// between them. A ready transaction never comes to depend on itself: it becomes
// ready only after all it needs.
type graph struct {
	ready, future queue
	age, death    queue
	provider      map[Tag]*transaction
	requirers     map[Tag]map[*transaction]struct{}
	// included is the number of the last block of the view that provided a tag.
	included map[Tag]primitives.BlockNumber
	// dirty are tags of which something changed; moved are the transactions
	// whose place changed since the last flush, in that order, and crowded the
	// peers that have more than before.
	dirty    []Tag
	moved    []*transaction
	crowded  []*peerAccount
	sequence uint64
}

func newGraph() graph {
	return graph{
		ready: queue{slot: slotPool, less: worse}, future: queue{slot: slotPool, less: worse},
		age: queue{slot: slotAge, less: older}, death: queue{slot: slotDeath, less: diesFirst},
		provider: map[Tag]*transaction{}, requirers: map[Tag]map[*transaction]struct{}{},
		included: map[Tag]primitives.BlockNumber{},
	}
}

// provided reports whether what t needs of tag is there: from a ready
// transaction, or from a block after the one that t was validated at.
func (g *graph) provided(t *transaction, tag Tag) bool {
	if p := g.provider[tag]; p != nil && p.place == ready {
		return true
	}
	number, ok := g.included[tag]
	return ok && number > t.block.Number
}

// link enters t with its validity, after everything that conflicts with it was
// removed. settle must follow.
func (g *graph) link(t *transaction) {
	if t.sequence == 0 {
		g.sequence++
		t.sequence = g.sequence
	}
	t.needs, t.missing = t.needs[:0], 0
	for _, tag := range t.valid.Requires {
		if g.requirers[tag] == nil {
			g.requirers[tag] = map[*transaction]struct{}{}
		}
		g.requirers[tag][t] = struct{}{}
		met := g.provided(t, tag)
		t.needs = append(t.needs, need{tag, met})
		if !met {
			t.missing++
		}
	}
	for _, tag := range t.valid.Provides {
		g.provider[tag] = t
	}
	g.dirty = append(g.dirty, t.valid.Provides...)
	g.age.add(t)
	g.death.add(t)
	to := future
	if t.missing == 0 {
		to = ready
	}
	g.move(t, to)
}

// unlink takes t out. settle must follow, unless what it provided is provided
// otherwise before.
func (g *graph) unlink(t *transaction) {
	for _, n := range t.needs {
		g.forget(t, n.tag)
	}
	for _, tag := range t.valid.Provides {
		if g.provider[tag] == t {
			delete(g.provider, tag)
		}
	}
	g.dirty = append(g.dirty, t.valid.Provides...)
	g.age.remove(t)
	g.death.remove(t)
	g.move(t, nowhere)
	t.needs, t.missing = nil, 0
}

// forget ends that t requires tag.
func (g *graph) forget(t *transaction, tag Tag) {
	delete(g.requirers[tag], t)
	if len(g.requirers[tag]) == 0 {
		delete(g.requirers, tag)
	}
}

// move puts t into the queues of another place.
func (g *graph) move(t *transaction, to place) {
	switch t.place {
	case ready:
		g.ready.remove(t)
		if t.peer != nil {
			t.peer.ready.remove(t)
		}
	case future:
		g.future.remove(t)
		if t.peer != nil {
			t.peer.future.remove(t)
		}
	}
	t.place = to
	switch to {
	case ready:
		g.ready.add(t)
		if t.peer != nil {
			t.peer.ready.add(t)
		}
	case future:
		g.future.add(t)
		if t.peer != nil {
			t.peer.future.add(t)
		}
	}
	if t.peer != nil && to != nowhere {
		g.crowded = append(g.crowded, t.peer)
	}
	if !t.touched {
		t.touched = true
		g.moved = append(g.moved, t)
	}
}

// settle makes every transaction ready whose needs are met and no other.
func (g *graph) settle() {
	for len(g.dirty) > 0 {
		tag := g.dirty[0]
		g.dirty = g.dirty[1:]
		for _, t := range g.requiring(tag) {
			g.recheck(t, tag)
		}
	}
	g.dirty = nil
}

// requiring returns who requires tag, in the order of entry.
func (g *graph) requiring(tag Tag) []*transaction {
	if len(g.requirers[tag]) == 0 {
		return nil
	}
	out := make([]*transaction, 0, len(g.requirers[tag]))
	for t := range g.requirers[tag] {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b *transaction) int {
		if a.sequence < b.sequence {
			return -1
		}
		return 1
	})
	return out
}

// recheck brings what t has of tag up to date, and t to where it belongs.
func (g *graph) recheck(t *transaction, tag Tag) {
	i := slices.IndexFunc(t.needs, func(n need) bool { return n.tag == tag })
	met := g.provided(t, tag)
	if met == t.needs[i].met {
		return
	}
	t.needs[i].met = met
	if met {
		t.missing--
	} else {
		t.missing++
	}
	to := future
	if t.missing == 0 {
		to = ready
	}
	if to != t.place {
		g.move(t, to)
		g.dirty = append(g.dirty, t.valid.Provides...)
	}
}

// settled ends that t requires tag: a block that will stay provided it.
func (g *graph) settled(t *transaction, tag Tag) {
	i := slices.IndexFunc(t.needs, func(n need) bool { return n.tag == tag })
	t.needs = slices.Delete(t.needs, i, i+1)
	g.forget(t, tag)
}

// inherits reports whether t can take the place of old without touching what
// depends on old: it provides all that old does, and needs nothing of the pool
// that old did not need.
func (g *graph) inherits(t, old *transaction) bool {
	for _, tag := range old.valid.Provides {
		if !slices.Contains(t.valid.Provides, tag) {
			return false
		}
	}
	for _, tag := range t.valid.Requires {
		number, ok := g.included[tag]
		if !(ok && number > t.block.Number) && !slices.ContainsFunc(old.needs, func(n need) bool { return n.tag == tag }) {
			return false
		}
	}
	return true
}
