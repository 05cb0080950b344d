package engine

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

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
	// Loss and Duplicate are chances per message, in millionths, of all links;
	// see SetLink.
	Loss, Duplicate uint64
	// Seen is how long gossip remembers what it saw, default 120,000 ms.
	Seen primitives.Millis
	// Cost is what an input costs a node, in microseconds, times the factor of
	// Slow; nil for nothing.
	Cost func(in Input) uint64
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
	if c.Cost == nil {
		c.Cost = func(Input) uint64 { return 0 }
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
	random  Rand // of faults
	now     primitives.Millis
	events  queue
	serial  uint64
	procs   []*process
	links   network
	seen    seen
	trace   xxhash.Digest
	handled uint64
	dropped uint64
	free    []*event // to be used again
}

// New returns a simulation in which all nodes start, connected to each other,
// at Config.Start.
func New(config Config) *Engine {
	config = config.withDefaults()
	e := &Engine{config: config, random: NewRand(config.Seed), now: config.Start}
	e.trace.Reset()
	e.seen = newSeen(config.Nodes, config.Seen)
	e.links = newNetwork(config, *Stream(config.Seed, -1, "network"))
	for id := range config.Nodes {
		e.procs = append(e.procs, &process{disk: newDisk(Stream(config.Seed, NodeID(id), "disk"))})
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

// Dropped returns how many messages found the inbox of their node, or the queue
// of their sender, full.
func (e *Engine) Dropped() uint64 { return e.dropped }

// Random returns the generator of the simulation, for schedules of faults.
func (e *Engine) Random() *Rand { return &e.random }

// Node returns a running node, or nil.
func (e *Engine) Node(id NodeID) Node { return e.procs[id].node }

// Trace returns a hash of all that happened: time, node and content of every
// input and output.
func (e *Engine) Trace() uint64 { return e.trace.Sum64() }

// At runs action at time at, before inputs scheduled later for the same time.
func (e *Engine) At(at primitives.Millis, action func()) {
	e.push(event{at: at, action: action})
}

// Tell gives a node Local{payload} now, as its operator or a client would.
func (e *Engine) Tell(id NodeID, payload any) {
	e.push(event{at: e.now, to: id, input: Local{payload}})
}

func (e *Engine) push(ev event) uint64 {
	e.serial++
	ev.serial = e.serial
	ev.at = max(ev.at, e.now)
	if len(e.free) == 0 {
		e.free = make([]*event, 256)
		for i, some := 0, make([]event, 256); i < len(some); i++ {
			e.free[i] = &some[i]
		}
	}
	last := len(e.free) - 1
	slot := e.free[last]
	e.free = e.free[:last]
	*slot = ev
	e.events.push(slot)
	return ev.serial
}

// Run handles all events before time until, and sets the clock to it.
func (e *Engine) Run(until primitives.Millis) {
	for ev := e.events.pop(until); ev != nil; ev = e.events.pop(until) {
		e.now = ev.at
		if ev.action != nil {
			ev.action()
		} else if e.deliver(ev) {
			continue // it waits in an inbox
		}
		*ev = event{}
		e.free = append(e.free, ev)
	}
	e.now = max(e.now, until)
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

// deliver gives an input to a node, or lets it wait if the node is not free: then
// it reports true.
func (e *Engine) deliver(ev *event) (waits bool) {
	p := e.procs[ev.to]
	if p.node == nil || ev.life != 0 && ev.life != p.life {
		return false
	}
	if _, ok := ev.input.(Wake); ok && ev.serial != p.wake {
		return false
	}
	if f, ok := ev.input.(finished); ok && !p.suspended {
		e.performAll(ev.to, f.of, f.outputs)
		return false
	}
	if len(p.inbox) > 0 || p.occupied(e.now) {
		e.wait(p, ev)
		return true
	}
	e.handle(ev)
	return false
}

// handle gives an input to a node that is free, and performs what it does.
func (e *Engine) handle(ev *event) {
	p, kind, id := e.procs[ev.to], byte('i'), uint64(0)
	switch in := ev.input.(type) {
	case finished: // it waited for the process to be resumed
		e.performAll(ev.to, in.of, in.outputs)
		return
	case Wake:
		kind = 'w'
	case Delivered:
		if in.Topic != "" && !e.seen.add(ev.to, in.id, e.now) {
			return
		}
		kind, id = 'd', in.id
	}
	e.record(ev.to, kind, id)
	e.handled++
	var out []Output
	now := p.clock.read(e.now)
	e.protect(ev.to, func() { out = p.node.Handle(now, ev.input) })
	cost := uint64(p.disk.took) * 1000
	p.disk.took = 0
	if p.slow > 0 {
		cost += p.slow * e.config.Cost(ev.input)
	}
	if cost > 0 {
		p.busy = max(p.busy, uint64(e.now)*1000) + cost
	}
	switch {
	case p.node == nil:
	case cost >= 1000: // it is done when the process is no longer busy, if it lives
		e.push(event{at: e.now + primitives.Millis(cost/1000), to: ev.to, life: p.life, input: finished{ev.input, out}})
	default:
		e.performAll(ev.to, ev.input, out)
	}
	if p.node != nil {
		e.arm(ev.to)
	}
}

// arm sets the timer of a node.
func (e *Engine) arm(id NodeID) {
	p := e.procs[id]
	at, ok := p.node.Next()
	if !ok {
		p.wake = 0
		return
	}
	p.wake = e.push(event{at: p.clock.alarm(e.now, at), to: id, life: p.life, input: Wake{}})
}

// finished is what a node did in answer to an input that took a while.
type finished struct {
	of      Input
	outputs []Output
}

func (finished) input() {}

// performAll does what a node asked for.
func (e *Engine) performAll(id NodeID, in Input, outputs []Output) {
	for _, out := range outputs {
		if e.perform(id, in, out); e.procs[id].node == nil {
			return // crashed by the observer
		}
	}
}

// perform does what a node asked for in answer to an input.
func (e *Engine) perform(id NodeID, in Input, out Output) {
	switch out := out.(type) {
	case Send:
		m := Delivered{From: id, Data: out.Data, id: contentID("", out.Data)}
		e.record(id, 's', m.id)
		e.transmit(id, out.To, m, len(m.Data))
	case Publish:
		m := Delivered{From: id, Topic: out.Topic, Data: out.Data, id: contentID(out.Topic, out.Data)}
		if e.seen.add(id, m.id, e.now) {
			e.record(id, 'p', m.id)
			e.flood(id, m)
		}
	case Forward:
		if d, ok := in.(Delivered); ok && d.Topic != "" {
			e.flood(id, d)
		}
	case After:
		e.push(event{at: e.now + out.Delay, to: id, life: e.procs[id].life, input: Local{out.Payload}})
	case Note:
		e.config.Observe(e.now, id, out.Payload)
	}
}

// flood sends gossip to all nodes but the one it came from, and those that have
// it: they would drop it.
func (e *Engine) flood(id NodeID, m Delivered) {
	from := m.From
	m.From = id
	var in Input = m // once for all
	who := e.seen.of(m.id)
	for to := range e.procs {
		if to := NodeID(to); to != id && to != from && !who.by(to, e.now, e.config.Seen) {
			e.transmit(id, to, in, len(m.Data))
		}
	}
}

// transmit puts a message on a link.
func (e *Engine) transmit(from, to NodeID, m Input, size int) {
	if from == to || e.procs[to].node == nil || !e.links.open(from, to) {
		return
	}
	at, ok := e.links.depart(from, e.now, size)
	if !ok {
		e.dropped++
		return
	}
	link, random := &e.links.link[from][to], &e.links.random
	copies := 1
	if link.Duplicate > 0 && random.Chance(link.Duplicate) {
		copies = 2
	}
	for range copies {
		if link.Loss == 0 || !random.Chance(link.Loss) {
			e.push(event{at: at + e.links.delay(from, to), to: to, life: e.procs[to].life, input: m})
		}
	}
}

// record adds to the trace.
func (e *Engine) record(id NodeID, kind byte, content uint64) {
	var b [24]byte
	binary.LittleEndian.PutUint64(b[:], uint64(e.now))
	binary.LittleEndian.PutUint32(b[8:], uint32(id))
	b[12] = kind
	binary.LittleEndian.PutUint64(b[16:], content)
	e.trace.Write(b[:]) // never fails
}
