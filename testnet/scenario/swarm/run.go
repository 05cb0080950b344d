package swarm

import (
	"fmt"
	"runtime/debug"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
	"github.com/rampart-chain/rampart/testnet/scenario/relaychain"
)

// Result is what a run gave.
type Result struct {
	// Failure is the broken invariant, empty if there was none.
	Failure   string
	Trace     uint64
	Sometimes engine.Sometimes
	// Handled counts inputs, Virtual is how long the run took in virtual time.
	Handled uint64
	Virtual primitives.Millis
}

// broken is the panic that ends a run.
type broken struct{ reason string }

// Run simulates a plan.
func Run(p Plan) (result Result) {
	var s *relaychain.Simulation
	defer func() {
		switch r := recover().(type) {
		case nil:
		case broken:
			result.Failure = r.reason
		default:
			result.Failure = fmt.Sprintf("panic: %v\n%s", r, debug.Stack())
		}
		if s != nil {
			result.Trace, result.Sometimes, result.Handled = s.Trace(), s.Sometimes, s.Handled()
			result.Virtual = s.Now() - relaychain.Start
		}
	}()
	c := p.Network
	c.Seed = p.Seed
	c.Fail = func(reason string) { panic(broken{reason}) }
	s = relaychain.New(c)
	s.Transact(true)
	for _, f := range p.Faults {
		if f.Class == OldCopy {
			replace(s, f)
			continue
		}
		s.At(relaychain.Start+f.At, func() { begin(s, f) })
		s.At(relaychain.Start+f.At+f.For, func() { end(s, f) })
	}
	s.Run(p.Safety + 1)
	heal(s, p)
	s.Recovers()
	s.Proven()
	if p.Network.Paras.Count > 0 {
		slots := primitives.Millis(20)
		if len(p.Down) > 0 {
			slots = 40 // a group with a validator that is down may back nothing
		}
		s.Quiesce(slots)
	}
	return result
}

// replace gives nodes their disks of some time ago.
func replace(s *relaychain.Simulation, f Fault) {
	for _, id := range f.Nodes {
		var old relaychain.Backup
		s.At(relaychain.Start+f.At, func() { old = s.BackUp(id) })
		s.At(relaychain.Start+f.At+f.For, func() {
			s.Crash(id)
			s.RestoreBackup(id, old, f.At%2 == 0)
			s.Restart(id)
		})
		for after := primitives.Millis(0); after < 60_000; after += 3 * relaychain.SlotMillis {
			// Whoever looks after the node starts it again if it ended.
			s.At(relaychain.Start+f.At+f.For+after, func() { s.Restart(id) })
		}
	}
}

// begin lets a fault happen.
func begin(s *relaychain.Simulation, f Fault) {
	switch f.Class {
	case Split:
		s.Split(f.Nodes, rest(s, f.Nodes))
	case OneWay:
		for _, from := range rest(s, f.Nodes) {
			for _, to := range f.Nodes {
				s.Cut(from, to)
			}
		}
	case Flap:
		s.Flap(1000, 30_000, func([]engine.NodeID) {})
	case Loss:
		s.SetLinks(engine.Link{Loss: f.Size})
	case Late:
		s.SetLinks(engine.Link{Late: 50_000, LateBy: primitives.Millis(f.Size), Duplicate: 300_000})
	default:
		for _, id := range f.Nodes {
			strike(s, f, id)
		}
	}
}

// strike lets a fault happen to one node.
func strike(s *relaychain.Simulation, f Fault, id engine.NodeID) {
	switch f.Class {
	case Crash:
		s.Crash(id)
	case Power:
		s.PowerLoss(id)
	case Point:
		left := f.Size
		s.Disk(id).SetFaults(engine.DiskFaults{StopAt: func(string) bool {
			left--
			return left == 0
		}})
	case Suspend:
		s.Suspend(id)
	case Thin:
		s.SetBandwidth(id, f.Size)
	case Gray:
		s.Slow(id, f.Size)
	case SlowDisk:
		s.Disk(id).SetFaults(engine.DiskFaults{SlowMin: primitives.Millis(f.Size / 2), SlowMax: primitives.Millis(f.Size)})
	case DiskFull:
		s.Disk(id).SetFaults(engine.DiskFaults{Full: true})
	case SyncFails:
		s.Disk(id).SetFaults(engine.DiskFaults{FailSyncs: 1})
	case ClockStep:
		s.StepClock(id, int64(f.Size)-10_000)
	}
}

// end ends a fault.
func end(s *relaychain.Simulation, f Fault) {
	switch f.Class {
	case Split, OneWay, Flap:
		s.Heal()
	case Loss, Late:
		s.SetLinks(engine.Link{})
	default:
		for _, id := range f.Nodes {
			cure(s, id)
		}
	}
}

// cure makes a node well. What it signed and stored stays.
func cure(s *relaychain.Simulation, id engine.NodeID) {
	s.Disk(id).SetFaults(engine.DiskFaults{})
	s.SetBandwidth(id, 0)
	s.Slow(id, 0)
	if s.Clock(id) != s.Now() {
		s.SetClock(id, 0, 0)
		s.Crash(id) // else it stands still until the time has come
	}
	s.Resume(id)
	if s.Busy(id) {
		s.Crash(id) // it would be for as long as the disk was slow
	}
	s.Restart(id)
}

// heal ends all faults for all validators but those that stay down.
func heal(s *relaychain.Simulation, p Plan) {
	s.Heal()
	s.SetLinks(engine.Link{})
	for id := range p.Network.Nodes {
		cure(s, engine.NodeID(id))
	}
	for _, id := range p.Down {
		s.Crash(id)
	}
}

// rest returns the validators that are not among ids.
func rest(s *relaychain.Simulation, ids []engine.NodeID) (out []engine.NodeID) {
	in := map[engine.NodeID]bool{}
	for _, id := range ids {
		in[id] = true
	}
	for id := range s.Validators() {
		if !in[engine.NodeID(id)] {
			out = append(out, engine.NodeID(id))
		}
	}
	return out
}
