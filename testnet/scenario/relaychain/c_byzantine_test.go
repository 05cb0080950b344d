package relaychain

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// liars returns f byzantine validators of n that all behave so.
func liars(n int, b Behavior) map[engine.NodeID]Behavior {
	out := map[engine.NodeID]Behavior{}
	for _, id := range ids(0, faulty(n)) {
		out[id] = b
	}
	return out
}

// C09, the part before slashing: f validators sign two votes of each phase, and
// tell each half of the others another one.
func TestSimC09VoteEquivocators(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 9, Nodes: n, Byzantine: liars(n, Behavior{Votes: true})})
		s.Run(lasting(2*minute, hour))
		s.Caught()
		ends(s)
	})
}

// C11: f validators make several blocks in each of their slots.
func TestSimC11BlockEquivocators(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 11, Nodes: n, Byzantine: liars(n, Behavior{Blocks: 4})})
		s.Run(lasting(2*minute, hour))
		s.Caught()
		for key, made := range s.wire.sealed {
			if len(made) > 4 {
				s.fail("%d blocks in slot %d", len(made), key.slot)
			}
		}
		ends(s)
	})
}

// C12: in about a third of the slots there are two authors or more.
func TestSimC12SlotCollisions(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 12, Nodes: n, Primary: [2]uint64{2, 3}})
		s.Run(lasting(2*minute, day))
		authors := map[primitives.Slot]int{}
		for key := range s.wire.sealed {
			authors[key.slot]++
		}
		collisions := 0
		for _, k := range authors {
			if k > 1 {
				collisions++
			}
		}
		if collisions*5 < len(authors) {
			s.fail("%d of %d slots have two authors", collisions, len(authors))
		}
		ends(s)
	})
}

// C18: peers hand out blocks with a wrong state root, or a wrong VRF proof: they
// are refused, and each is executed at most once by a node.
func TestSimC18BadForkOffered(t *testing.T) {
	for name, b := range map[string]Behavior{"root": {BadRoot: true}, "claim": {BadClaim: true}} {
		t.Run(name, func(t *testing.T) {
			forSizes(t, func(t *testing.T, n int) {
				s := begin(t, Config{Seed: 18, Nodes: n, Byzantine: liars(n, b)})
				s.Run(lasting(minute, hour))
				bad := 0
				for hash := range s.wire.seen {
					if _, executed := s.known[hash]; !executed {
						bad++
					}
				}
				if bad == 0 || s.Sometimes["rejected block"] == 0 {
					s.fail("no bad block was offered")
				}
				if refused := s.Sometimes["rejected block"]; refused > bad*n {
					s.fail("%d bad blocks were refused %d times by %d nodes", bad, refused, n)
				}
				ends(s)
			})
		})
	}
}

// Byzantine nodes that lose, delay, repeat and garble what they send, and keep
// their own votes back.
func TestSimByzantineNoise(t *testing.T) {
	for name, b := range map[string]Behavior{
		"lossy":  {Drop: 300_000, Delay: 300_000, DelayBy: 60_000, Replay: 100_000},
		"garble": {Mutate: 200_000, Replay: 100_000},
		"silent": {Silent: true},
		"all":    {Blocks: 2, Votes: true, Mutate: 50_000, Replay: 50_000, Drop: 100_000, Delay: 100_000, DelayBy: 20_000},
	} {
		t.Run(name, func(t *testing.T) {
			forSizes(t, func(t *testing.T, n int) {
				s := begin(t, Config{Seed: 99, Nodes: n, Byzantine: liars(n, b)})
				s.Run(lasting(minute, hour))
				if name == "garble" && s.Sometimes["rejected encoding"] == 0 {
					s.fail("nothing was garbled")
				}
				ends(s)
			})
		})
	}
}

// C15: clocks are off, run wrong, and are stepped. Validators within two seconds
// of the true time lose few slots.
func TestSimC15ClockSkew(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 15, Nodes: n})
		far := []int64{-600_000, -10_000, 10_000, 600_000}
		for id := range n {
			offset := int64(s.Random().Below(2000)) - 1000
			if id < faulty(n) {
				offset = far[s.Random().Below(4)]
			}
			s.SetClock(engine.NodeID(id), offset, int64(s.Random().Below(400))-200)
		}
		s.Run(minute)
		for range 6 {
			id := engine.NodeID(s.Random().Below(uint64(faulty(n))))
			s.StepClock(id, far[s.Random().Below(4)])
			before := s.top
			s.Run(lasting(15_000, 10*minute))
			if s.top <= before {
				s.fail("nothing finalized after %d", before)
			}
		}
		good, due := len(s.slots), int((s.Now()-Start)/SlotMillis)*(n-faulty(n))/n
		if good*10 < due*8 {
			s.fail("%d canonical blocks, %d slots are of validators with good clocks", good, due)
		}
		for id := range n {
			s.SetClock(engine.NodeID(id), 0, 0)
		}
		// Who was ahead stands still until the time is there.
		for id := range n {
			s.Crash(engine.NodeID(id))
			s.Restart(engine.NodeID(id))
			s.Run(SlotMillis)
		}
		ends(s)
	})
}

// The observer sees that a byzantine node is not caught, and that an honest one is
// accused.
func TestObserverCaught(t *testing.T) {
	for name, accuse := range map[string]func(*Observer){
		"nobody equivocated":  func(o *Observer) { o.Caught() },
		"nobody has evidence": func(o *Observer) { o.Byzantine[1] = true; o.equivocated(1, "vote"); o.Caught() },
		"against honest":      func(o *Observer) { o.evidence(0, 1, "vote") },
		"I-5: equivocation":   func(o *Observer) { o.equivocated(1, "vote") },
	} {
		said := ""
		o := NewObserver(NewWorld(1, 4, Paras{}), func(format string, args ...any) { said += fmt.Sprintf(format, args...) })
		if accuse(o); !containsText(said, name) {
			t.Errorf("%s: said %q", name, said)
		}
	}
}
