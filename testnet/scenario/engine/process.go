package engine

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// maxInbox bounds the inputs that wait for a process that is stopped or busy;
// messages beyond it are lost, as those for a full receive buffer.
const maxInbox = 1 << 13

// process is a node, or the place of one that is down.
type process struct {
	node  Node // nil while down
	disk  *Disk
	clock clock
	// life counts starts: what was meant for an earlier life is dropped.
	life uint64
	wake uint64 // serial of the wake-up that counts
	// inbox holds what came while the process was stopped or busy.
	inbox     []*event
	suspended bool
	draining  bool // an event will empty the inbox
	// slow multiplies the cost of inputs; 0 means they cost nothing. The
	// process is busy until that time, in microseconds.
	slow, busy uint64
}

// Crash ends a process at once, as kill -9 does: its memory is lost, and of its
// unsynced writes all but the first ones.
func (e *Engine) Crash(id NodeID) { e.end(id, (*Disk).kill) }

// PowerLoss ends a process and loses any of its unsynced writes. A node that is
// down loses them too.
func (e *Engine) PowerLoss(id NodeID) {
	if e.procs[id].node == nil {
		e.procs[id].disk.losePower(&e.random)
	}
	e.end(id, (*Disk).losePower)
}

func (e *Engine) end(id NodeID, lose func(*Disk, *Rand)) {
	p := e.procs[id]
	if p.node == nil {
		return
	}
	p.node, p.inbox, p.suspended, p.busy = nil, nil, false, 0
	e.seen.forget(id)
	lose(p.disk, &e.random)
	e.record(id, 'c', 0)
}

// Restart starts a node that is down, on its disk, and connects it.
func (e *Engine) Restart(id NodeID) {
	p := e.procs[id]
	if p.node != nil {
		return
	}
	p.life++
	p.clock.last = 0
	e.protect(id, func() { p.node = e.config.Boot(id, p.disk) })
	e.record(id, 'r', 0)
	if p.node == nil {
		return
	}
	p.wake = e.push(event{at: e.now, to: id, life: p.life, input: Wake{}})
	for peer := range e.procs {
		e.connect(id, NodeID(peer))
	}
}

// protect runs code of a process, which may end in it.
func (e *Engine) protect(id NodeID, run func()) {
	reason, exited := Contain(run)
	if !exited {
		return
	}
	p := e.procs[id]
	if i, ok := p.node.(Interrupted); ok {
		e.performAll(id, nil, i.Interrupted())
	}
	e.config.Observe(e.now, id, Exited{reason})
	if p.node == nil { // while starting
		p.disk.kill(&e.random)
	}
	e.Crash(id)
}

// Suspend stops a process as SIGSTOP does: inputs wait, up to a bound. Resume
// lets it go on with them.
func (e *Engine) Suspend(id NodeID) { e.procs[id].suspended = e.procs[id].node != nil }

// Resume ends Suspend.
func (e *Engine) Resume(id NodeID) {
	if p := e.procs[id]; p.suspended {
		p.suspended = false
		e.drainAt(id, e.now)
	}
}

// Suspended reports whether a process is stopped.
func (e *Engine) Suspended(id NodeID) bool { return e.procs[id].suspended }

// Slow makes inputs of a node cost factor times what Config.Cost says; 0 makes
// them free.
func (e *Engine) Slow(id NodeID, factor uint64) { e.procs[id].slow = factor }

// Busy reports whether a process has more to do than the present millisecond lets
// it.
func (e *Engine) Busy(id NodeID) bool { return e.procs[id].occupied(e.now) }

// Disk returns the disk of a node.
func (e *Engine) Disk(id NodeID) *Disk { return e.procs[id].disk }

// occupied reports whether the process cannot take an input now.
func (p *process) occupied(now primitives.Millis) bool {
	return p.suspended || p.busy >= (uint64(now)+1)*1000
}

// wait puts an input behind those that wait already, and what is finished in front
// of the inputs that came meanwhile: it was begun before them.
func (e *Engine) wait(p *process, ev *event) {
	switch ev.input.(type) {
	case finished:
		first := slices.IndexFunc(p.inbox, func(w *event) bool { _, done := w.input.(finished); return !done })
		if first < 0 {
			first = len(p.inbox)
		}
		p.inbox = slices.Insert(p.inbox, first, ev)
	case Delivered:
		if len(p.inbox) >= maxInbox {
			e.dropped++
			return
		}
		p.inbox = append(p.inbox, ev)
	default:
		p.inbox = append(p.inbox, ev)
	}
	if !p.suspended {
		e.drainAt(ev.to, primitives.Millis(p.busy/1000))
	}
}

// drainAt lets a process go on with what waits for it.
func (e *Engine) drainAt(id NodeID, at primitives.Millis) {
	p := e.procs[id]
	if p.draining {
		return
	}
	p.draining = true
	e.At(at, func() {
		p.draining = false
		for len(p.inbox) > 0 && !p.occupied(e.now) && p.node != nil {
			ev := p.inbox[0]
			p.inbox = p.inbox[1:]
			e.handle(ev)
		}
		if len(p.inbox) > 0 && !p.suspended && p.node != nil {
			e.drainAt(id, primitives.Millis(p.busy/1000))
		}
	})
}
