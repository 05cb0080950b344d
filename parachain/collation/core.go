package collation

import (
	"math"
	"slices"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/primitives"
)

const (
	// maxOffers bounds the offers that wait in a slot.
	maxOffers = 64
	// maxEarly bounds the offers that wait for their relay parent, and
	// maxEarlyOfPeer those of one peer.
	maxEarly, maxEarlyOfPeer = 64, 2
	// maxLate bounds the late answers that a slot waits for.
	maxLate = 3
)

// Deadline returns how long a collator has before the next one is asked, for
// slots of that duration: half of it, at most 1,200 ms.
func Deadline(slot primitives.Millis) primitives.Millis { return min(slot/2, 1200) }

// Params are a validator's parameters.
type Params struct {
	// Keys are the public keys this node backs with; the event Keys replaces them.
	Keys []primitives.SR25519Public
	// Slot is the duration of a slot of the relay chain.
	Slot primitives.Millis
}

// Core is the validator's side of collation. It has one owner.
type Core struct {
	params Params
	chains *prospective.Chains
	slots  []*slot // by coming
	peers  map[protocol.PeerID]*peer
	// floor is the number of the first leaf: package backing seconds nothing at
	// relay parents up to it.
	floor   primitives.BlockNumber
	started bool
	// early are offers at a relay parent that is not known yet.
	early  []Offered
	serial uint64
	out    []Effect
}

// slot is a relay parent with a para that this validator backs there.
type slot struct {
	relayParent primitives.Hash
	para        primitives.ParaID
	// capacity is how many candidates are taken: the claims of the para on the
	// cores of this validator's group; 0 if it may not second here.
	capacity int
	waiting  []*offer
	// fetching is the fetch under way, due until deadline; late are those that
	// were due before.
	fetching *offer
	deadline primitives.Millis
	late     []*offer
	// taken were handed to package backing and are not known to be invalid.
	taken []*offer
}

// offer is an Offer of a peer; serial is its place in the order of coming.
type offer struct {
	Offer
	from   protocol.PeerID
	serial uint64
}

// peer is what is remembered of a peer until it disconnects.
type peer struct {
	failed, delivered int
	busy              *offer // the fetch under way
}

// New returns the core of a validator. chains are those that package backing
// keeps: it is to be given leaves before this core is.
func New(p Params, chains *prospective.Chains) *Core {
	return &Core{params: p, chains: chains, peers: map[protocol.PeerID]*peer{}}
}

// Step takes an event at time now, which must never decrease, and returns what
// is to be done, in order.
func (c *Core) Step(now primitives.Millis, ev Event) []Effect {
	c.out = nil
	switch ev := ev.(type) {
	case ActiveLeaf:
		c.activate(ev.Leaf)
		c.offerAgain()
	case Keys:
		c.params.Keys = slices.Clone(ev.Keys)
	case LeafGone:
		c.slots = slices.DeleteFunc(c.slots, func(s *slot) bool { return c.chains.LeafWith(s.relayParent) == nil })
	case Offered:
		judgment, err := c.offered(ev)
		if err == ErrRelayParent && c.hold(ev) {
			judgment, err = protocol.Accept, nil
		}
		c.emit(Verdict{From: ev.From, Judgment: judgment, Reason: err})
	case Disconnected:
		c.disconnected(ev.Peer)
	case Fetched:
		c.fetched(ev)
	case FetchFailed:
		c.failed(ev.Fetch)
	case Judged:
		c.judged(ev)
	case Wake, Extended:
	}
	c.advance(now)
	return c.out
}

// Next returns when to give Wake, if no other event comes before. ok is false if
// only another event can change anything.
func (c *Core) Next() (at primitives.Millis, ok bool) {
	at = math.MaxUint64
	for _, s := range c.slots {
		if s.fetching != nil {
			at = min(at, s.deadline)
		}
	}
	return at, at != math.MaxUint64
}

func (c *Core) emit(e Effect) { c.out = append(c.out, e) }

// activate makes the slots of the relay parents that the leaf allows.
func (c *Core) activate(leaf *prospective.Leaf) {
	if !c.started {
		c.started, c.floor = true, leaf.Number
	}
	own, ok := leaf.Own(c.params.Keys)
	if !ok {
		return
	}
	for _, r := range leaf.RelayParents {
		if slices.ContainsFunc(c.slots, func(s *slot) bool { return s.relayParent == r.Hash }) {
			continue
		}
		for _, s := range slotsOf(leaf, own, r) {
			if r.Number <= c.floor || slices.Contains(leaf.Disabled, own) {
				s.capacity = 0
			}
			c.slots = append(c.slots, s)
		}
	}
}

// slotsOf returns the slots of the validator own at r, by para ascending.
func slotsOf(leaf *prospective.Leaf, own primitives.ValidatorIndex, r shared.RelayParent) []*slot {
	var claims []primitives.ParaID
	for core, queue := range r.ClaimQueue {
		if slices.Contains(leaf.Group(primitives.CoreIndex(core), r.Number), own) {
			claims = append(claims, queue...)
		}
	}
	slices.Sort(claims)
	var slots []*slot
	for _, para := range claims {
		if n := len(slots); n == 0 || slots[n-1].para != para {
			slots = append(slots, &slot{relayParent: r.Hash, para: para})
		}
		slots[len(slots)-1].capacity++
	}
	return slots
}

func (c *Core) slot(relayParent primitives.Hash, para primitives.ParaID) *slot {
	for _, s := range c.slots {
		if s.relayParent == relayParent && s.para == para {
			return s
		}
	}
	return nil
}

// peer returns what is known of a peer; what is noted of one that is gone is lost.
func (c *Core) peer(id protocol.PeerID) *peer {
	if p := c.peers[id]; p != nil {
		return p
	}
	return &peer{}
}

// advance asks the next collator wherever the one asked is late or done.
func (c *Core) advance(now primitives.Millis) {
	for _, s := range c.slots {
		if s.fetching != nil && now >= s.deadline {
			c.peer(s.fetching.from).failed++
			c.emit(Report{Peer: s.fetching.from, Reason: ErrDeadline})
			s.late = append(s.late, s.fetching)
			s.late = s.late[max(0, len(s.late)-maxLate):]
			s.fetching = nil
		}
		if s.fetching != nil || len(s.taken) >= s.capacity {
			continue
		}
		o := c.choose(s)
		if o == nil {
			continue
		}
		s.waiting = slices.DeleteFunc(s.waiting, func(w *offer) bool { return w == o })
		s.fetching, s.deadline = o, now+Deadline(c.params.Slot)
		c.peer(o.from).busy = o
		c.emit(Fetch{From: o.from, Request: o.request()})
	}
}

func (o *offer) request() Request {
	return Request{Para: o.Para, RelayParent: o.RelayParent, Candidate: o.Candidate}
}

// choose returns the best waiting offer that is of use now, or nil.
func (c *Core) choose(s *slot) (best *offer) {
	for _, o := range s.waiting {
		if !c.useful(s, o) || c.peer(o.from).busy != nil {
			continue
		}
		if best == nil || c.better(o, best) {
			best = o
		}
	}
	return best
}

// useful reports whether the candidate of an offer could be seconded: its parent
// is known, nobody seconded it yet, and nothing taken builds on the same head.
func (c *Core) useful(s *slot, o *offer) bool {
	if c.chains.Known(o.Candidate) || slices.ContainsFunc(s.taken, func(t *offer) bool {
		return t.ParentHead == o.ParentHead || t.Candidate == o.Candidate
	}) {
		return false
	}
	_, ok := c.chains.ValidationData(o.Para, o.RelayParent, o.ParentHead)
	return ok
}

// better orders offers: by fewer failures of the peer, more deliveries, and
// coming.
func (c *Core) better(a, b *offer) bool {
	p, q := c.peer(a.from), c.peer(b.from)
	switch {
	case p.failed != q.failed:
		return p.failed < q.failed
	case p.delivered != q.delivered:
		return p.delivered > q.delivered
	}
	return a.serial < b.serial
}
