package relaychain_test

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

const minute = primitives.Millis(60_000)

type simulation struct {
	*engine.Engine
	*observer
	// samples counts heights of nodes looked at, late those more than 4 blocks
	// behind the best block.
	samples, late int
}

func newSimulation(t *testing.T, seed uint64, n int) *simulation {
	t.Helper()
	w := newWorld(n)
	o := newObserver(w, func(format string, args ...any) {
		t.Helper()
		t.Fatalf("n=%d SEED=%d: %s", n, seed, fmt.Sprintf(format, args...))
	})
	e := engine.New(engine.Config{Seed: seed, Nodes: n, Start: start, Boot: boot(w), Observe: o.observe})
	return &simulation{Engine: e, observer: o}
}

// run goes on for a time, and looks at the lag of all nodes once a slot.
func (s *simulation) run(d primitives.Millis) {
	for end := s.Now() + d; s.Now() < end; {
		s.Run(min(end, s.Now()+slotMillis))
		for _, final := range s.final {
			s.samples++
			if s.best > final+4 {
				s.late++
			}
		}
	}
}

// compared demands that nodes had something to agree on.
func (s *simulation) compared() {
	if s.executedAgain < int(s.top) || s.chosenAgain < int(s.top) {
		s.fail("I-4 was checked for %d states and %d choices only", s.executedAgain, s.chosenAgain)
	}
}

// resumes demands that all nodes finalize more within 10 slots (I-28), and are
// up to date 10 slots later.
func (s *simulation) resumes() {
	before := s.top
	s.run(10 * slotMillis)
	if low := s.lowest(); low <= before {
		s.fail("I-28: finalized %d, %d before, within 10 slots", low, before)
	}
	s.run(10 * slotMillis)
	if low := s.lowest(); s.best > low+4 {
		s.fail("I-28: finalized %d, best %d, after 20 slots", low, s.best)
	}
}

func forSizes(t *testing.T, test func(t *testing.T, n int)) {
	t.Parallel()
	for _, n := range []int{4, 7} {
		if testing.Short() && n > 4 {
			break
		}
		t.Run(fmt.Sprint("n=", n), func(t *testing.T) {
			t.Parallel()
			test(t, n)
		})
	}
}

// C01: no fault.
func TestSimC01Steady(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := newSimulation(t, 1, n)
		s.run(5 * minute)
		s.compared()
		if s.late*100 > s.samples {
			s.fail("finality lags by more than 4 blocks in %d of %d samples", s.late, s.samples)
		}
		const grace = 4 // the last slots need not be final yet
		if slots := int(5*minute/slotMillis) - grace; len(s.slots)*100 < slots*95 {
			s.fail("%d of %d slots have a canonical block", len(s.slots), slots)
		}
		if sets := int(5*minute/slotMillis/epochSlots) - 1; len(s.sets) < sets {
			s.fail("%d authority sets, want %d", len(s.sets), sets)
		}
		t.Logf("finalized %d, %d of %d samples late, %d inputs", s.top, s.late, s.samples, s.Handled())
	})
}

// crashes is C02: f nodes stop, at any moment of a slot, and return.
func crashes(t *testing.T, seed uint64, n int) *simulation {
	t.Helper()
	s := newSimulation(t, seed, n)
	f := (n - 1) / 3
	s.run(30 * 1000)
	for range 3 {
		first := int(s.Random().Below(uint64(n)))
		s.run(primitives.Millis(s.Random().Below(slotMillis)))
		for i := range f {
			s.Crash(engine.NodeID((first + i) % n))
		}
		before := s.top
		s.run(20_000 + primitives.Millis(s.Random().Below(slotMillis)))
		if s.top <= before {
			s.fail("nothing finalized after %d without %d of %d nodes", before, f, n)
		}
		for i := range f {
			s.Restart(engine.NodeID((first + i) % n))
		}
		s.resumes()
	}
	s.compared()
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
	forSizes(t, func(t *testing.T, n int) { quickRestarts(t, 3, n) })
}

func quickRestarts(t *testing.T, seed uint64, n int) {
	t.Helper()
	s := newSimulation(t, seed, n)
	s.world.eager = true
	s.run(10 * slotMillis)
	crashed := 0
	for range 20 {
		s.run(slotMillis - s.Now()%slotMillis + buildMillis + 1 + primitives.Millis(s.Random().Below(100)))
		slot := babe.SlotAt(s.Now(), slotMillis)
		for id := range n {
			if _, made := s.sealed[sealKey{id, slot}]; made {
				s.Crash(engine.NodeID(id))
				crashed++
			}
		}
		s.run(primitives.Millis(s.Random().Below(100)))
		for id := range n {
			s.Restart(engine.NodeID(id))
		}
	}
	if crashed < 10 {
		s.fail("%d authors crashed only", crashed)
	}
	s.resumes()
	s.compared()
}

// C04: two halves for a minute, then healed.
func TestSimC04Split(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) { split(t, 4, n) })
}

func split(t *testing.T, seed uint64, n int) {
	t.Helper()
	s := newSimulation(t, seed, n)
	s.run(minute + primitives.Millis(s.Random().Below(slotMillis)))
	var halves [2][]engine.NodeID
	for id := range n {
		halves[id%2] = append(halves[id%2], engine.NodeID(id))
	}
	s.Split(halves[:]...)
	s.run(2 * slotMillis) // what is under way arrives
	before := s.top
	s.run(minute - 2*slotMillis)
	if s.top != before {
		s.fail("finalized %d after %d while split", s.top, before)
	}
	s.Heal()
	s.resumes()
	s.run(minute)
	if low := s.lowest(); s.best > low+4 {
		s.fail("finalized %d, best %d a minute later", low, s.best)
	}
	s.compared()
}

// I-25: the same seed gives the same trace, another seed another one.
func TestSimReplay(t *testing.T) {
	t.Parallel()
	first, again, other := crashes(t, 7, 4).Trace(), crashes(t, 7, 4).Trace(), crashes(t, 8, 4).Trace()
	if first != again {
		t.Errorf("traces of one seed: %s and %s", first, again)
	}
	if first == other {
		t.Error("two seeds have one trace")
	}
}
