package chunkstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Store is a directory of items. Its methods may be called by many goroutines:
// reads are served to peers while the own chunks are being written, and a single
// owner would make every read wait for a sync.
type Store struct {
	dir  string
	sync func(*os.File) error // (*os.File).Sync but in tests

	writing sync.Mutex // held by Put, Prune and drop while they change files
	failed  error      // first failed sync; guarded by writing

	mu    sync.RWMutex // guards index and due; held without touching the disk
	index map[Key]primitives.BlockNumber
	due   map[primitives.BlockNumber][]Key // a key counts if index agrees
}

// Put stores data under key until block is pruned, and returns when it is
// durable. The content of an item is given by its key: if it is stored already,
// it is only kept longer, if block is later.
//
// It returns ErrTooLarge, ErrNotDurable, or an error of the file system, after
// which the Store is as before.
func (s *Store) Put(key Key, data []byte, block primitives.BlockNumber) error {
	if len(data) > MaxItem {
		return fmt.Errorf("part %s of %x, %d bytes: %w", key.Part, key.Candidate, len(data), ErrTooLarge)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.failed != nil {
		return s.failed
	}
	folder := filepath.Join(s.dir, key.folder())
	path := filepath.Join(folder, key.name(block))
	kept, stored := s.lookup(key)
	if stored && kept >= block {
		return nil
	}
	if stored {
		err := os.Rename(filepath.Join(folder, key.name(kept)), path)
		if err == nil {
			s.add(key, block) // durable under either name
			return s.syncFolder(folder)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		// Deleted by something else: as if it had not been stored.
	}
	high, low := filepath.Split(key.folder())
	if err := s.makeFolder(s.dir, high); err != nil {
		return err
	}
	if err := s.makeFolder(filepath.Join(s.dir, high), low); err != nil {
		return err
	}
	if err := s.write(path, key, data); err != nil {
		return err
	}
	failpoint.Here(failpoint.ChunkName)
	if err := s.syncFolder(folder); err != nil {
		return err
	}
	failpoint.Here(failpoint.ChunkStored)
	s.add(key, block)
	return nil
}

// write makes path a file with the item, by way of tmp.
func (s *Store) write(path string, key Key, data []byte) (err error) {
	file, err := os.CreateTemp(filepath.Join(s.dir, tmpFolder), "put-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close() // closed twice at worst
			os.Remove(file.Name())
		}
	}()
	failpoint.Here(failpoint.ChunkWrite)
	head := header(key, data)
	if _, err := file.Write(head[:]); err != nil {
		return err
	}
	if _, err := file.Write(data); err != nil {
		return err
	}
	failpoint.Here(failpoint.ChunkSync)
	if err := s.sync(file); err != nil {
		return s.fail(err)
	}
	if err := file.Close(); err != nil {
		return err
	}
	failpoint.Here(failpoint.ChunkRename)
	return os.Rename(file.Name(), path)
}

// syncFolder makes what was renamed in folder durable.
func (s *Store) syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return s.fail(err)
	}
	defer d.Close()
	if err := s.sync(d); err != nil {
		return s.fail(err)
	}
	return nil
}

// fail records that durability was lost. The caller holds writing.
func (s *Store) fail(err error) error {
	if s.failed == nil {
		s.failed = fmt.Errorf("%w: %w", ErrNotDurable, err)
	}
	return s.failed
}

// Get returns the item put under key; the caller owns it.
//
// Three things might happen: the item is returned as it was put; or the error is
// ErrNotFound, ErrCorrupt (the item is then forgotten); or it is an error of the
// file system, and trying again may help.
func (s *Store) Get(key Key) ([]byte, error) {
	for {
		block, stored := s.lookup(key)
		if !stored {
			return nil, ErrNotFound
		}
		data, err := read(filepath.Join(s.dir, key.folder(), key.name(block)), key)
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrCorrupt) {
			return data, err
		}
		dropped, err := s.drop(key, block)
		if dropped {
			return nil, errors.Join(fmt.Errorf("part %s of %x: %w", key.Part, key.Candidate, ErrCorrupt), err)
		}
		// Pruned or renamed since the look-up.
	}
}

// Has reports whether an item is stored under key, without reading it.
func (s *Store) Has(key Key) bool {
	_, stored := s.lookup(key)
	return stored
}

// Len returns the number of items stored.
func (s *Store) Len() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.index)
}

// Prune deletes all items whose block is upTo or earlier, and returns how many.
// On an error of the file system it stops; the rest is tried by the next call.
func (s *Store) Prune(upTo primitives.BlockNumber) (int, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	removed := 0
	for block, keys := range s.dueBy(upTo) {
		for _, key := range keys {
			if now, stored := s.lookup(key); !stored || now != block {
				continue
			}
			failpoint.Here(failpoint.ChunkPruneBefore)
			if err := s.remove(key, block); err != nil {
				return removed, err
			}
			failpoint.Here(failpoint.ChunkPruneAfter)
			removed++
		}
		s.mu.Lock()
		delete(s.due, block)
		s.mu.Unlock()
	}
	return removed, nil
}

// dueBy returns the keys to prune, by block.
func (s *Store) dueBy(upTo primitives.BlockNumber) map[primitives.BlockNumber][]Key {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make(map[primitives.BlockNumber][]Key)
	for block, keys := range s.due {
		if block <= upTo {
			out[block] = keys
		}
	}
	return out
}

// drop forgets a damaged item. It returns false if that item is gone already.
func (s *Store) drop(key Key, block primitives.BlockNumber) (bool, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if now, stored := s.lookup(key); !stored || now != block {
		return false, nil
	}
	return true, s.remove(key, block)
}

// remove forgets an item, then deletes its file: a reader that finds no file
// sees that the item is gone. If deleting fails the item is taken back. The
// caller holds writing.
func (s *Store) remove(key Key, block primitives.BlockNumber) error {
	s.mu.Lock()
	delete(s.index, key)
	s.mu.Unlock()
	err := os.Remove(filepath.Join(s.dir, key.folder(), key.name(block)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.mu.Lock()
		s.index[key] = block
		s.mu.Unlock()
		return err
	}
	return nil
}

// lookup returns up to which block key is kept.
func (s *Store) lookup(key Key) (primitives.BlockNumber, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	block, stored := s.index[key]
	return block, stored
}

// add enters key into the index.
func (s *Store) add(key Key, block primitives.BlockNumber) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index[key] = block
	s.due[block] = append(s.due[block], key)
}
