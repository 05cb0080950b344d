package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/dgraph-io/badger/v4"

	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// partBytes is the largest value stored as one badger value. What is longer lies
// in parts, its own record holding the total length u32 and metaSplit.
const partBytes = 128 << 10

// metaSplit marks, in badger's user meta, the record of a value in parts.
const metaSplit byte = 1

// op is one write: of value, or a deletion if that is nil.
type op struct {
	key, value []byte
	meta       byte
	// early: a part of a value whose record is among the same ops and had no parts
	// before. It may be written ahead; Open removes parts without a record.
	early bool
}

// step is writes that become visible together, at timestamp ts: first state, then
// ops.
type step struct {
	ts    uint64
	state []op // what the diff of block stateOf does to the flat state
	ops   []op
	// stateOf is zero if the diff is not stored; state then goes into a journal.
	stateOf primitives.Hash
	split   map[string]int // key → parts from now on; merged into Store.split after commit
	store   *Store
}

// step begins writes at the next timestamp; the one before it is a journal's. The
// caller holds s.write and commits steps in the order begun.
func (s *Store) step() *step {
	s.next += 2
	return &step{ts: s.next, store: s}
}

// putState writes a diff over the flat state; of is the block under which the diff
// is stored, zero if it is not.
func (p *step) putState(d Diff, of primitives.Hash) {
	rest := p.ops
	p.ops = make([]op, 0, len(d.Values)+len(d.Nodes))
	for _, c := range d.Values {
		p.set(join(spaceValue, c.Key), c.Value)
	}
	for _, c := range d.Nodes {
		p.set(join(spaceNode, c.Path), c.Encoding)
	}
	p.state, p.ops, p.stateOf = p.ops, rest, of
}

// set writes value, or deletes if that is nil.
func (p *step) set(key, value []byte) {
	if value == nil {
		p.del(key)
	} else {
		p.put(key, value)
	}
}

// put writes value, which must not be changed afterwards, at key.
func (p *step) put(key, value []byte) {
	if value == nil {
		value = []byte{}
	}
	if len(value) <= partBytes {
		p.ops = append(p.ops, op{key: key, value: value})
		p.parts(key, 0)
		return
	}
	n := (len(value) + partBytes - 1) / partBytes
	p.ops = append(p.ops, op{key: key, value: u32(uint32(len(value))), meta: metaSplit})
	early := p.parts(key, n) == 0
	for i := range n {
		part := value[i*partBytes : min(len(value), (i+1)*partBytes)]
		p.ops = append(p.ops, op{key: partKey(key, i), value: part, early: early})
	}
}

// del deletes what is at key, if anything.
func (p *step) del(key []byte) {
	p.ops = append(p.ops, op{key: key})
	p.parts(key, 0)
}

// parts notes that key has n parts from now on, deletes those beyond and returns
// how many there were. They go after the value's own record, so that no record is
// left without its parts when a journal is applied again.
func (p *step) parts(key []byte, n int) (old int) {
	old, ok := p.split[string(key)]
	if !ok {
		old = p.store.split[string(key)]
	}
	if old == n {
		return old
	}
	if p.split == nil {
		p.split = map[string]int{}
	}
	p.split[string(key)] = n
	for i := n; i < old; i++ {
		p.ops = append(p.ops, op{key: partKey(key, i)})
	}
	return old
}

func partKey(key []byte, i int) []byte {
	return binary.BigEndian.AppendUint16(join(spacePart, key), uint16(i))
}

// commit makes steps durable, all or none, and then readable. A failure leaves
// the store refusing all further writes. The caller holds s.write.
func (s *Store) commit(steps ...*step) error {
	if err := s.writable(steps); err != nil {
		return err
	}
	err := s.commitSteps(steps)
	failpoint.Here(failpoint.StoreCommitted)
	if err == nil && !s.config.InMemory {
		// badger syncs a log it creates, but not the directory that names it.
		err = syncDir(s.config.Path)
	}
	if err != nil {
		return s.fail(err)
	}
	for _, p := range steps {
		for key, n := range p.split {
			if n == 0 {
				delete(s.split, key)
			} else {
				s.split[key] = n
			}
		}
	}
	s.committed.Store(s.next)
	return nil
}

// writable returns why nothing can be written now, or nil.
func (s *Store) writable(steps []*step) error {
	if failed := s.failed.Load(); failed != nil {
		return *failed
	}
	size := int64(0)
	for _, p := range steps {
		for _, o := range slices.Concat(p.state, p.ops) {
			size += 4 * int64(len(o.key)+len(o.value))
		}
	}
	return s.config.room(size)
}

// room returns ErrDiskFull if size bytes cannot be written so that MinFreeBytes are
// left.
func (c Config) room(size int64) error {
	if c.InMemory || c.MinFreeBytes < 0 {
		return nil
	}
	free, err := freeBytes(c.Path)
	if err != nil {
		return fmt.Errorf("free space at %s: %w", c.Path, err)
	}
	if need := c.MinFreeBytes + size; free < need {
		return fmt.Errorf("%s has %d MiB left, needed are %d: %w", c.Path, free>>20, need>>20, ErrDiskFull)
	}
	return nil
}

func (s *Store) commitSteps(steps []*step) error {
	if len(steps) == 1 {
		p := steps[0]
		ops := slices.Concat(p.state, p.ops)
		err := s.commitOps(p.ts, ops)
		if errors.Is(err, badger.ErrTxnTooBig) && len(p.state) == 0 {
			var early, rest []op
			for _, o := range ops {
				if o.early {
					early = append(early, o)
				} else {
					rest = append(rest, o)
				}
			}
			if err := s.applyOps(p.ts, early); err != nil {
				return err
			}
			s.reached("written ahead")
			err = s.commitOps(p.ts, rest)
		}
		if !errors.Is(err, badger.ErrTxnTooBig) {
			return err
		}
	}
	if s.config.InMemory {
		return s.apply(steps)
	}
	return s.commitJournal(steps)
}

// commitOps writes ops in one transaction, or returns badger.ErrTxnTooBig.
func (s *Store) commitOps(ts uint64, ops []op) error {
	txn := s.db.NewTransactionAt(math.MaxUint64, true)
	defer txn.Discard()
	for _, o := range ops {
		if err := o.write(txn); err != nil {
			return err
		}
	}
	return txn.CommitAt(ts, nil)
}

func (o op) write(txn *badger.Txn) error {
	if o.value == nil {
		return txn.Delete(o.key)
	}
	return txn.SetEntry(badger.NewEntry(o.key, o.value).WithMeta(o.meta))
}

// apply writes steps in as many transactions as they take.
func (s *Store) apply(steps []*step) error {
	for _, p := range steps {
		if err := s.applyOps(p.ts, slices.Concat(p.state, p.ops)); err != nil {
			return err
		}
		s.reached("step applied")
	}
	return nil
}

// applyOps writes ops in order, in as many transactions as they take.
func (s *Store) applyOps(ts uint64, ops []op) error {
	for len(ops) > 0 {
		txn := s.db.NewTransactionAt(math.MaxUint64, true)
		n, err := 0, error(nil)
		for n < len(ops) && err == nil {
			if err = ops[n].write(txn); err == nil {
				n++
			}
		}
		if n == 0 || err != nil && !errors.Is(err, badger.ErrTxnTooBig) {
			txn.Discard()
			return err
		}
		if err := txn.CommitAt(ts, nil); err != nil {
			return err
		}
		if ops = ops[n:]; len(ops) > 0 {
			s.reached("part applied")
		}
	}
	return nil
}
