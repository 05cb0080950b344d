package engine

import (
	"maps"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Disk is what a node keeps over a crash: keys with values. Writes are volatile
// until Sync. Files that need more than keys and values are attached to it.
//
// A write or sync that fails ends the process at that point of its code: the
// methods do not return then. What it had put out before, see [Interrupted], is
// on its way.
type Disk struct {
	durable map[string][]byte
	view    map[string][]byte
	pending []write
	files   []File
	faults  DiskFaults
	random  *Rand
	took    primitives.Millis // by syncs, since the input being handled came
	spoiled int               // pending writes that a failed sync lost
}

// write is what is durable as a whole or not at all.
type write []Value

// Value is a key with its value.
type Value struct {
	Key  string
	Data []byte
}

// File is a part of a disk with its own idea of what a power loss takes, for
// example a signer.Memory. choose(n) returns a number in [0, n).
type File interface{ PowerLoss(choose func(n int) int) }

// DiskFaults says what a disk does wrong. The zero value is nothing.
type DiskFaults struct {
	// Full makes Put fail.
	Full bool
	// FailSyncs makes so many next syncs fail, all if negative.
	FailSyncs int
	// SlowMin and SlowMax bound how long a sync takes.
	SlowMin, SlowMax primitives.Millis
	// StopAt is called with each operation before it is done ("put" or "sync"
	// and what it is for) and after a sync ("synced"); true ends the process
	// there, as kill -9 would.
	StopAt func(operation string) bool
}

// stopped is the panic that ends a process within an input.
type stopped struct{ reason string }

// Exit ends the process of the node that is being started or handles an input.
// It does not return.
func Exit(reason string) { panic(stopped{reason}) }

// Contain runs code of a process that is not the engine's own, and reports
// whether it called Exit, and why.
func Contain(run func()) (reason string, exited bool) {
	defer func() {
		if r := recover(); r != nil {
			why, ok := r.(stopped)
			if !ok {
				panic(r)
			}
			reason, exited = why.reason, true
		}
	}()
	run()
	return "", false
}

// NewDisk returns an empty disk for such a process.
func NewDisk(seed uint64) *Disk { return newDisk(&Rand{state: seed}) }

func newDisk(random *Rand) *Disk {
	return &Disk{durable: map[string][]byte{}, view: map[string][]byte{}, random: random}
}

// SetFaults replaces what the disk does wrong.
func (d *Disk) SetFaults(f DiskFaults) { d.faults = f }

// Attach makes f share the fate of the disk. Its owner calls Operation.
func (d *Disk) Attach(f File) { d.files = append(d.files, f) }

// Files returns what is attached.
func (d *Disk) Files() []File { return d.files }

// Detach loses all that was attached.
func (d *Disk) Detach() { d.files = nil }

// Full reports whether writes fail.
func (d *Disk) Full() bool { return d.faults.Full }

// Operation says that an attached file is about to do, or did, something. It
// does not return if the process ends there.
func (d *Disk) Operation(name string) {
	if d.faults.StopAt != nil && d.faults.StopAt(name) {
		Exit("killed at " + name)
	}
}

// Put writes value under key. The disk keeps value; it must not change.
func (d *Disk) Put(key string, value []byte) { d.Batch(Value{key, value}) }

// Batch writes all values, of which a crash leaves all or none.
func (d *Disk) Batch(values ...Value) {
	d.Operation("put " + values[0].Key)
	if d.faults.Full {
		Exit("disk full")
	}
	for _, v := range values {
		d.view[v.Key] = v.Data
	}
	d.pending = append(d.pending, values)
}

// Get returns the value written last under key, or nil.
func (d *Disk) Get(key string) []byte { return d.view[key] }

// Sync makes all writes durable.
func (d *Disk) Sync() {
	name := "nothing"
	if len(d.pending) > 0 {
		name = d.pending[len(d.pending)-1][0].Key
	}
	d.Operation("sync " + name)
	if d.SyncFails() {
		d.spoiled = len(d.pending)
		Exit("sync failed")
	}
	d.settle(func(i int) bool { return i >= d.spoiled })
	d.Operation("synced " + name)
}

// SyncFails takes the time of a sync, and reports whether it fails. It is for
// attached files; Sync calls it itself.
func (d *Disk) SyncFails() bool {
	if f := &d.faults; f.SlowMax > 0 {
		d.took += f.SlowMin + primitives.Millis(d.random.Below(uint64(f.SlowMax-f.SlowMin)+1))
	}
	if d.faults.FailSyncs == 0 {
		return false
	}
	d.faults.FailSyncs--
	return true
}

// settle makes the pending writes that keep names durable, by their place, and
// forgets the others.
func (d *Disk) settle(keep func(i int) bool) {
	for i, w := range d.pending {
		if !keep(i) {
			continue
		}
		for _, v := range w {
			d.durable[v.Key] = v.Data
		}
	}
	for _, w := range d.pending {
		for _, v := range w {
			if data, ok := d.durable[v.Key]; ok {
				d.view[v.Key] = data
			} else {
				delete(d.view, v.Key)
			}
		}
	}
	d.pending, d.spoiled = nil, 0
}

// kill is what the end of the process does: what it wrote so far may or may not
// have left its buffers, in order.
func (d *Disk) kill(random *Rand) {
	n := int(random.Below(uint64(len(d.pending) + 1)))
	d.settle(func(i int) bool { return i < n })
}

// losePower keeps what is durable and any of the writes that are not; what a
// failed sync was to cover is gone.
func (d *Disk) losePower(random *Rand) {
	d.settle(func(i int) bool { return i >= d.spoiled && random.Chance(500_000) })
	for _, f := range d.files {
		f.PowerLoss(func(n int) int { return int(random.Below(uint64(n))) })
	}
}

// Backup returns a copy of what is durable, without attached files.
func (d *Disk) Backup() map[string][]byte { return maps.Clone(d.durable) }

// Restore replaces the content by a Backup, while the node is down. Attached
// files stay.
func (d *Disk) Restore(backup map[string][]byte) {
	d.durable, d.view, d.pending = map[string][]byte{}, map[string][]byte{}, nil
	maps.Copy(d.durable, backup)
	maps.Copy(d.view, backup)
}
