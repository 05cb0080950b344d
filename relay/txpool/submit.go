package txpool

import "github.com/rampart-chain/rampart/relay/primitives"

// submit takes an extrinsic of a user.
func (c *Core) submit(e Submit) {
	hash, err := c.size(e.Extrinsic)
	if err == nil && e.Watch {
		err = c.watches.room(hash, e.Request, c.params.MaxWatchers)
	}
	if err != nil {
		c.emit(Refused{e.Request, hash, err})
		return
	}
	w := waiter{request: e.Request, watch: e.Watch}
	p, included := c.view.where[hash]
	t := c.pool[hash]
	switch {
	case included && e.Watch:
		c.emit(Accepted{e.Request, hash})
		c.watchIncluded(hash, p, e.Request)
	case t != nil && t.place == nowhere:
		c.wait(t, w)
	case t != nil && e.Watch:
		c.emit(Accepted{e.Request, hash})
		c.watches.add(hash, e.Request)
		c.tell([]RequestID{e.Request}, hash, t.status())
		c.adopt(t)
	case included || t != nil:
		c.emit(Refused{e.Request, hash, ErrAlreadyImported})
	case c.bans.has(hash, c.now):
		c.emit(Refused{e.Request, hash, ErrBanned})
	case c.validating.Count >= maxValidating || c.validating.Bytes+len(e.Extrinsic) > maxValidatingBytes:
		c.emit(Refused{e.Request, hash, ErrBusy})
	default:
		t := c.add(hash, e.Extrinsic, origin{source: Local, local: true})
		t.waiters = append(t.waiters, w)
		c.validate(t)
	}
}

// heard takes an extrinsic of a peer.
func (c *Core) heard(e Heard) {
	hash, err := c.size(e.Extrinsic)
	if err != nil {
		c.emit(Judged{e.From, hash, Reject, err})
		return
	}
	ignore := func(reason Reason) { c.emit(Judged{e.From, hash, Ignore, reason}) }
	_, included := c.view.where[hash]
	t := c.pool[hash]
	p := c.peers[e.From]
	switch {
	case t != nil && t.place == nowhere:
		c.wait(t, waiter{peer: e.From, gossip: true})
	case t != nil || included:
		ignore(ErrAlreadyImported)
	case c.bans.has(hash, c.now):
		ignore(ErrBanned)
	case p != nil && (p.validating >= maxValidatingPeer || p.validatingBytes+len(e.Extrinsic) > max(maxValidatingBytes/4, c.params.MaxSize)):
		ignore(ErrPeerShare)
	case c.validating.Count >= maxValidating || c.validating.Bytes+len(e.Extrinsic) > maxValidatingBytes:
		ignore(ErrBusy)
	default:
		if p == nil {
			p = newPeerAccount(e.From)
			c.peers[e.From] = p
		}
		t := c.add(hash, e.Extrinsic, origin{source: External, peer: p})
		t.waiters = append(t.waiters, waiter{peer: e.From, gossip: true})
		c.validate(t)
	}
}

// size returns the hash of an extrinsic, or ErrSize.
func (c *Core) size(x primitives.Extrinsic) (primitives.Hash, error) {
	if len(x) == 0 || len(x) > c.params.MaxSize {
		return primitives.Hash{}, ErrSize
	}
	return Hash(x), nil
}

// add puts an extrinsic into the pool, to be validated.
func (c *Core) add(hash primitives.Hash, x primitives.Extrinsic, o origin) *transaction {
	t := &transaction{hash: hash, extrinsic: x, origin: o}
	c.pool[hash] = t
	c.account(t, 1)
	return t
}

// account counts t, which awaits its first validity.
func (c *Core) account(t *transaction, sign int) {
	c.validating.Count += sign
	c.validating.Bytes += sign * len(t.extrinsic)
	if t.peer != nil {
		t.peer.validating += sign
		t.peer.validatingBytes += sign * len(t.extrinsic)
	}
}

// wait has one more await the first validity of t.
func (c *Core) wait(t *transaction, w waiter) {
	switch {
	case len(t.waiters) < maxWaiters:
		t.waiters = append(t.waiters, w)
		t.local = t.local || !w.gossip
	case w.gossip:
		c.emit(Judged{w.peer, t.hash, Ignore, ErrAlreadyImported})
	default:
		c.emit(Refused{w.request, t.hash, ErrBusy})
	}
}

// adopt makes t, a transaction of the graph, one of this node.
func (c *Core) adopt(t *transaction) {
	if t.local {
		return
	}
	t.local = true
	if t.place == ready {
		c.graph.ready.fix(t)
	} else {
		c.graph.future.fix(t)
	}
	if p := t.peer; p != nil {
		if t.place == ready {
			p.ready.fix(t)
		} else {
			p.future.fix(t)
		}
	}
	if t.sent {
		c.enqueue(t)
	}
}

// validate asks for the validity of t on the best block.
func (c *Core) validate(t *transaction) {
	t.asked, t.askedAt = true, c.view.best
	c.emit(Validate{t.hash, t.extrinsic, c.view.best, t.source})
}

// respond answers all that await the first validity of t with a refusal.
func (c *Core) respond(t *transaction, reason error, j Judgment) {
	for _, w := range t.waiters {
		if w.gossip {
			c.emit(Judged{w.peer, t.hash, j, reason})
		} else {
			c.emit(Refused{w.request, t.hash, reason})
		}
	}
	t.waiters = nil
}

// answerIncluded answers all that await the first validity of t, which is in a
// block now.
func (c *Core) answerIncluded(t *transaction) {
	for _, w := range t.waiters {
		if w.gossip {
			c.emit(Judged{w.peer, t.hash, Ignore, ErrAlreadyImported})
		} else {
			c.accept(t, w)
		}
	}
	t.waiters = nil
}

// accept answers a request, and has it watch.
func (c *Core) accept(t *transaction, w waiter) {
	if w.watch {
		if err := c.watches.room(t.hash, w.request, c.params.MaxWatchers); err != nil {
			c.emit(Refused{w.request, t.hash, err})
			return
		}
		c.watches.add(t.hash, w.request)
	}
	c.emit(Accepted{w.request, t.hash})
}

// accepted answers all that awaited t, which is in the graph now.
func (c *Core) accepted(t *transaction) {
	for _, w := range t.waiters {
		switch {
		case !w.gossip:
			c.accept(t, w)
		case !t.valid.Propagate:
			c.emit(Judged{w.peer, t.hash, Ignore, ErrNoPropagation})
		case t.place == future:
			c.emit(Judged{w.peer, t.hash, Ignore, ErrWaiting})
		default:
			c.emit(Judged{w.peer, t.hash, Accept, nil})
			t.sent, t.sentAt = true, c.now
			if t.local {
				c.enqueue(t)
			}
		}
	}
	t.waiters = nil
}
