package relaychain

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// twin is two machines with the same keys, seen by the others as one: both get
// all messages, the second one a little later.
type twin struct {
	both   [2]*Node
	dead   [2]bool
	random *engine.Rand
	exits  *[]string
}

// toTwin is an input of one of both.
type toTwin struct {
	which int
	input engine.Input
}

func (w *twin) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	if local, ok := in.(engine.Local); ok {
		if to, ok := local.Payload.(toTwin); ok {
			return w.handle(now, to.which, to.input)
		}
	}
	out := w.handle(now, 0, in)
	if _, ok := in.(engine.Wake); ok {
		return append(out, w.handle(now, 1, in)...)
	}
	if !w.dead[1] {
		later := 20 + primitives.Millis(w.random.Below(200))
		out = append(out, engine.After{Delay: later, Payload: toTwin{1, in}})
	}
	return out
}

func (w *twin) handle(now primitives.Millis, which int, in engine.Input) (out []engine.Output) {
	if w.dead[which] || which == 1 && now < Start+minute {
		return nil // it starts later
	}
	n := w.both[which]
	var done []engine.Output
	reason, exited := engine.Contain(func() { done = n.Handle(now, in) })
	if exited {
		w.dead[which], done = true, n.Interrupted()
		*w.exits = append(*w.exits, reason)
	}
	for _, o := range done {
		if after, ok := o.(engine.After); ok {
			o = engine.After{Delay: after.Delay, Payload: toTwin{which, engine.Local{Payload: after.Payload}}}
		}
		out = append(out, o)
	}
	return out
}

func (w *twin) Next() (at primitives.Millis, ok bool) {
	for i, n := range w.both {
		if w.dead[i] || !n.running {
			continue
		}
		if t, due := n.Next(); due && (!ok || t < at) {
			at, ok = t, true
		}
	}
	return at, ok
}

// S10: two machines run with the keys of validator 0; the second one starts
// later. It hears what the first one signs before it signs anything itself, and
// stops; at worst there is one offence.
func TestSimS10DoubleStart(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		var exits []string
		s := begin(t, Config{Seed: 110, Nodes: n, Wrap: func(id engine.NodeID, node *Node) engine.Node {
			if id != 0 {
				return Tap(node)
			}
			second := Boot(node.world, 0, engine.NewDisk(7))
			return Tap(&twin{both: [2]*Node{node, second}, random: engine.Stream(110, 0, "twin"), exits: &exits})
		}})
		s.Byzantine[0] = true
		s.Run(2 * minute)
		if len(exits) == 0 {
			s.fail("both machines go on")
		}
		offences := 0
		for key, made := range s.wire.sealed {
			if key.author == 0 {
				offences += len(made) - 1
			}
		}
		for key, made := range s.wire.voted {
			if s.voter(key.id) == 0 {
				offences += len(made) - 1
			}
		}
		if offences > 1 {
			s.fail("%d offences before a machine stopped", offences)
		}
		ends(s)
		t.Logf("%d offences; %q", offences, exits)
	})
}

// S09: a node gets its disk of minutes ago back, with the guards of then or with
// none. It may not sign anything that contradicts what it signed since.
func TestSimS09OldBackup(t *testing.T) {
	for name, guards := range map[string]bool{"with guards": true, "without guards": false} {
		t.Run(name, func(t *testing.T) {
			forSizes(t, func(t *testing.T, n int) {
				s := begin(t, Config{Seed: 109, Nodes: n})
				for _, age := range []primitives.Millis{5 * SlotMillis, 45_000} {
					s.Run(30_000)
					id := engine.NodeID(s.Random().Below(uint64(n)))
					old := s.BackUp(id)
					s.Run(age)
					s.Crash(id)
					s.RestoreBackup(id, old, guards)
					s.Restart(id)
					for range 40 { // whoever looks after it starts it again
						s.Run(SlotMillis)
						s.Restart(id)
					}
				}
				ends(s)
				t.Log(s.Sometimes)
			})
		})
	}
}
