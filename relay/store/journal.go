package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/dgraph-io/badger/v4"
	"go.uber.org/zap"
)

// The journal holds steps that take more than one transaction: for each step its
// timestamp and number of writes, then the writes (key, meta, value), integers as
// uvarint, in chunks. The commit record has the length u32 and the CRC-32C u32 of
// it all.

var journalKey = []byte{spaceJournal}

// commitJournal makes steps durable through the journal, applies them and removes
// it.
func (s *Store) commitJournal(steps []*step) error {
	journal := encodeSteps(steps)
	if len(journal) > math.MaxUint32 {
		return fmt.Errorf("journal of %d bytes: %w", len(journal), badger.ErrTxnTooBig)
	}
	// The journal's own records never share a key with a step's, so that their
	// timestamp does not matter; the lowest one keeps the order of what follows.
	ts := steps[0].ts
	var chunks []op
	for off := 0; off < len(journal); off += partBytes {
		chunks = append(chunks, op{key: chunkKey(len(chunks)), value: journal[off:min(len(journal), off+partBytes)]})
	}
	if err := s.applyOps(ts, chunks); err != nil {
		return err
	}
	s.reached("journal written")
	record := binary.LittleEndian.AppendUint32(u32(uint32(len(journal))), crc32.Checksum(journal, castagnoli))
	if err := s.applyOps(ts, []op{{key: journalKey, value: record}}); err != nil {
		return err
	}
	s.reached("journal committed")
	if err := s.apply(steps); err != nil {
		return err
	}
	s.reached("journal applied")
	return s.removeJournal(len(chunks))
}

func chunkKey(i int) []byte {
	return binary.BigEndian.AppendUint32([]byte{spaceJournal}, uint32(i))
}

// removeJournal deletes the commit record and n chunks, at a timestamp of its own.
func (s *Store) removeJournal(n int) error {
	s.next++
	ops := []op{{key: journalKey}}
	for i := range n {
		ops = append(ops, op{key: chunkKey(i)})
	}
	return s.applyOps(s.next, ops)
}

func encodeSteps(steps []*step) []byte {
	var b []byte
	for _, p := range steps {
		b = binary.AppendUvarint(b, p.ts)
		b = binary.AppendUvarint(b, uint64(len(p.ops)))
		for _, o := range p.ops {
			b = append(appendEntry(b, o.key, o.value), o.meta)
		}
	}
	return b
}

// decodeSteps reads what encodeSteps wrote. The result aliases b.
func decodeSteps(b []byte) ([]*step, error) {
	r := reader{b: b}
	var steps []*step
	for len(r.b) > 0 {
		p := &step{ts: r.uvarint()}
		p.ops = make([]op, r.count())
		for i := range p.ops {
			o := &p.ops[i]
			o.key, o.value = r.entry()
			if meta := r.take(1); len(meta) == 1 {
				o.meta = meta[0]
			}
		}
		steps = append(steps, p)
	}
	if r.bad {
		return nil, fmt.Errorf("encoding of journal: %w", ErrCorrupt)
	}
	return steps, nil
}

// recoverJournal finishes what a crash interrupted: it applies a committed journal
// and removes any. Called by Open before anything is read.
func (s *Store) recoverJournal() error {
	n := len(s.keys(spaceJournal))
	if n == 0 {
		return nil
	}
	record, err := s.get(math.MaxUint64, journalKey)
	if err != nil {
		return err
	}
	if record == nil {
		s.config.Logger.Warn("unfinished write discarded")
		return s.removeJournal(n)
	}
	n-- // the commit record
	journal, err := s.readJournal(record, n)
	if err != nil {
		return err
	}
	steps, err := decodeSteps(journal)
	if err != nil {
		return err
	}
	s.config.Logger.Warn("interrupted write completed", zap.Int("steps", len(steps)))
	for _, p := range steps {
		s.next = max(s.next, p.ts)
	}
	if err := s.apply(steps); err != nil {
		return err
	}
	return s.removeJournal(n)
}

func (s *Store) readJournal(record []byte, chunks int) ([]byte, error) {
	var journal []byte
	for i := range chunks {
		chunk, err := s.get(math.MaxUint64, chunkKey(i))
		if err != nil {
			return nil, err
		}
		journal = append(journal, chunk...)
	}
	if len(record) != 8 || uint64(binary.LittleEndian.Uint32(record)) != uint64(len(journal)) ||
		binary.LittleEndian.Uint32(record[4:]) != crc32.Checksum(journal, castagnoli) {
		return nil, fmt.Errorf("journal of %d bytes: %w", len(journal), ErrCorrupt)
	}
	return journal, nil
}
