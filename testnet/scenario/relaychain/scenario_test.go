package relaychain

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

const minute = primitives.Millis(60_000)

// begin starts a scenario: transfers go on, and what breaks ends the test.
func begin(t *testing.T, c Config) *Simulation {
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
