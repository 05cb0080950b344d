package plan

import (
	"slices"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// gone forgets a peer and what it has not delivered.
func (c *Core) gone(id protocol.PeerID) {
	for _, s := range slices.Concat(c.probes, c.chain) {
		if s.peer == id && s.state == asked {
			c.drop(s)
		}
	}
	delete(c.peers, id)
}

func (c *Core) failed(id uint64) {
	if s := c.find(id); s != nil && s.state == asked {
		c.giveUp(s)
	}
}

// expire gives up what did not come in time.
func (c *Core) expire() {
	for _, s := range slices.Concat(c.probes, c.chain) {
		if s.state == asked && c.now >= s.deadline {
			c.giveUp(s)
		}
	}
}

// fetched takes an answer: a beginning of what was asked, as long as the peer can
// make it.
func (c *Core) fetched(ev Fetched) {
	s := c.find(ev.ID)
	if s == nil || s.state != asked {
		return
	}
	p := c.peers[s.peer] // a segment asked for has a peer
	switch {
	case len(ev.Blocks) == 0:
		c.giveUp(s) // it has not what it claims, or no longer
		return
	case len(ev.Blocks) > s.count:
		c.blame(s, reputation.UselessResponse)
		return
	case !linked(s.from, ev.Blocks):
		c.blame(s, reputation.UnlinkedBlocks)
		return
	}
	p.request = 0
	s.state, s.infos, s.count = ready, ev.Blocks, len(ev.Blocks)
	// The chain of the peer may have changed since its claim.
	if at := int(p.claim.Number) - int(s.from); at >= 0 && at < s.count && s.infos[at].Hash != p.claim.Hash {
		p.claim.Hash = s.infos[at].Hash
	}
	if slices.Contains(c.probes, s) {
		c.probed(s, p)
	}
}

// linked says whether infos are consecutive blocks from number from.
func linked(from primitives.BlockNumber, infos []Info) bool {
	for i, info := range infos {
		if info.Number != from+primitives.BlockNumber(i) || i > 0 && info.Parent != infos[i-1].Hash {
			return false
		}
	}
	return true
}

// advance imports the next blocks of the chain if they are there and continue it.
func (c *Core) advance() {
	for c.active && len(c.chain) > 0 && c.paused <= c.now {
		s := c.chain[0]
		if s.state != ready || s.from != c.anchor.Number+1 {
			return
		}
		if s.infos[0].Parent != c.anchor.Hash && !c.known(s.infos[0].Parent) {
			// Another fork than the one begun, or a lie: its peer is probed later.
			if p := c.peers[s.peer]; p != nil {
				p.off = true
				p.back = 2*p.back + 1
			}
			c.drop(s)
			continue
		}
		skip := 0
		for skip < len(s.infos) && c.known(s.infos[skip].Hash) {
			c.anchor = primitives.BlockID{Number: s.infos[skip].Number, Hash: s.infos[skip].Hash}
			skip++
		}
		if skip == len(s.infos) {
			c.drop(s)
			continue
		}
		s.state, s.infos = importing, s.infos[skip:]
		c.out = append(c.out, Import{s.id, s.peer, skip})
		return
	}
}

func (c *Core) imported(id uint64) {
	s := c.importing(id)
	if s == nil {
		return
	}
	last := s.infos[len(s.infos)-1]
	c.anchor = primitives.BlockID{Number: last.Number, Hash: last.Hash}
	if p := c.peers[s.peer]; p != nil {
		p.failures, p.back = 0, 0
	}
	c.drop(s)
}

// invalid blames the peer of a bad block and forgets what was to follow it.
func (c *Core) invalid(id uint64) {
	if s := c.importing(id); s != nil {
		c.blame(s, reputation.InvalidBlock)
		c.abandon()
	}
}

// fill asks for what the chain lacks: first the gaps, then what follows. When
// nothing is on its way and nobody can be asked, the chain ends; what is held beyond
// a gap is fetched again.
func (c *Core) fill() {
	idle := slices.DeleteFunc(c.idle(), func(p *peer) bool { return p.off })
	budget := c.params.Buffer - c.Buffered()
	next := c.anchor.Number + 1
	for i := 0; len(c.chain) < c.params.Parallel && budget > 0; i++ {
		limit := min(c.params.Range, budget)
		if i < len(c.chain) {
			if gap := int(c.chain[i].from) - int(next); gap <= 0 {
				next = max(next, c.chain[i].end())
				continue
			} else {
				limit = min(limit, gap)
			}
		}
		at := slices.IndexFunc(idle, func(p *peer) bool { return p.claim.Number >= next })
		if at < 0 {
			break
		}
		p := idle[at]
		idle = slices.Delete(idle, at, at+1)
		s := c.ask(p, next, min(limit, int(p.claim.Number-next)+1))
		c.chain = slices.Insert(c.chain, min(i, len(c.chain)), s)
		budget -= s.count
		next = s.end()
	}
	waiting := func(s *segment) bool { return s.state != ready }
	if !slices.ContainsFunc(c.chain, waiting) {
		c.abandon()
	}
}

// probe looks for a block of a peer's chain that builds on one we know.
func (c *Core) probe() {
	if c.paused > c.now {
		return
	}
	for _, p := range c.idle() {
		if len(c.probes) == maxProbes {
			return
		}
		from := c.head.Finalized.Number + 1
		if start := uint64(min(c.head.Best.Number+1, p.claim.Number)); start > uint64(from)+p.back {
			from = primitives.BlockNumber(start - p.back)
		}
		c.probes = append(c.probes, c.ask(p, from, min(probeRange, int(p.claim.Number-from)+1)))
	}
}

// probed begins the chain with a probe that fits, or looks further back.
func (c *Core) probed(s *segment, p *peer) {
	if c.active {
		c.drop(s) // another was faster
		return
	}
	if parent := s.infos[0].Parent; c.known(parent) {
		c.probes = slices.DeleteFunc(c.probes, func(other *segment) bool { return other == s })
		c.active, c.anchor, c.chain = true, primitives.BlockID{Number: s.from - 1, Hash: parent}, []*segment{s}
		return
	}
	c.drop(s)
	if s.from <= c.head.Finalized.Number+1 {
		// It is on a chain that we can never follow, or lies.
		p.back = 0
		p.failures++
		p.rest = c.now + conflictPause
		return
	}
	p.back = 2*p.back + 1
}
