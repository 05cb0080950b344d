package relaychain

import (
	"flag"
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

var paraSeed = flag.Uint64("paraseed", 1, "first seed of TestSimParasRandom")

// Paras under random faults: crashes, power losses, processes that stop for a
// while, clocks that are off, splits, lost and doubled messages, slow links,
// collators that sleep, and up to f byzantine validators. After the faults all paras live, and all messages arrive.
func TestSimParasRandom(t *testing.T) {
	t.Parallel()
	seeds, first := lasting(4, 300), *paraSeed
	if testing.Short() {
		seeds = 2
	}
	all := engine.Sometimes{}
	for i := range uint64(seeds) {
		t.Run(fmt.Sprint("seed=", first+i), func(t *testing.T) { all.Merge(randomParas(t, first+i).Sometimes) })
	}
	t.Log(all)
}

// randomParas runs what a seed says.
func randomParas(t *testing.T, seed uint64) *Simulation {
	random := engine.NewRand(seed)
	below := func(n int) int { return int(random.Below(uint64(n))) }
	n := 4 + below(4)
	f := (n - 1) / 3
	p := Paras{
		Count: 1 + below(3), Collators: 1 + below(2), Deep: random.Chance(400_000), Connected: random.Chance(300_000),
		Capacity: uint32(2 + below(16)), Misbehavior: map[engine.NodeID]Misbehavior{},
	}
	evil := below(f + 1)
	for id := range evil {
		p.Misbehavior[engine.NodeID(id)] = []Misbehavior{
			{Claims: true}, {Forges: true}, {SecondsTwice: true}, {Serves: func(to engine.NodeID) bool { return int(to)%2 == 0 }},
		}[below(4)]
	}
	liars := map[engine.NodeID]Behavior{}
	for id := range evil {
		if random.Chance(500_000) {
			liars[engine.NodeID(id)] = []Behavior{
				{Blocks: 3}, {Votes: true}, {Mutate: 200_000, Replay: 100_000}, {Drop: 200_000, Delay: 200_000, DelayBy: 20_000, Replay: 100_000}, {BadRoot: true},
			}[below(5)]
		}
	}
	s := begin(t, Config{Seed: seed, Nodes: n, Paras: p, Byzantine: liars, Network: engine.Config{
		Loss: random.Below(20_000), Duplicate: random.Below(50_000), MinLatency: 10, MaxLatency: primitives.Millis(50 + below(200)), Jitter: primitives.Millis(below(100)),
	}})
	for id := range n {
		if random.Chance(300_000) {
			s.SetClock(engine.NodeID(id), int64(below(400))-200, int64(below(200))-100)
		}
	}
	for range 3 + below(4) {
		s.Run(primitives.Millis(below(10 * SlotMillis)))
		faulty := engine.NodeID(evil + below(n-evil))
		switch {
		case below(4) == 0:
			s.Split(s.minority(n)...)
		case below(3) == 0:
			faulty = engine.NodeID(n + below(s.world.nodes()-n))
			s.Crash(faulty)
		case evil == f: // no more faults than f at a time
		case below(3) == 0:
			s.PowerLoss(faulty)
		case below(2) == 0:
			s.Suspend(faulty)
		default:
			s.Crash(faulty)
		}
		s.Run(primitives.Millis(below(8 * SlotMillis)))
		s.Resume(faulty)
		s.Restart(faulty)
		s.Heal()
	}
	s.Run(10 * SlotMillis)
	if evil == 0 {
		s.ParasLive()
	}
	s.Quiesce(20)
	return s
}

// One seed is one run, with parachains too.
func TestSimParasReplay(t *testing.T) {
	t.Parallel()
	first, other := randomParas(t, 7).Trace(), randomParas(t, 8).Trace()
	if again := randomParas(t, 7).Trace(); again != first {
		t.Errorf("traces of one seed: %x and %x", first, again)
	}
	if first == other {
		t.Error("two seeds have one trace")
	}
}
