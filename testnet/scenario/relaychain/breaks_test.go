package relaychain

import (
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// What the scenarios demand fails when it does not hold.
func TestSimulationSees(t *testing.T) {
	t.Parallel()
	type stop struct{ reason string }
	crash := func(s *Simulation, k int) {
		for _, id := range ids(0, k) {
			s.Crash(id)
		}
	}
	for name, test := range map[string]struct {
		want string
		wrap Behavior
		harm func(s *Simulation)
	}{
		"no finality":         {"I-28", Behavior{}, func(s *Simulation) { crash(s, 2); s.Resumes() }},
		"transaction is lost": {"I-30", Behavior{}, func(s *Simulation) { s.Transact(true); s.Strict(true); crash(s, 2); s.Run(25 * SlotMillis) }},
		"issuance": {"I-19", Behavior{}, func(s *Simulation) {
			for _, n := range s.nodes {
				state := n.states[n.tree.Best().Hash]
				state.Memory[balances.TotalIssuance.Key] = primitives.NewBalance(1).AppendSCALE(nil)
			}
			s.Recount()
		}},
		"orphans": {"I-26", Behavior{}, func(s *Simulation) {
			for i := range maxOrphans + 1 {
				s.nodes[0].orphans[primitives.Hash{byte(i), byte(i >> 8)}] = []orphan{{}}
			}
			s.bounded()
		}},
		"lost block": {"I-22", Behavior{}, func(s *Simulation) {
			s.wire.announced[0] = append(s.wire.announced[0], primitives.BlockID{Number: 1000})
			s.Crash(0)
			s.Restart(0)
			s.Run(SlotMillis)
		}},
		"skipped set": {"I-7", Behavior{}, func(s *Simulation) { s.observe(s.Now(), 0, setNote{grandpa.SetChanged{Set: 1000}}) }},
		"no proof": {"kept the justification", Behavior{}, func(s *Simulation) {
			s.Run(2 * EpochSlots * SlotMillis)
			for id := range s.nodes {
				s.Disk(engine.NodeID(id)).Restore(nil)
			}
			s.Proven()
		}},
		"two votes":  {"I-5", Behavior{Votes: true}, func(s *Simulation) { s.Run(minute) }},
		"two blocks": {"I-5", Behavior{Blocks: 2}, func(s *Simulation) { s.Run(minute) }},
		"bad blocks": {"", Behavior{BadRoot: true}, func(s *Simulation) { s.Run(minute) }},
		"lost guards": {"I-", Behavior{}, func(s *Simulation) {
			for range 40 {
				s.Run(SlotMillis/2 + primitives.Millis(s.Random().Below(SlotMillis)))
				for id := range engine.NodeID(4) {
					s.Crash(id)
					s.RestoreBackup(id, Backup{}, false) // without chain data beside it a new guard does not wait
				}
				for id := range engine.NodeID(4) {
					s.Restart(id)
				}
			}
		}},
		"noise": {"bad message", Behavior{Mutate: 500_000}, func(s *Simulation) { s.Run(minute) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := func() (said string) {
				defer func() {
					if r := recover(); r != nil {
						said = r.(stop).reason
					}
				}()
				c := Config{Seed: 1, Nodes: 4, Eager: name == "lost guards", Fail: func(reason string) { panic(stop{reason}) }}
				if test.wrap != (Behavior{}) { // a liar that the observer takes for honest
					c.Wrap = func(id engine.NodeID, n *Node) engine.Node {
						if id == 0 {
							return Tap(newByzantine(n, test.wrap, NewBrain(), engine.Stream(1, id, "byzantine")))
						}
						return Tap(n)
					}
				}
				s := New(c)
				s.Run(10 * SlotMillis)
				test.harm(s)
				return ""
			}()
			if said == "" || !strings.Contains(said, test.want) {
				t.Errorf("said %q, want %q", said, test.want)
			}
		})
	}
}
