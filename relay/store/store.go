package store

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Store is an open database. See Open.
//
// Its locks stand in for a loop because readers must neither wait for each other
// nor for a synced write.
type Store struct {
	config Config
	db     *badger.DB
	cache  *cache

	// life is held shared by every call, and alone by Close.
	life   sync.RWMutex
	closed bool

	// write is held by calls that write. next is the last timestamp given out and
	// split the values that lie in parts, with their number of parts.
	write sync.Mutex
	next  uint64
	split map[string]int

	// mu guards what follows.
	mu      sync.RWMutex
	tree    tree
	genesis primitives.Hash // zero before InitGenesis
	oldest  primitives.BlockNumber

	committed atomic.Uint64         // timestamp up to which everything is written
	discard   atomic.Uint64         // timestamp of the oldest state retained
	failed    atomic.Pointer[error] // first failure of a write

	// runBytes is finalizeBytes, but for tests.
	runBytes int
	// hook is called at named points of a write, by tests; else nil.
	hook func(point string)
}

func (s *Store) reached(point string) {
	if s.hook != nil {
		s.hook(point)
	}
}

// enter begins a call; leave ends it if it returned nil.
func (s *Store) enter() error {
	s.life.RLock()
	if s.closed {
		s.life.RUnlock()
		return ErrClosed
	}
	return nil
}

func (s *Store) leave() { s.life.RUnlock() }

// Close waits for calls under way and closes the database. Views are of no use
// afterwards. Closing twice is a no-op.
func (s *Store) Close() error {
	s.life.Lock()
	defer s.life.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("closing %s: %w", s.config.Path, err)
	}
	return nil
}

// Err returns the failure after which the store refuses writes, or nil. It wraps
// ErrFailed. The database may fail outside of any call, when it moves data in the
// background.
func (s *Store) Err() error {
	if failed := s.failed.Load(); failed != nil {
		return *failed
	}
	return nil
}

// CacheBytes returns how much of the state is kept in memory, at most
// Config.CacheBytes.
func (s *Store) CacheBytes() int64 { return int64(s.cache.size()) }

// Free returns how many bytes may be written where the database is: math.MaxInt64
// in memory and where that is not known, 0 if it cannot be found out.
func (s *Store) Free() int64 {
	if s.config.InMemory {
		return math.MaxInt64
	}
	free, err := freeBytes(s.config.Path)
	if err != nil {
		return 0
	}
	return free
}

// Genesis returns the hash of block 0; false if the store is empty.
func (s *Store) Genesis() (primitives.Hash, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.genesis, !s.genesis.IsZero()
}

// Best returns the best block as the last write left it. The zero value if the
// store is empty.
func (s *Store) Best() primitives.BlockID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if b := s.tree.blocks[s.tree.best]; b != nil {
		return b.id
	}
	return s.tree.final.id
}

// Finalized returns the finalized head. The zero value if the store is empty.
func (s *Store) Finalized() primitives.BlockID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.tree.final.id
}

// Oldest returns the number of the oldest finalized block whose state can be read.
func (s *Store) Oldest() primitives.BlockNumber {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.oldest
}

// Unfinalized is a block above the finalized head.
type Unfinalized struct {
	Hash   primitives.Hash
	Header primitives.Header
	// Weight is what Import was given.
	Weight uint32
}

// Unfinalized returns the blocks above the finalized head by number, so each after
// its parent, then by hash: what fork choice is rebuilt from.
func (s *Store) Unfinalized() []Unfinalized {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Unfinalized
	for _, b := range s.tree.ascending() {
		out = append(out, Unfinalized{Hash: b.id.Hash, Header: b.header, Weight: b.weight})
	}
	return out
}

// Header returns the header of a stored block, or ErrUnknownBlock.
func (s *Store) Header(hash primitives.Hash) (primitives.Header, error) {
	s.mu.RLock()
	b := s.tree.blocks[hash]
	s.mu.RUnlock()
	if b != nil {
		return b.header, nil
	}
	var h primitives.Header
	return h, s.decode(spaceHeader, hash, &h)
}

// Body returns the extrinsics of a stored block, or ErrUnknownBlock.
func (s *Store) Body(hash primitives.Hash) ([]primitives.Extrinsic, error) {
	var b body
	return b, s.decode(spaceBody, hash, &b)
}

// Justification returns the justification stored with a finalized block; false if
// there is none.
func (s *Store) Justification(hash primitives.Hash) (primitives.Justification, bool, error) {
	var j primitives.Justification
	record, err := s.record(join(spaceJustify, hash[:]))
	if record == nil || err != nil {
		return j, false, err
	}
	if err := scale.Unmarshal(record, &j); err != nil {
		return j, false, fmt.Errorf("justification of %s: %w: %w", hash, ErrCorrupt, err)
	}
	return j, true, nil
}

// CanonicalHash returns the hash of the block with the given number on the chain
// that ends with the best block; false if that chain is not as long.
func (s *Store) CanonicalHash(number primitives.BlockNumber) (primitives.Hash, bool, error) {
	s.mu.RLock()
	final, best := s.tree.final.id, s.tree.best
	if number > final.Number {
		defer s.mu.RUnlock()
		chain, _ := s.tree.chain(best)
		for _, b := range chain {
			if b.id.Number == number {
				return b.id.Hash, true, nil
			}
		}
		return primitives.Hash{}, false, nil
	}
	s.mu.RUnlock()
	h, ok, err := s.canonical(number)
	return h.id.Hash, ok, err
}

// canonical returns the finalized block with the given number.
func (s *Store) canonical(number primitives.BlockNumber) (head, bool, error) {
	record, err := s.record(numberKey(number))
	if record == nil || err != nil {
		return head{}, false, err
	}
	h, err := decodeHead(record)
	return h, err == nil, err
}

// Aux returns the aux record at key, nil if there is none; an empty one is not
// nil.
func (s *Store) Aux(key []byte) ([]byte, error) { return s.record(join(spaceAux, key)) }

// decode reads the record of a block into v, or returns ErrUnknownBlock.
func (s *Store) decode(space byte, hash primitives.Hash, v scale.Unmarshaler) error {
	record, err := s.record(join(space, hash[:]))
	if err != nil {
		return err
	}
	if record == nil {
		return fmt.Errorf("block %s: %w", hash, ErrUnknownBlock)
	}
	if err := scale.Unmarshal(record, v); err != nil {
		return fmt.Errorf("record %q of block %s: %w: %w", space, hash, ErrCorrupt, err)
	}
	return nil
}

// record returns the last committed value at a key, nil if there is none.
func (s *Store) record(key []byte) ([]byte, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	return s.get(s.committed.Load(), key)
}

// body is the extrinsics of a block as they are stored.
type body []primitives.Extrinsic

// Bounds of primitives.Block.
const (
	maxExtrinsics = 65536
	maxExtrinsic  = 16 << 20
)

func (b body) AppendSCALE(out []byte) []byte {
	out = scale.AppendCompact(out, uint64(len(b)))
	for _, e := range b {
		out = scale.AppendBytes(out, e)
	}
	return out
}

func (b *body) DecodeSCALE(d *scale.Decoder) {
	*b = scale.Slice(d, maxExtrinsics, 1, 24, func(e *primitives.Extrinsic) { *e = d.Bytes(maxExtrinsic) })
}
