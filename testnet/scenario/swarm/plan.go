package swarm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
	"github.com/rampart-chain/rampart/testnet/scenario/relaychain"
)

// Class is a kind of fault.
type Class string

// Classes of faults.
const (
	Crash     Class = "crash"     // processes end, and start again
	Power     Class = "power"     // and lose what was not synced
	Point     Class = "point"     // end at the Size'th disk operation from now
	Suspend   Class = "suspend"   // stand still
	Split     Class = "split"     // Nodes are cut off from the others
	Flap      Class = "flap"      // other halves every few seconds
	OneWay    Class = "one-way"   // Nodes hear nothing of the others
	Loss      Class = "loss"      // Size millionths of all messages are lost
	Late      Class = "late"      // a twentieth comes up to Size milliseconds late, a third twice
	Thin      Class = "thin"      // Nodes send Size bytes a second
	Gray      Class = "gray"      // Nodes need Size times as long
	SlowDisk  Class = "slow disk" // a sync takes up to Size milliseconds
	DiskFull  Class = "disk full"
	SyncFails Class = "sync fails"
	OldCopy   Class = "old copy"   // the disk is a copy from At when For is over
	ClockStep Class = "clock step" // clocks are Size-10,000 milliseconds off
)

// classes are all of them, in the order in which they are drawn.
var classes = []Class{Crash, Power, Point, Suspend, Split, Flap, OneWay, Loss, Late, Thin, Gray, SlowDisk, DiskFull, SyncFails, ClockStep}

// Fault is something that goes wrong, from At on, for a time, in milliseconds
// since the start.
type Fault struct {
	Class   Class
	At, For primitives.Millis
	Nodes   []engine.NodeID
	Size    uint64
}

func (f Fault) String() string {
	return fmt.Sprintf("%s %v size %d at %d for %d", f.Class, f.Nodes, f.Size, f.At, f.For)
}

// Plan is what happens in a run.
type Plan struct {
	Seed    uint64
	Network relaychain.Config // without Seed and Fail
	Faults  []Fault
	// Safety is how long faults happen, in milliseconds.
	Safety primitives.Millis
	// Down are validators that do not come back for the liveness phase. With
	// the byzantine ones they are at most a third.
	Down []engine.NodeID
}

// String lists the plan.
func (p Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d validators, %d byzantine, %d paras, sessions of %d slots, eager %t, %d ms of faults, %d stay down\n",
		p.Network.Nodes, len(p.Network.Byzantine), p.Network.Paras.Count, p.Network.Epoch, p.Network.Eager, p.Safety, len(p.Down))
	for _, f := range p.Faults {
		fmt.Fprintln(&b, " ", f)
	}
	return b.String()
}

// Draw returns the plan of a seed. Long ones have up to 30 validators and last
// ten times as long.
func Draw(seed uint64, long bool) Plan {
	r := engine.Stream(seed, 0, "plan")
	below := func(n int) int { return int(r.Below(uint64(n))) }
	p := Plan{Seed: seed}
	n, slots := 4+below(7), 30+below(50)
	if long {
		n, slots = 4+below(27), 400+below(600)
	}
	p.Safety = primitives.Millis(slots) * relaychain.SlotMillis
	p.Network = relaychain.Config{
		Nodes: n, Epoch: uint64(8 + below(20)), Primary: [2]uint64{1 + r.Below(3), 4}, Eager: r.Chance(300_000),
		Network: engine.Config{MinLatency: 5, MaxLatency: primitives.Millis(20 + below(200)), Cost: cost},
	}
	left := (n - 1) / 3
	order := r.Shuffled(n)
	if r.Chance(500_000) {
		p.Network.Byzantine = map[engine.NodeID]relaychain.Behavior{}
		for range below(left + 1) {
			p.Network.Byzantine[order[0]] = behavior(r)
			order, left = order[1:], left-1
		}
	}
	if left > 0 && !p.Network.Eager && r.Chance(400_000) {
		// It waits for the next set, and may have to be started again.
		f := draw(r, OldCopy, n, p.Safety)
		f.Nodes = order[:1]
		p.Faults, order, left = append(p.Faults, f), order[1:], left-1
	}
	for range below(left + 1) {
		p.Down, order = append(p.Down, order[0]), order[1:]
	}
	for _, class := range classes {
		if !r.Chance(350_000) {
			continue
		}
		for range 1 + below(2*max(1, slots/40)) {
			p.Faults = append(p.Faults, draw(r, class, n, p.Safety))
		}
	}
	if slices.ContainsFunc(p.Faults, func(f Fault) bool { return f.Class == OldCopy }) {
		// That a disk is an old copy is heard from peers in the first slots after
		// the start. Whoever hears none, or only such as forgot, may contradict
		// itself.
		p.Faults = slices.DeleteFunc(p.Faults, func(f Fault) bool { return slices.Contains(deafening, f.Class) })
	}
	p.Network.Paras = paras(engine.Stream(seed, 0, "paras"))
	return p
}

// paras draws parachains for every fifth plan: their cores cost several times
// what those of the relay chain do.
func paras(r *engine.Rand) (p relaychain.Paras) {
	if !r.Chance(200_000) {
		return p
	}
	p.Count, p.Collators = 1+int(r.Below(3)), 1+int(r.Below(2))
	p.Deep, p.Connected = r.Chance(400_000), r.Chance(300_000)
	p.Capacity = uint32(2 + r.Below(16))
	return p
}

// deafening are the faults under which a node may not hear of its own past.
var deafening = []Class{Split, Flap, OneWay, Loss, Late, Thin, Gray, Crash, Power}

// behavior draws what a byzantine validator does.
func behavior(r *engine.Rand) (b relaychain.Behavior) {
	some := func(most uint64) uint64 {
		if r.Chance(500_000) {
			return 0
		}
		return r.Below(most)
	}
	b.Drop, b.Replay, b.Mutate = some(500_000), some(200_000), some(200_000)
	b.Delay, b.DelayBy = some(500_000), primitives.Millis(r.Below(60_000))
	b.Votes, b.Silent = r.Chance(500_000), r.Chance(100_000)
	if r.Chance(500_000) {
		b.Blocks = 2 + int(r.Below(4))
	}
	return b
}

// draw draws a fault.
func draw(r *engine.Rand, class Class, n int, within primitives.Millis) Fault {
	f := Fault{Class: class, At: primitives.Millis(r.Below(uint64(within))), For: 1 + primitives.Millis(r.Below(uint64(within)/3))}
	f.For = min(f.For, within-f.At)
	f.Nodes = r.Shuffled(n)[:1+r.Below(uint64(max(1, n/2)))]
	sizes := map[Class][2]uint64{
		Point: {0, 40}, Loss: {10_000, 500_000}, Late: {1000, 120_000}, Thin: {10_000, 200_000},
		Gray: {5, 100}, SlowDisk: {100, 5000}, ClockStep: {0, 20_000},
	}
	if s, ok := sizes[class]; ok {
		f.Size = s[0] + r.Below(s[1]-s[0])
	}
	switch class {
	case SyncFails, DiskFull, Point, ClockStep:
		f.Nodes = f.Nodes[:1]
	case Crash, Power:
		if r.Chance(100_000) {
			f.Nodes = r.Shuffled(n) // all at once
		}
		if r.Chance(500_000) {
			f.For = 1 + primitives.Millis(r.Below(500)) // back in the same slot
		}
	}
	return f
}

// cost is what an input costs a gray node, in microseconds.
func cost(in engine.Input) uint64 {
	if d, ok := in.(engine.Delivered); ok && len(d.Data) > 500 {
		return 2000 // a block, most probably
	}
	return 100
}
