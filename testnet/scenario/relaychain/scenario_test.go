package relaychain

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

const (
	minute = primitives.Millis(60_000)
	// hour and day have as many slots as those of the relay chain, whose slots last 6 s.
	hour = 600 * SlotMillis
	day  = 24 * hour
	// enough is how long a scenario lasts at least: so many slots as the relay
	// chain has in ten minutes.
	enough = 100 * SlotMillis
)

// Simulations make much garbage and keep little of it.
func TestMain(m *testing.M) {
	flag.Parse()
	if !engine.Long() {
		debug.SetGCPercent(400)
	}
	os.Exit(m.Run())
}

// begin starts a scenario, which lasts enough when the test is done with it.
func begin(t *testing.T, c Config) *Simulation {
	t.Helper()
	s := run(t, c)
	rest := s
	t.Cleanup(func() {
		if !t.Failed() && !testing.Short() {
			rest.lasts()
		}
		rest = nil // package testing keeps this function until all tests are over
	})
	return s
}

// lasts demands, until the scenario lasted enough, that finality goes on at all
// nodes, whoever is byzantine or away, and in the end I-19.
func (s *Simulation) lasts() {
	for s.Now() < Start+enough {
		before := s.Lowest()
		s.Run(10 * SlotMillis)
		if low := s.Lowest(); low <= before {
			s.fail("I-28: finalized %d, %d before, in 10 slots after the scenario", low, before)
		}
	}
	s.Recount()
}

// run starts a simulation: transfers go on, and what breaks ends the test.
func run(t *testing.T, c Config) *Simulation {
	t.Helper()
	c.Fail = func(reason string) {
		t.Helper()
		t.Fatal(reason)
	}
	s := New(c)
	s.Transact(true)
	return s
}

// forSizes runs a scenario at several numbers of validators.
func forSizes(t *testing.T, test func(t *testing.T, n int)) {
	t.Parallel()
	sizes := []int{4, 7}
	switch {
	case engine.Long():
		sizes = []int{4, 7, 30}
	case testing.Short():
		sizes = []int{4}
	}
	for _, n := range sizes {
		t.Run(fmt.Sprint("n=", n), func(t *testing.T) {
			t.Parallel()
			test(t, n)
		})
	}
}

// lasting returns how long something goes on: whole with -long.
func lasting(short, whole primitives.Millis) primitives.Millis {
	if engine.Long() {
		return whole
	}
	return short
}

// faulty is how many of n validators may fail.
func faulty(n int) int { return (n - 1) / 3 }

// ids returns the nodes from first up to, but not, end.
func ids(first, end int) (out []engine.NodeID) {
	for id := first; id < end; id++ {
		out = append(out, engine.NodeID(id))
	}
	return out
}

// some returns k random nodes of n.
func some(s *Simulation, n, k int) []engine.NodeID { return s.Random().Shuffled(n)[:k] }

// ends demands that the network is well after a fault, and was looked at.
func ends(s *Simulation) {
	s.Recovers()
	s.Compared()
}
