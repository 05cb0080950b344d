package txpool

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Core is the transaction pool of one node. It has one owner.
type Core struct {
	params Params
	now    primitives.Millis
	// pool are all transactions: those of graph, and those that await their
	// first validity.
	pool       map[primitives.Hash]*transaction
	validating Limit // what awaits it now
	graph      graph
	peers      map[Peer]*peerAccount
	view       view
	watches    watches
	bans       bans
	returns    returns
	// reorganized says that blocks were left in this Step.
	reorganized bool
	gossip      queue // transactions of this node, to be gossiped again
	repeats     repeats
	out         []Effect
}

// New returns an empty pool on the chain whose best block is best.
func New(p Params, best primitives.BlockID) *Core {
	return &Core{
		params: p.withDefaults(), pool: map[primitives.Hash]*transaction{}, graph: newGraph(),
		peers: map[Peer]*peerAccount{}, view: newView(best), watches: newWatches(),
		bans: bans{until: map[primitives.Hash]primitives.Millis{}}, gossip: queue{slot: slotSent, less: sentFirst},
		returns: returns{extrinsics: map[primitives.Hash]primitives.Extrinsic{}},
		repeats: repeats{of: map[RequestID]repeat{}},
	}
}

// Step takes an event at the time now, which never decreases, and returns what
// is to be done, in order.
func (c *Core) Step(now primitives.Millis, ev Event) []Effect {
	c.now = max(c.now, now)
	switch e := ev.(type) {
	case Submit:
		c.submit(e)
	case Heard:
		c.heard(e)
	case Validated:
		c.validated(e)
	case NewBest:
		c.newBest(e)
	case Finalized:
		c.finalized(e.Blocks)
	case Sent:
		c.sent(e)
	case Unfit:
		c.unfit(e.Hashes)
	case Unwatch:
		c.watches.end(e.Watcher)
	case Repeat:
		c.repeat(e)
	case Stop:
		c.stop(e)
	case SummaryHeard:
		c.answer(e)
	case Wake:
	}
	c.flush()
	c.regossip()
	out := c.out
	c.out = nil
	return out
}

// Next returns when Step wants a Wake: when a transaction of this node is to be
// gossiped again.
func (c *Core) Next() (primitives.Millis, bool) {
	if c.gossip.Len() == 0 {
		return 0, false
	}
	return c.gossip.first().sentAt + c.params.Regossip, true
}

// Counts are how much of the pool is used.
type Counts struct {
	Ready, Future, Validating, Watchers, Banned int // transactions, watchers, transactions
	ReadyBytes, FutureBytes, ValidatingBytes    int // of extrinsics
}

// Counts returns how much of the pool is used.
func (c *Core) Counts() Counts {
	return Counts{
		Ready: c.graph.ready.Len(), ReadyBytes: c.graph.ready.bytes,
		Future: c.graph.future.Len(), FutureBytes: c.graph.future.bytes,
		Validating: c.validating.Count, ValidatingBytes: c.validating.Bytes,
		Watchers: len(c.watches.by), Banned: len(c.bans.until),
	}
}

// Best returns the best block as told by NewBest.
func (c *Core) Best() primitives.BlockID { return c.view.best }

// Extrinsic returns an extrinsic of the pool by its Hash.
func (c *Core) Extrinsic(hash primitives.Hash) (primitives.Extrinsic, bool) {
	t := c.pool[hash]
	if t == nil {
		return nil, false
	}
	return t.extrinsic, true
}

func (c *Core) emit(e Effect) { c.out = append(c.out, e) }

// newBest follows the best chain.
func (c *Core) newBest(e NewBest) {
	for _, b := range e.Retracted {
		c.retracted(b)
	}
	for _, b := range e.Enacted {
		c.enacted(b)
	}
	c.comeBack()
	c.expire()
	c.enforce()
	c.repeatAll()
	c.revalidate()
	c.reorganized = false
}

// expire removes what is valid no longer.
func (c *Core) expire() {
	for c.graph.death.Len() > 0 {
		t := c.graph.death.first()
		if t.till > uint64(c.view.best.Number) {
			break
		}
		c.bans.add(t.hash, c.now, c.params.BanTime)
		c.leave(t, Status{Kind: StatusInvalid, Reason: ErrStale})
		c.graph.settle()
	}
}

// revalidate asks for the validity of those longest not validated, first of
// those validated on blocks that were left.
func (c *Core) revalidate() {
	q := &c.graph.age
	if c.reorganized {
		for _, t := range q.items {
			t.doubted = t.doubted || !c.view.known(t.block)
		}
		q.reorder()
	}
	for n := min(q.Len()/revalidation+1, maxRevalidation, q.Len()); n > 0; n-- {
		t := q.first()
		if !t.doubted && t.checked >= c.view.best.Number {
			return
		}
		c.checkAgain(t)
	}
}

// checkAgain asks for the validity of a transaction of the graph.
func (c *Core) checkAgain(t *transaction) {
	t.doubted, t.checked = false, c.view.best.Number
	c.graph.age.fix(t)
	if !t.asked {
		c.validate(t)
	}
}

// unfit takes what an author says.
func (c *Core) unfit(hashes []primitives.Hash) {
	for _, hash := range hashes {
		t := c.pool[hash]
		if t == nil || t.place != ready {
			continue
		}
		if t.unfit && !t.asked {
			c.bans.add(t.hash, c.now, c.params.BanTime)
			c.leave(t, Status{Kind: StatusInvalid, Reason: ErrUnfit})
			c.graph.settle()
			continue
		}
		t.unfit = true
		c.checkAgain(t)
	}
	c.enforce()
}

// enforce drops the worst until all limits hold.
func (c *Core) enforce() {
	for c.params.Ready.exceeded(c.graph.ready.Len(), c.graph.ready.bytes) {
		c.evict(c.graph.ready.first(), ErrDropped)
	}
	for len(c.graph.crowded) > 0 {
		p := c.graph.crowded[0]
		c.graph.crowded = c.graph.crowded[1:]
		for c.params.Ready.share(readyShare, c.params.MaxSize).exceeded(p.ready.Len(), p.ready.bytes) {
			c.evict(p.ready.first(), ErrPeerShare)
		}
		for c.params.Future.share(futureShare, c.params.MaxSize).exceeded(p.future.Len(), p.future.bytes) {
			c.evict(p.future.first(), ErrPeerShare)
		}
	}
	c.graph.crowded = nil
	for c.params.Future.exceeded(c.graph.future.Len(), c.graph.future.bytes) {
		c.evict(c.graph.future.first(), ErrDropped)
	}
}

// evict drops t for want of room. It is banned unless only its peer has too
// much: another may have it.
func (c *Core) evict(t *transaction, reason Reason) {
	if reason == ErrDropped {
		c.bans.add(t.hash, c.now, c.params.BanTime)
	}
	c.leave(t, Status{Kind: StatusDropped, Reason: reason, Sent: t.sent})
	c.graph.settle()
}

// leave takes t out of the pool and tells its watchers, and those that await it,
// why. settle must follow.
func (c *Core) leave(t *transaction, s Status) {
	c.respond(t, s.Reason, Ignore)
	c.remove(t)
	c.notify(t.hash, s)
}

// remove takes t out of the pool. settle must follow.
func (c *Core) remove(t *transaction) {
	if t.place == nowhere {
		c.account(t, -1)
	} else {
		c.graph.unlink(t)
	}
	c.unqueue(t)
	delete(c.pool, t.hash)
	if t.peer != nil && t.peer.empty() {
		delete(c.peers, t.peer.name)
	}
}

// flush tells watchers the places of transactions that moved, and has gossiped
// those that became ready.
func (c *Core) flush() {
	for _, t := range c.graph.moved {
		t.touched = false
		if c.pool[t.hash] != t || t.place == t.shown {
			continue
		}
		t.shown = t.place
		c.notify(t.hash, t.status())
		if t.place == ready && !t.sent && t.valid.Propagate {
			c.broadcast(t)
		}
	}
	c.graph.moved = slices.Delete(c.graph.moved, 0, len(c.graph.moved))
}

// status returns the status of a transaction of the graph.
func (t *transaction) status() Status {
	if t.place == ready {
		return Status{Kind: StatusReady}
	}
	return Status{Kind: StatusFuture}
}
