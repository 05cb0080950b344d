package engine_test

import (
	"flag"
	"fmt"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// observer checks the invariants after every event.
type observer struct {
	t    *testing.T
	n    int
	seed uint64
	// sets are the authority sets by id, as the chain changed them.
	sets  map[primitives.SetID][]primitives.GRANDPAAuthority
	known map[primitives.Hash]primitives.Header
	canon map[primitives.BlockNumber]primitives.Hash
	top   primitives.BlockNumber
	// final is what each node finalized last, by node.
	final []primitives.BlockNumber
	// voted is the target of each honest vote, by voter, set, round and kind.
	voted map[string]primitives.BlockID
	liars int
	// proven is who was seen to equivocate.
	proven map[primitives.ED25519Public]bool
	// slowest is the longest time from a block's slot to its finality.
	slowest primitives.Millis
	best    primitives.BlockNumber
}

type simulation struct {
	*engine.Engine
	*observer
}

const start = primitives.Millis(1_700_000_000_000 / slotMillis * slotMillis)

func newSimulation(t *testing.T, seed uint64, n int, faults engine.Config) simulation {
	t.Helper()
	return newChain(t, seed, chain{n: n}, faults)
}

func newChain(t *testing.T, seed uint64, c chain, faults engine.Config) simulation {
	t.Helper()
	n := c.n
	genesis := genesisHeader()
	o := &observer{
		t: t, n: n, seed: seed, final: make([]primitives.BlockNumber, n),
		known: map[primitives.Hash]primitives.Header{genesis.Hash(): genesis},
		canon: map[primitives.BlockNumber]primitives.Hash{0: genesis.Hash()},
		voted: map[string]primitives.BlockID{}, liars: c.liars, proven: map[primitives.ED25519Public]bool{},
		sets: map[primitives.SetID][]primitives.GRANDPAAuthority{0: c.authorities(0)},
	}
	faults.Seed, faults.Nodes, faults.Start = seed, n, start
	faults.Boot, faults.Observe = bootFinalityNode(c), o.observe
	return simulation{engine.New(faults), o}
}

func (o *observer) fail(format string, args ...any) {
	o.t.Helper()
	o.t.Fatalf("n=%d SEED=%d: %s", o.n, o.seed, fmt.Sprintf(format, args...))
}

func (o *observer) observe(now primitives.Millis, id engine.NodeID, note any) {
	switch note := note.(type) {
	case importedNote:
		o.known[note.header.Hash()] = note.header
		o.best = max(o.best, note.header.Number)
	case finalizedNote:
		o.finalized(now, id, note.Finalize)
	case setNote:
		if before, ok := o.sets[note.Set]; ok && !slices.Equal(before, note.Authorities) {
			o.fail("node %d has other authorities of set %d", id, note.Set)
		}
		o.sets[note.Set] = note.Authorities
	case votedNote:
		key := fmt.Sprintf("%x %d %d %T", note.Signed.ID[:4], note.Set, note.Round, note.Signed.Message)
		target := note.Signed.Message.Target()
		if before, ok := o.voted[key]; ok && before != target {
			o.fail("I-5: node %d equivocated: %s: %v and %v", id, key, before.Number, target.Number)
		}
		o.voted[key] = target
	case evidenceNote:
		o.evidence(note.Equivocation)
	case alarmNote:
		if int(id) < o.liars && note.Reason == grandpa.ErrOwnEquivocated {
			return
		}
		o.fail("node %d alarm: %v at block %d", id, note.Reason, note.Block.Number)
	case rejectedNote:
		o.fail("node %d rejected an honest message: %v", id, note.reason)
	}
}

// evidence checks that a proof of equivocation holds, against one who did.
func (o *observer) evidence(e grandpa.Equivocation) {
	for _, m := range []primitives.SignedMessage{e.First, e.Second} {
		if !(stubVerifier{}).Ed25519(m.ID, primitives.GRANDPAPayload(m.Message, e.Round, e.Set), m.Signature) {
			o.fail("evidence against %x is forged", m.ID[:4])
		}
	}
	if e.First.ID != e.Second.ID || e.First.Message.Target() == e.Second.Message.Target() {
		o.fail("evidence of nothing: %+v", e)
	}
	for id := o.liars; id < o.n; id++ {
		if keyOf(id) == e.First.ID {
			o.fail("I-5: evidence against honest node %d", id)
		}
	}
	o.proven[e.First.ID] = true
}

// finalized checks I-1 and I-2.
func (o *observer) finalized(now primitives.Millis, id engine.NodeID, e grandpa.Finalize) {
	set, err := grandpa.NewVoterSet(o.sets[e.Set])
	must(err)
	if err := grandpa.VerifyJustification(set, e.Set, e.Justification, stubVerifier{}); err != nil {
		o.fail("I-2: node %d block %d: %v", id, e.Block.Number, err)
	}
	o.final[id] = max(o.final[id], e.Block.Number)
	for number, hash := e.Block.Number, e.Block.Hash; ; number-- {
		if before, ok := o.canon[number]; ok {
			if before != hash {
				o.fail("I-1: node %d finalized another block %d", id, number)
			}
			break
		}
		o.canon[number] = hash
		o.slowest = max(o.slowest, now-primitives.Millis(slotOf(o.known[hash]))*slotMillis)
		hash = o.known[hash].ParentHash
	}
	o.top = max(o.top, e.Block.Number)
}

// lowest returns the lowest finalized height of nodes.
func (o *observer) lowest(nodes ...int) primitives.BlockNumber {
	low := o.final[nodes[0]]
	for _, id := range nodes {
		low = min(low, o.final[id])
	}
	return low
}

func ids(from, to int) (out []engine.NodeID) {
	for id := from; id < to; id++ {
		out = append(out, engine.NodeID(id))
	}
	return out
}

func all(n int) (out []int) {
	for id := range n {
		out = append(out, id)
	}
	return out
}

func forSizes(t *testing.T, sizes []int, test func(t *testing.T, n int)) {
	for i, n := range sizes {
		if testing.Short() && i > 1 {
			break
		}
		t.Run(fmt.Sprint("n=", n), func(t *testing.T) {
			t.Parallel()
			test(t, n)
		})
	}
}

const minute = primitives.Millis(60_000)

// C01: no fault.
func TestSimFinalitySteady(t *testing.T) {
	forSizes(t, []int{1, 4, 7}, func(t *testing.T, n int) {
		s := newSimulation(t, 1, n, engine.Config{})
		for end := start + slotMillis; end <= start+10*minute; end += slotMillis {
			s.Run(end)
			if low := s.lowest(all(n)...); s.best > low+4 {
				s.fail("lag %d at slot %d", s.best-low, (end-start)/slotMillis)
			}
		}
		if s.top < 90 {
			s.fail("finalized %d blocks in 100 slots", s.top)
		}
		t.Logf("n=%d: finalized %d, slowest after %d ms, %d inputs", n, s.top, s.slowest, s.Handled())
	})
}

// C01 with 5 % loss and duplication: gossip loses votes, the pull path brings
// them.
func TestSimFinalityLossy(t *testing.T) {
	forSizes(t, []int{4, 7}, func(t *testing.T, n int) {
		s := newSimulation(t, 2, n, engine.Config{Loss: 50_000, Duplicate: 50_000})
		s.Run(start + 10*minute)
		if low := s.lowest(all(n)...); s.best > low+4 || low < 80 {
			s.fail("best %d, finalized %d", s.best, low)
		}
	})
}

// C02: f nodes stop, and start again.
func TestSimFinalityCrashF(t *testing.T) {
	forSizes(t, []int{4, 7}, func(t *testing.T, n int) {
		s := newSimulation(t, 3, n, engine.Config{})
		f := (n - 1) / 3
		s.Run(start + 2*minute)
		for id := range f {
			s.Crash(engine.NodeID(id))
		}
		s.Run(start + 6*minute)
		for id := range f {
			s.Restart(engine.NodeID(id))
		}
		s.Run(start + 8*minute)
		if low := s.lowest(all(n)...); s.best > low+4 {
			s.fail("returned nodes finalized %d of %d within 20 slots", low, s.best)
		}
		s.Run(start + 10*minute)
		if s.slowest > 4*slotMillis || s.top < 70 {
			s.fail("a block was final after %d ms only; finalized %d", s.slowest, s.top)
		}
	})
}

// C03: f+1 nodes stop; finality stops, and goes on when one comes back.
func TestSimFinalityCrashTooMany(t *testing.T) {
	forSizes(t, []int{4, 7}, func(t *testing.T, n int) {
		s := newSimulation(t, 4, n, engine.Config{})
		f := (n - 1) / 3
		s.Run(start + 2*minute)
		for id := range f + 1 {
			s.Crash(engine.NodeID(id))
		}
		s.Run(start + 2*minute + slotMillis)
		before := s.top
		s.Run(start + 6*minute)
		if s.top != before {
			s.fail("finalized %d after %d without a supermajority", s.top, before)
		}
		s.Restart(0)
		s.Run(start + 7*minute)
		if s.top == before {
			s.fail("I-28: nothing finalized within 10 slots")
		}
	})
}

// C04: two halves, then healed.
func TestSimFinalitySplit(t *testing.T) {
	forSizes(t, []int{4, 7}, func(t *testing.T, n int) {
		s := newSimulation(t, 5, n, engine.Config{})
		s.Run(start + 2*minute)
		s.Split(ids(0, n/2), ids(n/2, n))
		s.Run(start + 2*minute + slotMillis)
		before := s.top
		s.Run(start + 8*minute)
		if s.top != before {
			s.fail("finalized %d after %d while split", s.top, before)
		}
		s.Heal()
		s.Run(start + 9*minute)
		if low := s.lowest(all(n)...); low <= before {
			s.fail("I-28: finalized %d, %d before the split, 10 slots after it", low, before)
		}
		s.Run(start + 11*minute)
		if low := s.lowest(all(n)...); s.best > low+4 {
			s.fail("I-28: lag %d 30 slots after the split", s.best-low)
		}
	})
}

// C09: f nodes tell each half of the others something else, in every round.
func TestSimFinalityEquivocators(t *testing.T) {
	forSizes(t, []int{4, 7}, func(t *testing.T, n int) {
		f := (n - 1) / 3
		s := newChain(t, 6, chain{n: n, liars: f}, engine.Config{Loss: 10_000})
		s.Run(start + 10*minute)
		if low := s.lowest(all(n)[f:]...); s.best > low+8 || low < 60 {
			s.fail("best %d, finalized %d", s.best, low)
		}
		if len(s.proven) != f {
			s.fail("%d of %d equivocators proven", len(s.proven), f)
		}
	})
}

// All nodes stop at once, and start again: what was completed is on their
// disks, what was voted is in their guards.
func TestSimFinalityBlackout(t *testing.T) {
	forSizes(t, []int{1, 4, 7}, func(t *testing.T, n int) {
		for seed := range uint64(2) {
			s := newSimulation(t, seed, n, engine.Config{})
			end := start + 2*minute
			for range 6 {
				s.Run(end + primitives.Millis(s.Random().Below(slotMillis)))
				before := s.top
				for id := range n {
					s.Crash(engine.NodeID(id))
				}
				end = s.Now() + 3000
				s.Run(end)
				for id := range n {
					s.Restart(engine.NodeID(id))
				}
				end += 10 * slotMillis
				s.Run(end)
				if low := s.lowest(all(n)...); low <= before {
					s.fail("I-28: finalized %d, %d before the stop", low, before)
				}
			}
		}
	})
}

var (
	swarmSeeds = flag.Uint64("seeds", 6, "how many random schedules of faults to run")
	swarmFirst = flag.Uint64("seed", 100, "seed of the first one")
)

// TestSimFinalitySwarm draws crashes, restarts, cuts and loss at random, heals,
// and demands progress (I-28).
func TestSimFinalitySwarm(t *testing.T) {
	seeds := *swarmSeeds
	if testing.Short() {
		seeds = min(seeds, 2)
	}
	for seed := range seeds {
		swarm(t, *swarmFirst+seed)
	}
}

func swarm(t *testing.T, seed uint64) simulation {
	t.Helper()
	random := engine.NewRand(seed)
	n := 4 + int(random.Below(4))
	c := chain{n: n, rotate: random.Below(2) == 0, delay: primitives.BlockNumber(random.Below(4))}
	if random.Below(3) == 0 {
		c.liars = (n - 2) / 3 // also of the sets that leave one out
	}
	s := newChain(t, seed, c, engine.Config{Loss: random.Below(100_000), Duplicate: random.Below(100_000)})
	for at := start + minute; at < start+6*minute; {
		s.Run(at)
		a, b := engine.NodeID(random.Below(uint64(n))), engine.NodeID(random.Below(uint64(n)))
		switch random.Below(6) {
		case 0, 1:
			s.Crash(a)
		case 2, 3:
			s.Restart(a)
		case 4:
			if a != b {
				s.Cut(a, b)
			}
		case 5:
			s.Heal()
		}
		at += primitives.Millis(random.Below(15_000))
	}
	s.Heal()
	for id := range n {
		s.Restart(engine.NodeID(id))
	}
	before := s.top
	s.Run(s.Now() + 10*slotMillis)
	if low := s.lowest(all(n)[c.liars:]...); low <= before {
		s.fail("I-28: finalized %d, %d before healing", low, before)
	}
	s.Run(s.Now() + 20*slotMillis)
	if low := s.lowest(all(n)[c.liars:]...); s.best > low+4 {
		s.fail("I-28: lag %d 30 slots after healing", s.best-low)
	}
	return s
}

// I-25: the same seed gives the same trace, another seed another one.
func TestSimReplay(t *testing.T) {
	t.Parallel()
	first, again, other := swarm(t, 7).Trace(), swarm(t, 7).Trace(), swarm(t, 8).Trace()
	if first != again {
		t.Errorf("traces of one seed: %d and %d", first, again)
	}
	if first == other {
		t.Error("two seeds have one trace")
	}
}
