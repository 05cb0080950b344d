package plan

import (
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Params bound the work. The zero value of a field is its default.
type Params struct {
	// Range is the most blocks of one request. Default and maximum 128.
	Range int
	// Buffer is the most blocks held or on their way. Default 512.
	Buffer int
	// Parallel is the most ranges held or on their way, of one peer each while on
	// their way; it bounds bytes, as a range may have 8 MiB. Default 6.
	Parallel int
	// Timeout is when an answer is given up. Default 12 s.
	Timeout primitives.Millis
	// Patience is how long gossip may take to bring a block close to our best.
	// Default 500 ms.
	Patience primitives.Millis
}

func (p Params) withDefaults() Params {
	if p.Range <= 0 || p.Range > protocol.MaxBlocks {
		p.Range = protocol.MaxBlocks
	}
	if p.Buffer <= 0 {
		p.Buffer = 512
	}
	if p.Parallel <= 0 {
		p.Parallel = 6
	}
	if p.Timeout == 0 {
		p.Timeout = 12_000
	}
	if p.Patience == 0 {
		p.Patience = 500
	}
	return p
}

const (
	// probeRange is the blocks of one probe, maxProbes the probes at once: several,
	// so that one silent peer does not hold up the search.
	probeRange, maxProbes = 16, 3
	// stuckPause is how long nothing is imported after an import that failed here.
	stuckPause primitives.Millis = 5_000
	// conflictPause is how long a peer that does not build on our finalized block is
	// left alone.
	conflictPause primitives.Millis = 300_000
)

// state is how far a segment is.
type state uint8

const (
	asked state = iota
	ready
	importing
)

// segment is a range of blocks that was asked for.
type segment struct {
	id       uint64
	peer     protocol.PeerID
	from     primitives.BlockNumber
	count    int // blocks asked for, or received
	state    state
	deadline primitives.Millis // while asked
	infos    []Info            // when ready; without those skipped
}

// end returns the number after the last block of s.
func (s *segment) end() primitives.BlockNumber { return s.from + primitives.BlockNumber(s.count) }

// Core plans the sync of one node. It is used by one goroutine.
type Core struct {
	params   Params
	known    func(primitives.Hash) bool
	now      primitives.Millis
	head     Head
	peers    map[protocol.PeerID]*peer
	probes   []*segment
	chain    []*segment         // ascending, never overlapping; gaps are to be filled
	active   bool               // there is a chain
	anchor   primitives.BlockID // the known block that the chain begins after, if active
	paused   primitives.Millis
	requests uint64 // the latest id given
	out      []Effect
}

// New returns a Core of a node that has nothing but the genesis block until Head
// says otherwise. known says whether a block is imported, or about to be; it must
// not change during a Step.
func New(p Params, known func(primitives.Hash) bool) *Core {
	return &Core{params: p.withDefaults(), known: known, peers: map[protocol.PeerID]*peer{}}
}

// Step takes one event and returns what to do about it, in order. now must not
// decrease.
func (c *Core) Step(now primitives.Millis, ev Event) []Effect {
	c.now, c.out = max(c.now, now), nil
	switch ev := ev.(type) {
	case Head:
		c.head = ev
	case Claim:
		c.claim(ev.Peer, ev.Best)
	case Gone:
		c.gone(ev.Peer)
	case Fetched:
		c.fetched(ev)
	case Failed:
		c.failed(ev.ID)
	case Imported:
		c.imported(ev.ID)
	case Invalid:
		c.invalid(ev.ID)
	case Stuck:
		if c.importing(ev.ID) != nil {
			c.paused = c.now + stuckPause
			c.abandon()
		}
	}
	c.expire()
	c.advance()
	if c.active {
		c.fill()
	}
	if !c.active {
		c.probe()
	}
	return c.out
}

// Next returns when Step wants a Wake; false if only events matter.
func (c *Core) Next() (primitives.Millis, bool) {
	var first primitives.Millis
	found := false
	at := func(t primitives.Millis) {
		if t > c.now && (!found || t < first) {
			first, found = t, true
		}
	}
	for _, s := range slices.Concat(c.probes, c.chain) {
		if s.state == asked {
			at(s.deadline)
		}
	}
	for p := range maps.Values(c.peers) {
		if c.wanted(p) {
			at(max(p.rest, c.patient(p)))
		}
	}
	at(c.paused)
	return first, found
}

// Target returns the highest block that a peer claims and we lack, not counting
// peers that failed to deliver; 0 if there is none.
func (c *Core) Target() primitives.BlockNumber {
	var target primitives.BlockNumber
	for p := range maps.Values(c.peers) {
		if p.failures == 0 && c.wanted(p) {
			target = max(target, p.claim.Number)
		}
	}
	return target
}

// Peers returns how many peers have claimed a block.
func (c *Core) Peers() int { return len(c.peers) }

// Buffered returns how many blocks are held or on their way.
func (c *Core) Buffered() int {
	n := 0
	for _, s := range slices.Concat(c.probes, c.chain) {
		n += s.count
	}
	return n
}

// ask asks p for n blocks from from.
func (c *Core) ask(p *peer, from primitives.BlockNumber, n int) *segment {
	c.requests++
	p.request, p.last = c.requests, c.requests
	s := &segment{id: c.requests, peer: p.id, from: from, count: n, deadline: c.now + c.params.Timeout}
	c.out = append(c.out, Fetch{s.id, p.id, from, uint32(n)})
	return s
}

// drop forgets a segment, wherever it is.
func (c *Core) drop(s *segment) {
	is := func(other *segment) bool { return other == s }
	c.probes = slices.DeleteFunc(c.probes, is)
	c.chain = slices.DeleteFunc(c.chain, is)
	if p := c.peers[s.peer]; p != nil && p.request == s.id {
		p.request = 0
	}
	c.out = append(c.out, Drop{s.id})
}

// abandon forgets the chain.
func (c *Core) abandon() {
	for _, s := range slices.Clone(c.chain) {
		c.drop(s)
	}
	c.active = false
	for _, p := range c.peers {
		p.off = false
	}
}

// find returns the segment with this id, or nil.
func (c *Core) find(id uint64) *segment {
	for _, s := range slices.Concat(c.probes, c.chain) {
		if s.id == id {
			return s
		}
	}
	return nil
}

// importing returns the segment with this id if it is being imported, else nil.
func (c *Core) importing(id uint64) *segment {
	if s := c.find(id); s != nil && s.state == importing {
		return s
	}
	return nil
}

// blame drops s, leaves its peer alone for a while and reports it.
func (c *Core) blame(s *segment, r reputation.Reason) {
	c.out = append(c.out, Report{s.peer, r})
	c.giveUp(s)
}

// giveUp drops s and leaves its peer alone for a while.
func (c *Core) giveUp(s *segment) {
	if p := c.peers[s.peer]; p != nil {
		p.failed(c.now)
	}
	c.drop(s)
}
