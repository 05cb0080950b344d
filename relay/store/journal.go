package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/dgraph-io/badger/v4"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// The journal holds steps that take more than one transaction. For each step: the
// timestamp; the block whose stored diff is applied first, or zeros; the number of
// further writes, and these (key, value, meta). Integers are uvarint. It lies in
// chunks; the commit record, written last, has the length u32 and the CRC-32C u32
// of it all.
//
// A step deletes the diff it applies only after it was applied, so a diff that is
// gone needs no repeating. The last thing the last step does is to remove the
// journal.
var journalKey = []byte{spaceJournal}

// commitJournal makes steps durable through the journal, applies them and removes
// it.
func (s *Store) commitJournal(steps []*step) error {
	journal := encodeSteps(steps)
	if len(journal) > math.MaxUint32 {
		return fmt.Errorf("journal of %d bytes: %w", len(journal), badger.ErrTxnTooBig)
	}
	var records []op
	for off := 0; off < len(journal); off += partBytes {
		records = append(records, op{key: chunkKey(len(records)), value: journal[off:min(len(journal), off+partBytes)]})
	}
	chunks := len(records)
	commit := binary.LittleEndian.AppendUint32(u32(uint32(len(journal))), crc32.Checksum(journal, castagnoli))
	records = append(records, op{key: journalKey, value: commit})
	if err := s.applyOps(steps[0].ts-1, records); err != nil {
		return err
	}
	s.reached("committed")
	return s.apply(withoutJournal(steps, chunks))
}

// withoutJournal returns steps with the removal of the journal at their end.
func withoutJournal(steps []*step, chunks int) []*step {
	last := *steps[len(steps)-1]
	last.ops = append(last.ops[:len(last.ops):len(last.ops)], removal(chunks)...)
	return append(steps[:len(steps)-1:len(steps)-1], &last)
}

// removal returns what deletes a journal. The commit record goes first: chunks
// alone are an unfinished journal.
func removal(chunks int) []op {
	ops := []op{{key: journalKey}}
	for i := range chunks {
		ops = append(ops, op{key: chunkKey(i)})
	}
	return ops
}

func chunkKey(i int) []byte {
	return binary.BigEndian.AppendUint32([]byte{spaceJournal}, uint32(i))
}

func encodeSteps(steps []*step) []byte {
	var b []byte
	for _, p := range steps {
		ops := p.ops
		if p.stateOf.IsZero() {
			ops = append(p.state[:len(p.state):len(p.state)], ops...)
		}
		b = append(binary.AppendUvarint(b, p.ts), p.stateOf[:]...)
		b = binary.AppendUvarint(b, uint64(len(ops)))
		for _, o := range ops {
			b = append(appendEntry(b, o.key, o.value), o.meta)
		}
	}
	return b
}

// decodeSteps reads what encodeSteps wrote; state is left to be filled. The result
// aliases b.
func decodeSteps(b []byte) ([]*step, error) {
	r := reader{b: b}
	var steps []*step
	for len(r.b) > 0 {
		p := &step{ts: r.uvarint()}
		copy(p.stateOf[:], r.take(uint64(len(p.stateOf))))
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
	if r.bad || len(steps) == 0 {
		return nil, fmt.Errorf("encoding of journal: %w", ErrCorrupt)
	}
	return steps, nil
}

// recoverJournal finishes what a crash interrupted: it applies a committed journal,
// and removes any.
func (s *Store) recoverJournal() error {
	n := len(s.keys(spaceJournal))
	if n == 0 {
		return nil
	}
	commit, err := s.get(math.MaxUint64, journalKey)
	if err != nil {
		return err
	}
	if commit == nil {
		s.config.Logger.Warn("unfinished write discarded")
		return s.applyOps(s.step().ts, removal(n))
	}
	n-- // the commit record
	steps, err := s.readJournal(commit, n)
	if err != nil {
		return err
	}
	s.config.Logger.Warn("interrupted write completed", zap.Int("steps", len(steps)))
	for _, p := range steps {
		s.next = max(s.next, p.ts)
		if p.stateOf.IsZero() {
			continue
		}
		p.store = s
		d, err := s.diff(p.stateOf, math.MaxUint64)
		if err != nil {
			return err
		}
		if d != nil {
			p.putState(*d, p.stateOf)
		}
	}
	return s.apply(withoutJournal(steps, n))
}

func (s *Store) readJournal(commit []byte, chunks int) ([]*step, error) {
	var journal []byte
	for i := range chunks {
		chunk, err := s.get(math.MaxUint64, chunkKey(i))
		if err != nil {
			return nil, err
		}
		journal = append(journal, chunk...)
	}
	if len(commit) != 8 || uint64(binary.LittleEndian.Uint32(commit)) != uint64(len(journal)) ||
		binary.LittleEndian.Uint32(commit[4:]) != crc32.Checksum(journal, castagnoli) {
		return nil, fmt.Errorf("journal of %d bytes: %w", len(journal), ErrCorrupt)
	}
	return decodeSteps(journal)
}

// diff returns the stored diff of an unfinalized block as of ts, nil if there is
// none.
func (s *Store) diff(block primitives.Hash, ts uint64) (*Diff, error) {
	record, err := s.get(ts, join(spaceDiff, block[:]))
	if record == nil || err != nil {
		return nil, err
	}
	d, err := decodeDiff(record)
	if err != nil {
		return nil, fmt.Errorf("block %s: %w", block, err)
	}
	return &d, nil
}
