package collation

import (
	"slices"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// offered takes in an offer.
func (c *Core) offered(ev Offered) (protocol.Verdict, error) {
	o := ev.Offer
	leaf := c.chains.LeafWith(o.RelayParent)
	if leaf == nil {
		return protocol.Ignore, ErrRelayParent
	}
	if _, ok := leaf.Own(c.params.Keys); !ok {
		return protocol.Ignore, ErrNotValidator
	}
	s := c.slot(o.RelayParent, o.Para)
	switch {
	case s == nil:
		return protocol.Reject, ErrNotAssigned
	case s.capacity == 0:
		return protocol.Ignore, ErrBeforeStart
	}
	made := 0
	for _, other := range s.all() {
		if other.from != ev.From {
			continue
		}
		if other.Candidate == o.Candidate {
			return protocol.Ignore, ErrDuplicate
		}
		made++
	}
	if made >= s.capacity {
		return protocol.Reject, ErrTooMany
	}
	c.serial++
	entry := &offer{Offer: o, from: ev.From, serial: c.serial}
	if len(s.waiting) >= maxOffers {
		worst := s.waiting[0]
		for _, w := range s.waiting {
			if c.better(worst, w) {
				worst = w
			}
		}
		if !c.better(entry, worst) {
			return protocol.Ignore, ErrFull
		}
		s.waiting = slices.DeleteFunc(s.waiting, func(w *offer) bool { return w == worst })
	}
	s.waiting = append(s.waiting, entry)
	c.peers[ev.From] = c.peer(ev.From)
	return protocol.Accept, nil
}

// hold keeps an offer whose relay parent may be a block that is still to come. It
// reports whether there was room.
func (c *Core) hold(ev Offered) bool {
	ofPeer := 0
	for _, e := range c.early {
		if e.From == ev.From {
			ofPeer++
		}
	}
	if ofPeer >= maxEarlyOfPeer || len(c.early) >= maxEarly || slices.Contains(c.early, ev) {
		return false
	}
	c.early = append(c.early, ev)
	return true
}

// offerAgain takes in the offers that waited for a leaf. Those that it does not
// allow wait no longer.
func (c *Core) offerAgain() {
	early := c.early
	c.early = nil
	for _, ev := range early {
		if judgment, err := c.offered(ev); judgment == protocol.Reject {
			c.emit(Report{Peer: ev.From, Reason: err})
		}
	}
}

// all returns the offers of a slot, whatever became of them.
func (s *slot) all() []*offer {
	all := slices.Concat(s.waiting, s.late, s.taken)
	if s.fetching != nil {
		all = append(all, s.fetching)
	}
	return all
}

// disconnected forgets a peer. What it delivered stays.
func (c *Core) disconnected(id protocol.PeerID) {
	gone := func(o *offer) bool { return o.from == id }
	c.early = slices.DeleteFunc(c.early, func(e Offered) bool { return e.From == id })
	for _, s := range c.slots {
		s.waiting = slices.DeleteFunc(s.waiting, gone)
		s.late = slices.DeleteFunc(s.late, gone)
		if s.fetching != nil && gone(s.fetching) {
			s.fetching = nil
		}
	}
	delete(c.peers, id)
}

// end takes the fetch out of its slot, and says whether it was late. It returns
// nil if nobody waits for it any more.
func (c *Core) end(f Fetch) (_ *slot, _ *offer, late bool) {
	if p := c.peer(f.From); p.busy != nil && p.busy.request() == f.Request {
		p.busy = nil
	}
	s := c.slot(f.Request.RelayParent, f.Request.Para)
	if s == nil {
		return nil, nil, false
	}
	is := func(o *offer) bool { return o.from == f.From && o.request() == f.Request }
	if o := s.fetching; o != nil && is(o) {
		s.fetching = nil
		return s, o, false
	}
	if i := slices.IndexFunc(s.late, is); i >= 0 {
		o := s.late[i]
		s.late = slices.Delete(s.late, i, i+1)
		return s, o, true
	}
	return nil, nil, false
}

// failed handles a fetch without a result; the peer was blamed for a late one.
func (c *Core) failed(f Fetch) {
	if _, o, late := c.end(f); o != nil && !late {
		c.blame(o, ErrFetch)
	}
}

func (c *Core) blame(o *offer, reason error) {
	c.peer(o.from).failed++
	c.emit(Report{Peer: o.from, Reason: reason})
}

// fetched checks a collation and hands it on.
func (c *Core) fetched(ev Fetched) {
	s, o, _ := c.end(ev.Fetch)
	if o == nil || len(s.taken) >= s.capacity || !c.useful(s, o) {
		return
	}
	data, _ := c.chains.ValidationData(o.Para, o.RelayParent, o.ParentHead)
	d := ev.Receipt.Descriptor
	var err error
	switch {
	case ev.Receipt.Hash() != o.Candidate, d.ParaID != o.Para, d.RelayParent != o.RelayParent:
		err = ErrOtherCandidate
	case d.PoVHash != ev.PoVHash:
		err = ErrPoV
	case !c.ownCore(o, primitives.CoreIndex(d.CoreIndex)):
		err = ErrNotAssigned
	default:
		err = c.chains.CheckDescriptor(d, data)
	}
	if err != nil {
		c.blame(o, err)
		return
	}
	s.taken = append(s.taken, o)
	c.emit(Second{Receipt: ev.Receipt, ValidationData: data, PoV: ev.PoV})
}

// ownCore reports whether this validator's group backs on core at the relay
// parent of an offer.
func (c *Core) ownCore(o *offer, core primitives.CoreIndex) bool {
	leaf := c.chains.LeafWith(o.RelayParent)
	if leaf == nil {
		return false
	}
	own, ok := leaf.Own(c.params.Keys)
	r, _ := leaf.RelayParent(o.RelayParent)
	return ok && slices.Contains(leaf.Group(core, r.Number), own)
}

// judged learns what became of a candidate that was handed on.
func (c *Core) judged(ev Judged) {
	for _, s := range c.slots {
		i := slices.IndexFunc(s.taken, func(o *offer) bool { return o.Candidate == ev.Candidate })
		if i < 0 {
			continue
		}
		o := s.taken[i]
		if ev.Reason == nil {
			c.peer(o.from).delivered++
			continue
		}
		s.taken = slices.Delete(s.taken, i, i+1)
		if ev.Fault {
			c.blame(o, ev.Reason)
		}
	}
}
