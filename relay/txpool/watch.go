package txpool

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// watch is the watchers of a transaction. in is the block of the view it is in.
type watch struct {
	watchers []RequestID
	in       *entered
}

// watches are all watchers: of transactions, and what each watches.
type watches struct {
	of map[primitives.Hash]*watch
	by map[RequestID]primitives.Hash
}

func newWatches() watches {
	return watches{map[primitives.Hash]*watch{}, map[RequestID]primitives.Hash{}}
}

// room returns ErrWatchers if there are too many, or if id watches already.
func (w *watches) room(hash primitives.Hash, id RequestID, limit int) error {
	_, used := w.by[id]
	of := w.of[hash]
	if used || len(w.by) >= limit || of != nil && len(of.watchers) >= maxPerTransaction {
		return ErrWatchers
	}
	return nil
}

// add has id watch hash.
func (w *watches) add(hash primitives.Hash, id RequestID) *watch {
	of := w.of[hash]
	if of == nil {
		of = &watch{}
		w.of[hash] = of
	}
	of.watchers = append(of.watchers, id)
	w.by[id] = hash
	return of
}

// end forgets a watcher.
func (w *watches) end(id RequestID) {
	hash, ok := w.by[id]
	if !ok {
		return
	}
	delete(w.by, id)
	of := w.of[hash]
	of.watchers = slices.DeleteFunc(of.watchers, func(other RequestID) bool { return other == id })
	if len(of.watchers) == 0 {
		delete(w.of, hash)
	}
}

// tell emits a status for some watchers.
func (c *Core) tell(watchers []RequestID, hash primitives.Hash, s Status) {
	c.emit(Notify{slices.Clone(watchers), hash, s})
}

// notify emits a status for all watchers of a transaction, and forgets them if it
// is the last.
func (c *Core) notify(hash primitives.Hash, s Status) {
	w := c.watches.of[hash]
	if w == nil {
		return
	}
	c.tell(w.watchers, hash, s)
	if !s.Final() {
		return
	}
	for _, id := range w.watchers {
		delete(c.watches.by, id)
	}
	delete(c.watches.of, hash)
}

// watchIncluded has id watch a transaction that is in a block.
func (c *Core) watchIncluded(hash primitives.Hash, p position, id RequestID) {
	status := Status{Kind: StatusInBlock, Block: p.block.id, Index: p.index}
	if !p.block.final {
		c.watches.add(hash, id).in = p.block
		c.tell([]RequestID{id}, hash, status)
		return
	}
	c.tell([]RequestID{id}, hash, status)
	status.Kind = StatusFinalized
	c.tell([]RequestID{id}, hash, status)
}

// bans are the transactions that are not looked at, by the time until which;
// order is that of the bans, some of which were renewed since.
type bans struct {
	until map[primitives.Hash]primitives.Millis
	order []ban
}

type ban struct {
	hash  primitives.Hash
	until primitives.Millis
}

// add bans hash until time has passed. The oldest ban gives way to the newest.
func (b *bans) add(hash primitives.Hash, now, time primitives.Millis) {
	b.until[hash] = now + time
	b.order = append(b.order, ban{hash, now + time})
	for len(b.order) > 0 && (b.order[0].until <= now || len(b.order) > maxBans) {
		if first := b.order[0]; b.until[first.hash] == first.until {
			delete(b.until, first.hash)
		}
		b.order = b.order[1:]
	}
}

// has reports whether hash is banned at now.
func (b *bans) has(hash primitives.Hash, now primitives.Millis) bool {
	until, ok := b.until[hash]
	return ok && now < until
}
