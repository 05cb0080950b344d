package relaychain

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// met demands that a run met rare events.
func met(t *testing.T, s *Simulation, names ...string) {
	t.Helper()
	if never := s.Sometimes.Never(names...); len(never) > 0 {
		t.Errorf("never happened: %q", never)
	}
	sent, delivered := s.Messages()
	t.Logf("%d relay blocks, %d candidates of the first para, %d messages sent, %d delivered, %v", s.top, s.Enacted(0), sent, delivered, s.Sometimes)
}

// paraCount returns how many paras n validators serve.
func paraCount(n int) int { return min(n/2, 4) }

// byzantines gives the first f of n validators a misbehavior.
func byzantines(n int, m Misbehavior) map[engine.NodeID]Misbehavior {
	out := map[engine.NodeID]Misbehavior{}
	for id := range (n - 1) / 3 {
		out[engine.NodeID(id)] = m
	}
	return out
}

// lives runs a simulation for a time in which all paras live (I-29).
func (s *Simulation) lives(d primitives.Millis) {
	for end := s.Now() + d; s.Now() < end; {
		s.ParasLive()
	}
}

// No fault: all paras live, and all messages arrive; collators that run ahead put
// candidates on those that are not backed yet.
func TestSimParasSteady(t *testing.T) {
	for name, deep := range map[string]bool{"plain": false, "deep": true} {
		t.Run(name, func(t *testing.T) {
			forSizes(t, func(t *testing.T, n int) {
				s := begin(t, Config{Seed: 1, Nodes: n, Thorough: true, Paras: Paras{Count: paraCount(n), Deep: deep}})
				s.lives(lasting(2*minute, 10*minute))
				if slots := int(s.Now()-Start) / SlotMillis; s.Enacted(0)*100 < slots*60 {
					t.Errorf("%d candidates in %d slots", s.Enacted(0), slots)
				}
				s.Quiesce(20)
				met(t, s, "recovered from exactly f+1 chunks", "PoV fetched of a validator", "candidate left out: session ends")
				if deep {
					met(t, s, "candidate on one that is not backed")
				}
			})
		})
	}
}

// P15: backers give chunks to f honest validators, and lie in their bitfields: what
// they back is never enacted (I-9), and its core is free again (I-10). Every para
// has a group of one validator, so that byzantine ones back alone.
func TestSimP15DataWithheld(t *testing.T) {
	alone(t, func(t *testing.T, n int) {
		f := (n - 1) / 3
		s := begin(t, Config{Seed: 15, Nodes: n, Paras: Paras{Count: n, Misbehavior: withholders(n, f)}})
		s.Run(lasting(2*minute, 10*minute))
		for para := range n {
			if got := s.Enacted(para); got*5 < int(s.top) {
				t.Errorf("%d candidates of para %d enacted in %d blocks", got, para, s.top)
			}
		}
		met(t, s, "misdeed: withheld", "misdeed: claimed all chunks", "availability timeout")
	})
}

// alone runs a scenario in which every para has a group of one validator.
func alone(t *testing.T, test func(t *testing.T, n int)) {
	t.Parallel()
	for _, n := range []int{4, 7} {
		if testing.Short() && n > 4 {
			break
		}
		t.Run(fmt.Sprint("n=", n), func(t *testing.T) { test(t, n) })
	}
}

// withholders are f byzantine validators who serve so many honest ones.
func withholders(n, honest int) map[engine.NodeID]Misbehavior {
	f := (n - 1) / 3
	return byzantines(n, Misbehavior{Claims: true, Serves: func(to engine.NodeID) bool { return int(to) < f+honest }})
}

// P16 in the network: with chunks at f+1 honest validators a candidate is enacted,
// and its data is recovered from just those. That no fewer do is shown for all
// numbers of validators by TestExactThreshold of availability/chunk.
func TestSimP16ExactThreshold(t *testing.T) {
	alone(t, func(t *testing.T, n int) {
		f := (n - 1) / 3
		s := begin(t, Config{Seed: 16, Nodes: n, Paras: Paras{Count: n, Misbehavior: withholders(n, f+1)}})
		s.lives(lasting(enough, 10*minute))
		met(t, s, "misdeed: withheld", "recovered from exactly f+1 chunks")
		for _, held := range s.paras.holders {
			if len(held) == f+1 {
				return
			}
		}
		t.Error("no candidate was held by f+1 honest validators only")
	})
}

// P17: f validators give wrong chunks: they are refused and held against who sent
// them, chunks come from others, and recovery ends.
func TestSimP17WrongChunks(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 17, Nodes: n, Paras: Paras{Count: paraCount(n), Misbehavior: byzantines(n, Misbehavior{Forges: true})}})
		s.lives(lasting(enough, 10*minute))
		s.Quiesce(20)
		met(t, s, "misdeed: wrong chunk", "wrong chunk blamed", "wrong data blamed", "byzantine peer reported", "recovered")
	})
}

// P19: f validators claim to hold every chunk and serve none.
func TestSimP19LyingBitfields(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		lies := Misbehavior{Claims: true, Serves: func(engine.NodeID) bool { return false }}
		s := begin(t, Config{Seed: 19, Nodes: n, Paras: Paras{Count: paraCount(n), Misbehavior: byzantines(n, lies)}})
		s.lives(lasting(enough, 10*minute))
		met(t, s, "misdeed: claimed all chunks", "recovered")
	})
}

// P20: f validators second two candidates on one head: every one is proved to
// have, and one of the two counts.
func TestSimP20DoubleSeconding(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 20, Nodes: n, Paras: Paras{Count: paraCount(n), Misbehavior: byzantines(n, Misbehavior{SecondsTwice: true})}})
		s.lives(lasting(enough, 10*minute))
		s.Caught()
		met(t, s, "statement evidence")
	})
}

// twoCollators are two collators for each para; the second one of the first para
// misbehaves.
func twoCollators(n int, m CollatorMisbehavior) Paras {
	p := Paras{Count: paraCount(n), Collators: 2}
	if m != Honest {
		p.Misbehavior = map[engine.NodeID]Misbehavior{engine.NodeID(n + p.Count): {Collator: m}}
	}
	return p
}

// P22: a collator offers 1000 candidates a second that it does not have: other
// paras lose at most 5 % of their throughput, and its own goes on.
func TestSimP22CollatorSpam(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		run := func(m CollatorMisbehavior) *Simulation {
			s := begin(t, Config{Seed: 22, Nodes: n, Paras: twoCollators(n, m)})
			s.Run(lasting(enough, 10*minute))
			return s
		}
		calm, flooded := run(Honest), run(Flooding)
		for para := 1; para < paraCount(n); para++ {
			if want, got := calm.Enacted(para), flooded.Enacted(para); got*100 < want*95 {
				t.Errorf("para %d: %d candidates, %d without spam of another para", para, got, want)
			}
		}
		if flooded.Enacted(0)*4 < calm.Enacted(0) {
			t.Errorf("para with the spam: %d candidates, %d without", flooded.Enacted(0), calm.Enacted(0))
		}
		met(t, flooded, "byzantine peer reported")
	})
}

// P23: a collator offers candidates and never delivers: the next one is asked in
// time.
func TestSimP23CollatorWithholds(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 23, Nodes: n, Paras: twoCollators(n, Silent)})
		s.world.paras.Connected = true
		s.lives(lasting(enough, 10*minute))
		waited := 0
		for key, f := range s.paras.fetches {
			if f.honest == 0 || f.honest == f.any {
				continue
			}
			waited++
			if limit := collation.Deadline(SlotMillis); f.honest > f.any+limit {
				t.Errorf("node %d asked an honest collator %d ms after a silent one, want at most %d", key.node, f.honest-f.any, limit)
			}
		}
		if waited == 0 {
			t.Error("nobody waited for the silent collator")
		}
		met(t, s, "byzantine peer reported")
	})
}

// S13 with paras: f validators crash at every session boundary, and return.
func TestSimS13ParasAtSessionChange(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 13, Nodes: n, Paras: Paras{Count: paraCount(n)}})
		for range lasting(3, 20) {
			boundary := (s.Now()/(EpochSlots*SlotMillis) + 1) * EpochSlots * SlotMillis
			s.Run(boundary - s.Now() - 1000 + primitives.Millis(s.Random().Below(3000)))
			first := int(s.Random().Below(uint64(n)))
			for i := range (n - 1) / 3 {
				s.PowerLoss(engine.NodeID((first + i) % n))
			}
			s.Run(primitives.Millis(s.Random().Below(6000)))
			for i := range (n - 1) / 3 {
				s.Restart(engine.NodeID((first + i) % n))
			}
		}
		s.ParasLive()
		s.Quiesce(20)
		met(t, s)
	})
}
