package txpool

import (
	"fmt"
	"slices"
)

// check returns which invariant of c is broken.
func check(c *Core) error {
	g := &c.graph
	if len(g.dirty) != 0 || len(g.moved) != 0 || len(c.out) != 0 {
		return fmt.Errorf("step left %d dirty tags, %d moved transactions, %d effects", len(g.dirty), len(g.moved), len(c.out))
	}
	provider := map[Tag]*transaction{}
	counts := Counts{Watchers: len(c.watches.by), Banned: len(c.bans.until)}
	for hash, t := range c.pool {
		if t.hash != hash || Hash(t.extrinsic) != hash {
			return fmt.Errorf("transaction %s under another hash", hash.Short())
		}
		if _, ok := c.view.where[hash]; ok {
			return fmt.Errorf("transaction %q is in the pool and in a block", t.extrinsic)
		}
		if t.peer != nil && c.peers[t.peer.name] != t.peer {
			return fmt.Errorf("transaction %q is of a forgotten peer", t.extrinsic)
		}
		if t.queued && c.gossip.items[t.at[slotSent]] != t {
			return fmt.Errorf("transaction %q is not where it is queued", t.extrinsic)
		}
		if t.place == nowhere {
			counts.Validating++
			counts.ValidatingBytes += len(t.extrinsic)
			if !t.asked {
				return fmt.Errorf("transaction %q awaits nothing", t.extrinsic)
			}
			continue
		}
		if len(t.waiters) != 0 {
			return fmt.Errorf("transaction %q has %d waiters left", t.extrinsic, len(t.waiters))
		}
		if t.place == ready {
			counts.Ready++
			counts.ReadyBytes += len(t.extrinsic)
		} else {
			counts.Future++
			counts.FutureBytes += len(t.extrinsic)
		}
		for _, tag := range t.valid.Provides {
			if provider[tag] != nil || g.provider[tag] != t {
				return fmt.Errorf("tag %q is provided twice", tag)
			}
			provider[tag] = t
		}
		if err := checkNeeds(c, t); err != nil {
			return err
		}
	}
	if len(provider) != len(g.provider) {
		return fmt.Errorf("%d tags provided, %d known", len(provider), len(g.provider))
	}
	if got := c.Counts(); got != counts {
		return fmt.Errorf("counts %+v, want %+v", got, counts)
	}
	if err := checkBounds(c); err != nil {
		return err
	}
	return checkOrder(c)
}

// checkNeeds: a transaction is ready if and only if all it needs is there.
func checkNeeds(c *Core, t *transaction) error {
	missing := 0
	for _, n := range t.needs {
		if !slices.Contains(t.valid.Requires, n.tag) {
			return fmt.Errorf("%q needs %q, which it does not require", t.extrinsic, n.tag)
		}
		if _, ok := c.graph.requirers[n.tag][t]; !ok {
			return fmt.Errorf("%q needs %q and is not known to", t.extrinsic, n.tag)
		}
		if n.met != c.graph.provided(t, n.tag) {
			return fmt.Errorf("%q: need of %q is %t", t.extrinsic, n.tag, n.met)
		}
		if !n.met {
			missing++
		}
	}
	if missing != t.missing || (missing == 0) != (t.place == ready) {
		return fmt.Errorf("%q is in place %d, lacks %d, counted %d", t.extrinsic, t.place, missing, t.missing)
	}
	return nil
}

func checkBounds(c *Core) error {
	n, p := c.Counts(), c.params
	switch {
	case p.Ready.exceeded(n.Ready, n.ReadyBytes), p.Future.exceeded(n.Future, n.FutureBytes):
		return fmt.Errorf("limits exceeded: %+v", n)
	case n.Watchers > p.MaxWatchers, n.Banned > maxBans, len(c.view.blocks) > maxView, c.view.finals > maxFinalKept:
		return fmt.Errorf("bounds exceeded: %+v", n)
	case c.graph.age.Len() != n.Ready+n.Future, c.graph.death.Len() != n.Ready+n.Future:
		return fmt.Errorf("queues of %d and %d, want %d", c.graph.age.Len(), c.graph.death.Len(), n.Ready+n.Future)
	}
	for name, peer := range c.peers {
		if peer.empty() || peer.name != name {
			return fmt.Errorf("peer %s has nothing", name)
		}
		if p.Ready.share(readyShare, p.MaxSize).exceeded(peer.ready.Len(), peer.ready.bytes) ||
			p.Future.share(futureShare, p.MaxSize).exceeded(peer.future.Len(), peer.future.bytes) {
			return fmt.Errorf("peer %s has more than its share", name)
		}
	}
	for _, t := range c.gossip.items {
		if c.pool[t.hash] != t || !t.queued {
			return fmt.Errorf("transaction %q is to be gossiped and not in the pool", t.extrinsic)
		}
	}
	for tag, requirers := range c.graph.requirers {
		for t := range requirers {
			if !slices.ContainsFunc(t.needs, func(n need) bool { return n.tag == tag }) {
				return fmt.Errorf("%q is known to need %q and does not", t.extrinsic, tag)
			}
		}
	}
	watchers := 0
	for _, w := range c.watches.of {
		watchers += len(w.watchers)
		if len(w.watchers) == 0 {
			return fmt.Errorf("a transaction is watched by nobody")
		}
	}
	if watchers != n.Watchers {
		return fmt.Errorf("%d watchers, %d known", watchers, n.Watchers)
	}
	return nil
}

// checkOrder: an author gets every ready transaction, each after what it needs.
func checkOrder(c *Core) error {
	returned := map[Tag]bool{}
	n := 0
	for r := c.Ready(); ; n++ {
		x, ok := r.Next()
		if !ok {
			break
		}
		t := c.pool[x.Hash]
		for _, need := range t.needs {
			if c.graph.provider[need.tag] != nil && !returned[need.tag] {
				return fmt.Errorf("%q came before %q was provided", t.extrinsic, need.tag)
			}
		}
		for _, tag := range t.valid.Provides {
			returned[tag] = true
		}
	}
	if n != c.graph.ready.Len() {
		return fmt.Errorf("author gets %d of %d ready transactions", n, c.graph.ready.Len())
	}
	return nil
}
