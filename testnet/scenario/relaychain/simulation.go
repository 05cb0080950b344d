package relaychain

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// Config describes a simulation of whole nodes.
type Config struct {
	Seed  uint64
	Nodes int
	// Network has what the engine is told of links and gossip; New sets its
	// Seed, Nodes, Start, Boot and Observe.
	Network engine.Config
	// Eager nodes make blocks at once after a start, others first wait for what
	// their peers have.
	Eager bool
	// Forgetful nodes do not ask the guard at a start what they signed: only its
	// refusals keep them from contradicting themselves.
	Forgetful bool
	// Thorough nodes execute every block themselves; by default those do that
	// World.executes names.
	Thorough bool
	// Primary is the chance that a slot has a primary author, as numerator and
	// denominator; default 1 in 4. Epoch is the length of a session in slots;
	// default EpochSlots.
	Primary [2]uint64
	Epoch   uint64
	// Paras are the parachains; none by default.
	Paras Paras
	// Byzantine says which validators are not honest, and how.
	Byzantine map[engine.NodeID]Behavior
	// Wrap may put something between a validator that starts and the engine;
	// nil for nothing.
	Wrap func(engine.NodeID, *Node) engine.Node
	// Fail is told of a broken invariant. If it returns, the run goes on.
	Fail func(reason string)
}

// Simulation is a network of nodes, watched by an Observer.
type Simulation struct {
	*engine.Engine
	*Observer
	// samples counts heights of nodes looked at, late those more than 4 blocks
	// behind the best block; maxLag is the longest way behind it.
	samples, late int
	maxLag        primitives.BlockNumber
	nodes         []*Node // that run, or ran last
	workload      workload
}

// New returns a simulation that has not begun.
func New(c Config) *Simulation {
	w := newWorld(c)
	w.Eager, w.forgetful = c.Eager, c.Forgetful
	o := NewObserver(w, func(format string, args ...any) {
		c.Fail(fmt.Sprintf("n=%d SEED=%d: %s", c.Nodes, c.Seed, fmt.Sprintf(format, args...)))
	})
	s := &Simulation{Observer: o, nodes: make([]*Node, c.Nodes)}
	for id := range c.Paras.Misbehavior {
		o.Byzantine[id] = true
	}
	for id := range c.Byzantine {
		o.Byzantine[id] = true
	}
	brain := NewBrain()
	network := c.Network
	network.Seed, network.Nodes, network.Start, network.Observe = c.Seed, w.nodes(), Start, o.observe
	network.Boot = func(id engine.NodeID, disk *engine.Disk) engine.Node {
		if int(id) >= c.Nodes {
			return BootCollator(w, id)
		}
		n := Boot(w, id, disk)
		s.nodes[id] = n
		if c.Wrap != nil {
			return c.Wrap(id, n)
		}
		if b, ok := c.Byzantine[id]; ok {
			return Tap(newByzantine(n, b, brain, engine.Stream(c.Seed, id, "byzantine")))
		}
		return Tap(n)
	}
	s.Engine = engine.New(network)
	return s
}

// Run goes on for a time, and looks at all nodes once a slot.
func (s *Simulation) Run(d primitives.Millis) {
	for end := s.Now() + d; s.Now() < end; {
		s.transact()
		sets := len(s.sets)
		s.Engine.Run(min(end, s.Now()+SlotMillis))
		s.bounded()
		if len(s.sets) > sets && s.Parted() {
			s.Sometimes.Add("set change in partition")
		}
		for id, final := range s.final {
			if !s.well(engine.NodeID(id)) || s.best < final {
				continue
			}
			s.samples++
			s.maxLag = max(s.maxLag, s.best-final)
			if s.best > final+4 {
				s.late++
			}
		}
	}
}

// Validators returns how many validators there are, running or not.
func (s *Simulation) Validators() int { return len(s.nodes) }

// Lowest returns the lowest finalized height of an honest validator that runs.
func (s *Simulation) Lowest() primitives.BlockNumber {
	low := s.top
	for id, final := range s.final {
		if s.well(engine.NodeID(id)) {
			low = min(low, final)
		}
	}
	return low
}

// Compared demands that nodes had something to agree on.
func (s *Simulation) Compared() {
	if s.executedAgain < int(s.top) || s.chosenAgain < int(s.top) {
		s.fail("I-4 was checked for %d states and %d choices only", s.executedAgain, s.chosenAgain)
	}
}

// caughtUp is how many blocks become final in a slot at least at a node that missed
// them, or in a network that finalized none: a session of 8 or more, by the round or
// the justification that ends it.
const caughtUp = 8

// Resumes demands I-28: all honest nodes that run finalize more within 10 slots,
// and are at most 4 blocks behind within 30. Where more blocks are missing there is
// a slot for each caughtUp of them.
func (s *Simulation) Resumes() {
	before := s.top
	slots := max(10, primitives.Millis(before-s.Lowest())/caughtUp)
	s.Run(slots * SlotMillis)
	low := s.Lowest()
	if low <= before {
		s.fail("I-28: finalized %d, %d before, within %d slots", low, before, slots)
	}
	more := max(20, primitives.Millis(s.best-low)/caughtUp)
	for range more {
		s.Run(SlotMillis)
		if s.best <= s.Lowest()+4 {
			return
		}
	}
	s.fail("I-28: finalized %d, best %d, after %d slots", s.Lowest(), s.best, slots+more)
}

// Recovers demands, from the time on at which faults are over, I-28, I-30 for the
// transfers under way, and I-19. Where finality missed sessions, transfers wait until
// they have ended.
func (s *Simulation) Recovers() {
	if s.best > s.Lowest()+10*caughtUp {
		s.Resumes()
	}
	s.Strict(true)
	due := s.Now() + (finalWithin+2)*SlotMillis
	s.Resumes()
	s.Run(max(due, s.Now()) - s.Now())
	s.Strict(false)
	s.Recount()
}

// Proven demands that the justifications that a node keeps lead from the
// authorities of genesis to the last set, each checked with the set that the one
// before it proved.
func (s *Simulation) Proven() {
	last := slices.Max(slices.Collect(maps.Keys(s.sets)))
	for set := range last {
		found := false
		for id := range s.nodes {
			raw := s.Disk(engine.NodeID(id)).Get(fmt.Sprint("justification ", set))
			if raw == nil {
				continue
			}
			found = true
			var j primitives.GRANDPAJustification
			must(scale.Unmarshal(raw, &j))
			voters, err := grandpa.NewVoterSet(s.sets[set])
			must(err)
			if err := grandpa.VerifyJustification(voters, set, j, s.world.scheme); err != nil {
				s.fail("I-2: justification of node %d that ended set %d: %v", id, set, err)
			}
			if target := j.Commit.Target; s.canon[target.Number] != target.Hash {
				s.fail("I-2: justification of node %d that ended set %d is for another block %d", id, set, target.Number)
			}
		}
		if !found && set+1 < last { // the last one may be being written
			s.fail("nobody kept the justification that ended set %d of %d", set, last)
		}
	}
}
