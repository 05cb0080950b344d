package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/dgraph-io/badger/v4"
)

// scan calls f with the keys that begin with prefix from seek on, as of ts,
// ascending, until it returns false. The keys are valid during the call only.
func (s *Store) scan(ts uint64, prefix, seek []byte, f func(key []byte) bool) {
	txn := s.db.NewTransactionAt(ts, false)
	defer txn.Discard()
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
	defer it.Close()
	for it.Seek(seek); it.Valid(); it.Next() {
		if !f(it.Item().Key()) {
			break
		}
	}
}

// keys returns the keys of a space without its byte, ascending.
func (s *Store) keys(space byte) [][]byte {
	var out [][]byte
	s.scan(math.MaxUint64, []byte{space}, []byte{space}, func(key []byte) bool {
		out = append(out, bytes.Clone(key[1:]))
		return true
	})
	return out
}

// get returns the value at key as of ts, nil if there is none; an empty value is
// not nil. The result is the caller's.
func (s *Store) get(ts uint64, key []byte) ([]byte, error) {
	txn := s.db.NewTransactionAt(ts, false)
	defer txn.Discard()
	value, meta, err := getRaw(txn, key)
	if err != nil || meta&metaSplit == 0 {
		return value, err
	}
	if len(value) != 4 {
		return nil, fmt.Errorf("value in parts: %w", ErrCorrupt)
	}
	size := int(binary.LittleEndian.Uint32(value))
	out := make([]byte, 0, size)
	for i := 0; len(out) < size; i++ {
		part, _, err := getRaw(txn, partKey(key, i))
		if err != nil {
			return nil, err
		}
		if len(part) == 0 || len(out)+len(part) > size {
			return nil, fmt.Errorf("part %d of a value: %w", i, ErrCorrupt)
		}
		out = append(out, part...)
	}
	return out, nil
}

func getRaw(txn *badger.Txn, key []byte) ([]byte, byte, error) {
	item, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("reading: %w", err)
	}
	value, err := item.ValueCopy(nil)
	if err != nil {
		return nil, 0, fmt.Errorf("reading: %w", err)
	}
	if value == nil {
		value = []byte{}
	}
	return value, item.UserMeta(), nil
}
