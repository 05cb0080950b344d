package engine

import (
	"container/heap"
	"encoding/binary"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Config describes a simulation. Zero fields have the defaults named.
type Config struct {
	Seed  uint64
	Nodes int
	// Start is the virtual time of the first event, in Unix milliseconds.
	Start primitives.Millis
	// Latency is drawn once per pair from [MinLatency, MaxLatency], default
	// [20, 100] ms, and for each message up to Jitter is added, default 10 ms.
	MinLatency, MaxLatency, Jitter primitives.Millis
	// Loss and Duplicate are chances per message, in millionths.
	Loss, Duplicate uint64
	// Seen is how long gossip remembers what it saw, default 120,000 ms.
	Seen primitives.Millis
	// Boot starts a node on its disk.
	Boot func(id NodeID, disk *Disk) Node
	// Observe is given every Note; nil for nobody.
	Observe func(now primitives.Millis, id NodeID, note any)
}

func (c Config) withDefaults() Config {
	if c.MaxLatency == 0 {
		c.MinLatency, c.MaxLatency = 20, 100
	}
	if c.Jitter == 0 {
		c.Jitter = 10
	}
	if c.Seen == 0 {
		c.Seen = 120_000
	}
	if c.Observe == nil {
		c.Observe = func(primitives.Millis, NodeID, any) {}
	}
	return c
}

// maxRedial bounds the time until a healed connection is made again, in
// milliseconds.
const maxRedial = 3000

// Engine is a simulation. It has one owner.
type Engine struct {
	config  Config
	random  Rand
	now     primitives.Millis
	events  queue
	serial  uint64
	procs   []*process
	links   network
	trace   primitives.Hash
	handled uint64
}

// process is a node, or the place of one that is down.
type process struct {
	node Node // nil while down
	disk *Disk
	// life counts starts: what was meant for an earlier life is dropped.
	life uint64
	wake uint64 // serial of the wake-up that counts
	seen seenCache
}

// event is something that happens at a time: to a node, or an action.
type event struct {
	at     primitives.Millis
	serial uint64
	to     NodeID
	life   uint64 // 0: any
	input  Input
	action func()
}

type queue []event

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].serial < q[j].serial
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(event)) }
func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = event{}
	*q = old[:len(old)-1]
	return last
}

// New returns a simulation in which all nodes start, connected to each other,
// at Config.Start.
func New(config Config) *Engine {
	config = config.withDefaults()
	e := &Engine{config: config, random: NewRand(config.Seed), now: config.Start}
	e.links = newNetwork(config, &e.random)
	for range config.Nodes {
		e.procs = append(e.procs, &process{disk: newDisk()})
	}
	for id := range e.procs {
		e.Restart(NodeID(id))
	}
	return e
}

// Now returns the virtual time.
func (e *Engine) Now() primitives.Millis { return e.now }

// Handled returns how many inputs nodes have handled.
func (e *Engine) Handled() uint64 { return e.handled }

// Random returns the generator of the simulation, for schedules of faults.
func (e *Engine) Random() *Rand { return &e.random }

// Node returns a running node, or nil.
func (e *Engine) Node(id NodeID) Node { return e.procs[id].node }

// Trace returns the hash of all that happened: time, node and content of every
// input and output.
func (e *Engine) Trace() primitives.Hash { return e.trace }

// At runs action at time at, before inputs scheduled later for the same time.
func (e *Engine) At(at primitives.Millis, action func()) {
	e.push(event{at: at, action: action})
}

func (e *Engine) push(ev event) uint64 {
	e.serial++
	ev.serial = e.serial
	ev.at = max(ev.at, e.now)
	heap.Push(&e.events, ev)
	return e.serial
}

// Run handles all events before time until, and sets the clock to it.
func (e *Engine) Run(until primitives.Millis) {
	for len(e.events) > 0 && e.events[0].at < until {
		ev := heap.Pop(&e.events).(event)
		e.now = ev.at
		if ev.action != nil {
			ev.action()
			continue
		}
		e.deliver(ev)
	}
	e.now = max(e.now, until)
}

// Crash stops a node at once: its memory and unsynced writes are lost.
func (e *Engine) Crash(id NodeID) {
	p := e.procs[id]
	if p.node == nil {
		return
	}
	p.node, p.seen = nil, seenCache{}
	p.disk.crash(&e.random)
	e.record(id, 'c', nil)
}

// Restart starts a node that is down, on its disk, and connects it.
func (e *Engine) Restart(id NodeID) {
	p := e.procs[id]
	if p.node != nil {
		return
	}
	p.life++
	p.node = e.config.Boot(id, p.disk)
	e.record(id, 'r', nil)
	p.wake = e.push(event{at: e.now, to: id, life: p.life, input: Wake{}})
	for peer := range e.procs {
		e.connect(id, NodeID(peer))
	}
}

// connect tells both nodes of their connection after a while, if there is one
// then.
func (e *Engine) connect(a, b NodeID) {
	if a == b || e.procs[a].node == nil || e.procs[b].node == nil {
		return
	}
	e.At(e.now+primitives.Millis(e.random.Below(maxRedial)), func() {
		if e.links.open(a, b) && e.links.open(b, a) {
			e.push(event{at: e.now, to: a, input: Connected{Peer: b}})
			e.push(event{at: e.now, to: b, input: Connected{Peer: a}})
		}
	})
}

// deliver gives an input to a node and performs what it does.
func (e *Engine) deliver(ev event) {
	p := e.procs[ev.to]
	if p.node == nil || ev.life != 0 && ev.life != p.life {
		return
	}
	switch in := ev.input.(type) {
	case Wake:
		if ev.serial != p.wake {
			return
		}
		e.record(ev.to, 'w', nil)
	case Delivered:
		if in.Topic != "" && !p.seen.add(in.Topic, in.Data, e.now, e.config.Seen) {
			return
		}
		e.record(ev.to, 'd', in.Data)
	default:
		e.record(ev.to, 'i', nil)
	}
	e.handled++
	for _, out := range p.node.Handle(e.now, ev.input) {
		if e.perform(ev.to, ev.input, out); p.node == nil {
			return // crashed by the observer
		}
	}
	if at, ok := p.node.Next(); ok {
		p.wake = e.push(event{at: at, to: ev.to, life: p.life, input: Wake{}})
	} else {
		p.wake = 0
	}
}

// perform does what a node asked for in answer to an input.
func (e *Engine) perform(id NodeID, in Input, out Output) {
	p := e.procs[id]
	switch out := out.(type) {
	case Send:
		e.record(id, 's', out.Data)
		e.transmit(id, out.To, Delivered{From: id, Data: out.Data})
	case Publish:
		if p.seen.add(out.Topic, out.Data, e.now, e.config.Seen) {
			e.record(id, 'p', out.Data)
			e.flood(id, id, out.Topic, out.Data)
		}
	case Forward:
		if d, ok := in.(Delivered); ok && d.Topic != "" {
			e.flood(id, d.From, d.Topic, d.Data)
		}
	case After:
		e.push(event{at: e.now + out.Delay, to: id, life: p.life, input: Local{out.Payload}})
	case Note:
		e.config.Observe(e.now, id, out.Payload)
	}
}

// flood sends gossip to all nodes but the one it came from.
func (e *Engine) flood(id, from NodeID, topic string, data []byte) {
	for to := range e.procs {
		if to := NodeID(to); to != id && to != from {
			e.transmit(id, to, Delivered{From: id, Topic: topic, Data: data})
		}
	}
}

// transmit puts a message on a link.
func (e *Engine) transmit(from, to NodeID, m Delivered) {
	if from == to || e.procs[to].node == nil {
		return
	}
	copies := 1
	if e.random.Chance(e.config.Duplicate) {
		copies = 2
	}
	for range copies {
		lost := e.random.Chance(e.config.Loss)
		at := e.now + e.links.delay(from, to, &e.random)
		if !lost && e.links.open(from, to) {
			e.push(event{at: at, to: to, life: e.procs[to].life, input: m})
		}
	}
}

// record adds to the trace.
func (e *Engine) record(id NodeID, kind byte, data []byte) {
	b := append(make([]byte, 0, 64+len(data)), e.trace[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(e.now))
	b = binary.LittleEndian.AppendUint32(b, uint32(id))
	e.trace = primitives.Blake2b256(append(append(b, kind), data...))
}
