package relaychain

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// C01: no fault.
func TestSimC01Steady(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 1, Nodes: n, Thorough: true})
		s.Strict(true)
		time := lasting(5*minute, day)
		s.Run(time)
		s.Compared()
		s.Recount()
		if s.late*100 > s.samples || s.maxLag > 8 {
			s.fail("finality lags by more than 4 blocks in %d of %d samples, by up to %d", s.late, s.samples, s.maxLag)
		}
		const grace = 4 // the last slots need not be final yet
		if slots := int(time/SlotMillis) - grace; len(s.slots)*100 < slots*95 {
			s.fail("%d of %d slots have a canonical block", len(s.slots), slots)
		}
		if sets := int(time/SlotMillis/EpochSlots) - 1; len(s.sets) < sets {
			s.fail("%d authority sets, want %d", len(s.sets), sets)
		}
		if n := s.Sometimes["transaction final"]; n < int(time/minute) {
			s.fail("%d transactions are final", n)
		}
		t.Logf("finalized %d, %d of %d samples late, %d inputs; %s", s.top, s.late, s.samples, s.Handled(), s.Sometimes)
	})
}

// crashes is C02: f nodes stop, at any moment of a slot, and return.
func crashes(t *testing.T, seed uint64, n int) *Simulation {
	t.Helper()
	s := begin(t, Config{Seed: seed, Nodes: n})
	s.Run(30 * 1000)
	for range 3 {
		down := some(s, n, faulty(n))
		s.Run(primitives.Millis(s.Random().Below(SlotMillis)))
		for _, id := range down {
			s.Crash(id)
		}
		down1 := s.Now()
		for s.Now() < down1+lasting(40_000, hour) {
			before := s.top
			s.Run(8 * SlotMillis)
			if s.top <= before {
				s.fail("nothing finalized after %d without %d of %d nodes", before, len(down), n)
			}
		}
		for _, id := range down {
			s.Restart(id)
		}
		s.Resumes()
	}
	ends(s)
	return s
}

// C02: f nodes crash and return.
func TestSimC02CrashF(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) { crashes(t, 2, n) })
}

// C02 at its hardest: who made a block crashes right after it was sent, may have
// lost it, and is back in the same slot, at once willing to make blocks. Only
// the guard keeps it from signing another header, or another vote.
func TestSimC02QuickRestart(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) { quickRestarts(t, Config{Seed: 3, Nodes: n, Eager: true}) })
}

// C02 with nodes that forget what they signed: the guard refuses to sign
// something else.
func TestSimC02OnlyTheGuard(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := quickRestarts(t, Config{Seed: 3, Nodes: n, Eager: true, Forgetful: true})
		if s.Sometimes["seal refused"] == 0 || s.Sometimes["vote refused"] == 0 {
			s.fail("the guard refused nothing: %s", s.Sometimes)
		}
	})
}

func quickRestarts(t *testing.T, c Config) *Simulation {
	t.Helper()
	s := begin(t, c)
	s.Run(10 * SlotMillis)
	crashed := 0
	for i := range 20 {
		s.Run(SlotMillis - s.Now()%SlotMillis + buildMillis/2)
		if c.Forgetful && i%2 == 0 { // a seal was signed, but no block was stored
			for id := range c.Nodes {
				s.Crash(engine.NodeID(id))
				s.Restart(engine.NodeID(id))
			}
		}
		s.Run(buildMillis/2 + 1 + primitives.Millis(s.Random().Below(100)))
		slot := babe.SlotAt(s.Now(), SlotMillis)
		for id := range c.Nodes {
			if len(s.wire.sealed[sealKey{id, slot}]) > 0 {
				s.Crash(engine.NodeID(id))
				crashed++
			}
		}
		if c.Forgetful { // voters too
			s.Crash(engine.NodeID(s.Random().Below(uint64(c.Nodes))))
		}
		s.Run(primitives.Millis(s.Random().Below(100)))
		for id := range c.Nodes {
			s.Restart(engine.NodeID(id))
		}
	}
	if crashed < 10 {
		s.fail("%d authors crashed only", crashed)
	}
	ends(s)
	return s
}

// C03: with f+1 nodes away nothing is final, though blocks are made; finality
// goes on when one of them is back.
func TestSimC03CrashFPlusOne(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 5, Nodes: n})
		s.Run(minute + primitives.Millis(s.Random().Below(SlotMillis)))
		down := some(s, n, faulty(n)+1)
		for _, id := range down {
			s.Crash(id)
		}
		s.Run(2 * SlotMillis) // what is under way arrives
		before, best := s.top, s.best
		s.Run(lasting(2*minute, hour))
		if s.top != before {
			s.fail("finalized %d after %d without %d of %d nodes", s.top, before, len(down), n)
		}
		if s.best < best+10 {
			s.fail("best block %d, %d before", s.best, best)
		}
		s.Restart(down[0])
		s.Resumes()
		for _, id := range down[1:] {
			s.Restart(id)
		}
		ends(s)
	})
}

// C16: processes stop and go on much later, with all that came meanwhile. They
// sign nothing for the past.
func TestSimC16Suspend(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 16, Nodes: n})
		s.Run(minute)
		for range 3 {
			stopped := some(s, n, faulty(n))
			s.Run(primitives.Millis(s.Random().Below(SlotMillis)))
			for _, id := range stopped {
				s.Suspend(id)
			}
			before := s.top
			s.Run(lasting(minute+minute/2, 10*minute))
			if s.top <= before {
				s.fail("nothing finalized after %d while %d of %d nodes stood still", before, len(stopped), n)
			}
			for _, id := range stopped {
				s.Resume(id)
			}
			s.Resumes()
		}
		ends(s)
	})
}

// C17: a node that was never there joins, and gets all blocks from its peers.
func TestSimC17LateJoin(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 17, Nodes: n})
		s.Crash(0)
		s.Run(lasting(5*minute, 5*hour))
		s.Restart(0)
		s.Resumes()
		root := func(id int) primitives.Hash {
			hash := s.canon[s.Lowest()]
			return s.nodes[id].blocks[hash].Header.StateRoot
		}
		if root(0) != root(1) || root(0) == (primitives.Hash{}) {
			s.fail("the late node has another state")
		}
		ends(s)
	})
}

// C20: f validators are never there.
func TestSimC20AbsentStake(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 20, Nodes: n})
		for id := range faulty(n) {
			s.Crash(engine.NodeID(id))
		}
		time := lasting(5*minute, 7*day)
		for end := s.Now() + time; s.Now() < end; {
			before := s.top
			s.Run(minute)
			if s.top <= before {
				s.fail("nothing finalized after %d", before)
			}
		}
		if sets := int(time/SlotMillis/EpochSlots) - 2; len(s.sets) < sets {
			s.fail("%d authority sets, want %d", len(s.sets), sets)
		}
		s.Compared()
		s.Recount()
	})
}

// I-25: the same seed gives the same trace, another seed another one.
func TestSimReplay(t *testing.T) {
	t.Parallel()
	first, again, other := crashes(t, 7, 4).Trace(), crashes(t, 7, 4).Trace(), crashes(t, 8, 4).Trace()
	if first != again {
		t.Errorf("traces of one seed: %d and %d", first, again)
	}
	if first == other {
		t.Error("two seeds have one trace")
	}
}
