package relaychain

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// C04: two halves, then healed.
func TestSimC04Split(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 4, Nodes: n})
		s.Run(minute + primitives.Millis(s.Random().Below(SlotMillis)))
		all := some(s, n, n)
		s.Split(all[:n/2], all[n/2:])
		s.Run(2 * SlotMillis) // what is under way arrives
		before := s.top
		s.Run(lasting(minute, hour))
		if s.top != before && n/2+n%2 < n-faulty(n) {
			s.fail("finalized %d after %d while split", s.top, before)
		}
		s.Heal()
		ends(s)
	})
}

// A fork that is deeper than one answer comes in several.
func TestSimC04SplitDeep(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 4, Nodes: n})
		s.Run(minute)
		all := some(s, n, n)
		s.Split(all[:n/2], all[n/2:])
		for s.best < s.top+4*maxServed {
			s.Run(SlotMillis)
		}
		s.Heal()
		ends(s)
	})
}

// C05: q nodes on one side go on; the others catch up.
func TestSimC05SplitQuorum(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 5, Nodes: n})
		s.Run(minute)
		all, f := some(s, n, n), faulty(n)
		s.Split(all[:f], all[f:])
		for end := s.Now() + lasting(2*minute, hour); s.Now() < end; {
			s.Run(10 * SlotMillis)
			if final := s.final[all[f]]; s.best > final+8 {
				s.fail("the larger side finalized %d, best is %d", final, s.best)
			}
		}
		s.Heal()
		ends(s)
	})
}

// C06: a fifth of the links carry nothing in one direction.
func TestSimC06OneWay(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 6, Nodes: n})
		s.Run(minute)
		for a := range n {
			for b := range a {
				from, to := engine.NodeID(a), engine.NodeID(b)
				if s.Random().Chance(500_000) {
					from, to = to, from
				}
				if s.Random().Chance(200_000) {
					s.Cut(from, to)
				}
			}
		}
		s.maxLag = 0
		s.Run(lasting(3*minute, hour))
		if s.maxLag > 16 {
			s.fail("finality lags by up to %d blocks", s.maxLag)
		}
		s.Heal()
		ends(s)
	})
}

// C07: other halves every few seconds.
func TestSimC07Flapping(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 7, Nodes: n})
		s.Run(minute)
		var since primitives.Millis // a quorum is together
		before, together := s.top, 0
		s.Flap(1000, 60_000, func(larger []engine.NodeID) {
			if since != 0 && s.Now() >= since+30_000 {
				together++
				if s.top == before {
					s.fail("nothing final after %d in %d s with a quorum", before, (s.Now()-since)/1000)
				}
			}
			before, since = s.top, 0
			if len(larger) >= n-faulty(n) {
				since = s.Now()
			}
		})
		s.Run(lasting(8*minute, hour/2))
		if together == 0 {
			s.fail("no quorum was together for 30 s")
		}
		s.Heal()
		ends(s)
	})
}

// C08: two halves share one node; what it passes on is enough.
func TestSimC08Bridge(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 8, Nodes: n})
		s.Run(minute)
		all := some(s, n, n)
		s.Split(all[:(n-1)/2], all[(n-1)/2:n-1])
		s.maxLag = 0
		s.Run(lasting(3*minute, hour))
		if s.maxLag > 8 {
			s.fail("finality lags by up to %d blocks", s.maxLag)
		}
		s.Heal()
		ends(s)
	})
}

// C14: sessions end while the network is split.
func TestSimC14SetChangeInPartition(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 14, Nodes: n})
		s.Run(minute)
		for range 3 {
			all := some(s, n, n)
			s.Split(all[:n/2], all[n/2:])
			sets := len(s.sets)
			s.Run(3 * EpochSlots * SlotMillis)
			s.Heal()
			s.Resumes()
			if len(s.sets) < sets+2 {
				s.fail("%d sets after a split of three sessions, %d before", len(s.sets), sets)
			}
			s.Sometimes.Add("set change in partition")
		}
		ends(s)
		s.Proven()
	})
}

// C21: f nodes are ten times slower than they should be, with a thin line.
func TestSimC21GrayFailure(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 21, Nodes: n, Network: engine.Config{Cost: inputCost}})
		gray := some(s, n, faulty(n))
		for _, id := range gray {
			s.Slow(id, 10)
			s.SetBandwidth(id, 1_000_000/8)
		}
		s.Run(lasting(3*minute, hour))
		for id, final := range s.final {
			if engine.NodeID(id) != gray[0] && s.best > final+8 && !contains(gray, id) {
				s.fail("node %d finalized %d, best is %d", id, final, s.best)
			}
		}
		for _, id := range gray {
			s.Slow(id, 0)
			s.SetBandwidth(id, 0)
		}
		ends(s)
	})
}

func contains(ids []engine.NodeID, id int) bool {
	for _, other := range ids {
		if int(other) == id {
			return true
		}
	}
	return false
}

// inputCost is what an input costs a node, in microseconds: about what a real
// one needs with real signatures.
func inputCost(in engine.Input) uint64 {
	d, ok := in.(engine.Delivered)
	switch {
	case ok && d.Topic == topicBlocks, ok && d.Topic == "" && d.Data[0] == kindBlock:
		return 5000
	case ok:
		return 150
	}
	return 50
}

// C22: messages come twice, and some come much later than others.
func TestSimC22DuplicateReorderLate(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 22, Nodes: n})
		s.SetLinks(engine.Link{Duplicate: 300_000, Late: 50_000, LateBy: lasting(minute, hour)})
		s.maxLag = 0
		s.Run(lasting(2*minute, hour))
		if s.maxLag > 16 {
			s.fail("finality lags by up to %d blocks", s.maxLag)
		}
		s.SetLinks(engine.Link{})
		ends(s)
	})
}

// C23: nothing is delivered for the time of a round.
func TestSimC23LostRound(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 23, Nodes: n})
		s.Run(minute)
		for range 5 {
			s.Run(primitives.Millis(s.Random().Below(SlotMillis)))
			s.SetLinks(engine.Link{Loss: 1_000_000})
			s.Run(2 * SlotMillis)
			s.SetLinks(engine.Link{})
			before := s.Lowest()
			s.Run(4 * SlotMillis)
			if s.Lowest() <= before {
				s.fail("finalized %d, %d before, 4 slots after a round was lost", s.Lowest(), before)
			}
		}
		ends(s)
	})
}
