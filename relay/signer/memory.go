package signer

import (
	"io/fs"
	"maps"
	"slices"
	"sync"
)

// Memory is a Disk in memory that knows what a power loss may take: writes that
// were not synced, and names. With Fault it fails on demand.
type Memory struct {
	mu    sync.Mutex
	age   int // counts power losses; files opened before one are dead
	names map[string]*inode
	// kept are the names as they are durable, changed what happened to them
	// since, in order.
	kept    map[string]*inode
	changed []func(map[string]*inode)
	fault   func(Operation) error
}

// Operation is something done to a Memory that can fail.
type Operation string

// Operations.
const (
	OpCreate    Operation = "create"
	OpWrite     Operation = "write"
	OpSync      Operation = "sync file"
	OpRename    Operation = "rename"
	OpSyncNames Operation = "sync names"
)

// ErrPowerLoss is what files opened before a power loss return.
const ErrPowerLoss = Reason("power was lost")

// inode is a file: what is durable, and the writes since.
type inode struct {
	durable []byte
	pending []write
}

// write is lost if a Sync that should have covered it failed: readers see it
// until the power is gone, and no later Sync makes it durable.
type write struct {
	offset int64
	data   []byte
	lost   bool
}

// put returns content after the first n bytes of w.
func (w write) put(content []byte, n int) []byte {
	if end := int(w.offset) + n; n > 0 && end > len(content) {
		content = append(content, make([]byte, end-len(content))...)
	}
	copy(content[min(int(w.offset), len(content)):], w.data[:n])
	return content
}

// content returns what a reader sees.
func (n *inode) content() []byte {
	out := slices.Clone(n.durable)
	for _, w := range n.pending {
		out = w.put(out, len(w.data))
	}
	return out
}

// NewMemory returns an empty Disk.
func NewMemory() *Memory {
	return &Memory{names: make(map[string]*inode), kept: make(map[string]*inode)}
}

// Fault makes fault judge every operation: an error fails it. A write that
// fails may still reach the disk, wholly or in part. After a failed sync of a
// file, readers see what was written until the power is gone, but it is lost.
// Everything else that fails has no effect. nil ends it.
func (m *Memory) Fault(fault func(Operation) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = fault
}

// PowerLoss loses what was not synced, as far as choose says: it is called with
// n for each decision and returns a number in [0, n). Of a write all, nothing or
// the first bytes may remain; of the changes of names the first ones. Every open
// file is dead after it.
func (m *Memory) PowerLoss(choose func(n int) int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age++
	m.fault = nil
	for _, change := range m.changed[:choose(len(m.changed)+1)] {
		change(m.kept)
	}
	m.changed = nil
	m.names = maps.Clone(m.kept)
	for _, name := range slices.Sorted(maps.Keys(m.names)) {
		n := m.names[name]
		for _, w := range n.pending {
			switch fate := choose(3); {
			case w.lost:
			case fate == 0:
				n.durable = w.put(n.durable, len(w.data))
			case fate == 1:
				n.durable = w.put(n.durable, choose(len(w.data)+1))
			}
		}
		n.pending = nil
	}
}

// Damage changes the durable content of a file, which must exist.
func (m *Memory) Damage(name string, change func([]byte) []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.names[name]
	n.durable, n.pending = change(n.content()), nil
}

// Remove makes the file of that name disappear for good.
func (m *Memory) Remove(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.names, name)
	delete(m.kept, name)
}

// try asks Fault about an operation.
func (m *Memory) try(op Operation) error {
	if m.fault == nil {
		return nil
	}
	return m.fault(op)
}

// change changes names, durably at the next Sync.
func (m *Memory) change(f func(map[string]*inode)) {
	f(m.names)
	m.changed = append(m.changed, f)
}

// Read implements Disk.
func (m *Memory) Read(name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, ok := m.names[name]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return n.content(), nil
}

// Create implements Disk.
func (m *Memory) Create(name string) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.try(OpCreate); err != nil {
		return nil, err
	}
	n := new(inode)
	m.change(func(names map[string]*inode) { names[name] = n })
	return &memoryFile{disk: m, inode: n, age: m.age}, nil
}

// Rename implements Disk.
func (m *Memory) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.try(OpRename); err != nil {
		return err
	}
	n, ok := m.names[from]
	if !ok {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	m.change(func(names map[string]*inode) {
		delete(names, from)
		names[to] = n
	})
	return nil
}

// Sync implements Disk.
func (m *Memory) Sync() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.try(OpSyncNames); err != nil {
		return err
	}
	m.kept, m.changed = maps.Clone(m.names), nil
	return nil
}

// Close implements Disk. A Memory can be used again after it.
func (m *Memory) Close() error { return nil }

// memoryFile is an open file of a Memory.
type memoryFile struct {
	disk  *Memory
	inode *inode
	age   int
}

// WriteAt implements File.
func (f *memoryFile) WriteAt(p []byte, offset int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.age != f.disk.age {
		return 0, ErrPowerLoss
	}
	f.inode.pending = append(f.inode.pending, write{offset: offset, data: slices.Clone(p)})
	if err := f.disk.try(OpWrite); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Sync implements File.
func (f *memoryFile) Sync() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.age != f.disk.age {
		return ErrPowerLoss
	}
	if err := f.disk.try(OpSync); err != nil {
		for i := range f.inode.pending {
			f.inode.pending[i].lost = true
		}
		return err
	}
	var lost []write
	for _, w := range f.inode.pending {
		if w.lost {
			lost = append(lost, w)
		} else {
			f.inode.durable = w.put(f.inode.durable, len(w.data))
		}
	}
	f.inode.pending = lost
	return nil
}

// Close implements File.
func (f *memoryFile) Close() error { return nil }
