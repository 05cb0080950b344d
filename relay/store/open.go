package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"syscall"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/trie"
)

// Open opens the database in a directory, or makes a new one, completes what a
// crash interrupted and checks that its records agree: the root node with the
// finalized header, each unfinalized block with its parent.
//
// Errors: ErrLocked, ErrSchema, ErrNotStore, ErrCorrupt, ErrDiskFull, and those of
// the file system (fs.ErrPermission…).
func Open(config Config) (*Store, error) {
	config = config.withDefaults()
	if !config.InMemory {
		if err := prepareDir(config.Path); err != nil {
			return nil, err
		}
		// badger makes a log in a memory map when it opens.
		if err := config.room(0); err != nil {
			return nil, err
		}
	}
	log := &logger{zap: config.Logger}
	db, err := openBadger(config, log)
	if err != nil {
		return nil, err
	}
	s := &Store{
		config:   config,
		db:       db,
		cache:    newCache(config.CacheBytes, 0),
		next:     db.MaxVersion(),
		split:    map[string]int{},
		runBytes: finalizeBytes,
		tree:     tree{blocks: map[primitives.Hash]*block{}, limit: config.LayerBytes},
	}
	err = log.fault()
	if err == nil {
		log.setFail(s.fail)
		err = s.recover()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", config.Path, err), s.Close())
	}
	return s, nil
}

// fail makes the store refuse writes from now on.
func (s *Store) fail(err error) error {
	err = fmt.Errorf("writing %s: %w: %w", s.config.Path, ErrFailed, err)
	s.failed.CompareAndSwap(nil, &err)
	return err
}

// memTableBytes is the size of badger's memory tables, of which there are at most
// three. A transaction may have 15 % of it.
const memTableBytes = 4 << 20

func openBadger(config Config, log *logger) (*badger.DB, error) {
	o := badger.DefaultOptions(config.Path)
	o.InMemory = config.InMemory
	o.Logger = log
	o.SyncWrites = true
	o.DetectConflicts = false // one writer
	o.MetricsEnabled = false
	o.MemTableSize = memTableBytes
	o.NumMemtables = 2
	o.BaseTableSize = 1 << 20
	o.BaseLevelSize = 4 << 20
	o.NumCompactors = 2
	o.NumLevelZeroTables = 4
	o.NumLevelZeroTablesStall = 10
	// No compression, then badger needs no block cache: blocks are read where
	// the table is mapped. What is hot is in our own cache.
	o.Compression = options.None
	o.BlockCacheSize = 0
	// No value goes to the value log (see partBytes); its file is as small as can be.
	o.ValueThreshold = 2 * partBytes
	o.ValueLogFileSize = 1 << 20
	db, err := badger.OpenManaged(o)
	if err == nil {
		return db, nil
	}
	for _, cause := range []error{syscall.EACCES, syscall.EPERM, syscall.EROFS, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOSPC, syscall.EIO} {
		if strings.Contains(err.Error(), cause.Error()) { // badger drops the chain
			return nil, fmt.Errorf("opening %s: %w: %w", config.Path, cause, err)
		}
	}
	return nil, fmt.Errorf("opening %s: %w: %w", config.Path, ErrCorrupt, err)
}

// recover loads what a fresh Store has in memory.
func (s *Store) recover() error {
	schema, err := s.get(math.MaxUint64, metaSchema)
	if err != nil {
		return err
	}
	if schema == nil {
		if s.next > 0 {
			return fmt.Errorf("no schema version, it is corrupt or another program's: %w", ErrSchema)
		}
		p := s.step()
		p.put(metaSchema, u32(schemaVersion))
		return s.commit(p)
	}
	if len(schema) != 4 || binary.LittleEndian.Uint32(schema) != schemaVersion {
		return fmt.Errorf("schema version %x, this program has %d: %w", schema, schemaVersion, ErrSchema)
	}
	s.recoverSplit()
	if err := s.recoverJournal(); err != nil {
		return err
	}
	s.recoverSplit()
	if err := s.dropParts(); err != nil {
		return err
	}
	s.committed.Store(s.next)
	genesis, err := s.get(math.MaxUint64, metaGenesis)
	if genesis == nil || err != nil {
		return err
	}
	s.genesis = primitives.Hash(genesis)
	if err := s.recoverFinal(); err != nil {
		return err
	}
	return s.recoverTree()
}

// recoverSplit finds the values that lie in parts.
func (s *Store) recoverSplit() {
	clear(s.split)
	for _, key := range s.keys(spacePart) {
		// Parts come in order, so the last one of a value stays.
		at := len(key) - 2
		s.split[string(key[:at])] = int(binary.BigEndian.Uint16(key[at:])) + 1
	}
}

// dropParts deletes the parts of values that have no record: a crash came before
// that was written.
func (s *Store) dropParts() error {
	p := s.step()
	for key, n := range s.split {
		txn := s.db.NewTransactionAt(math.MaxUint64, false)
		_, meta, err := getRaw(txn, []byte(key))
		txn.Discard()
		if err != nil {
			return err
		}
		if meta&metaSplit == 0 {
			for i := range n {
				p.ops = append(p.ops, op{key: partKey([]byte(key), i)})
			}
			delete(s.split, key)
		}
	}
	return s.applyOps(p.ts, p.ops)
}

// recoverFinal loads the finalized head and checks it.
func (s *Store) recoverFinal() error {
	final, err := s.get(math.MaxUint64, metaFinal)
	if err != nil {
		return err
	}
	top, err := decodeHead(final)
	if err != nil {
		return err
	}
	if h, ok, err := s.canonical(top.id.Number); err != nil || !ok || h != top {
		return errors.Join(err, fmt.Errorf("finalized block %d is not in the index: %w", top.id.Number, ErrCorrupt))
	}
	header, err := s.Header(top.id.Hash)
	if err != nil {
		return fmt.Errorf("finalized block: %w: %w", ErrCorrupt, err)
	}
	node, err := s.get(top.ts, join(spaceNode, nil))
	if err != nil {
		return err
	}
	if root := rootOf(node); root != header.StateRoot {
		return fmt.Errorf("finalized block %d: root node has hash %s: %w: %w", top.id.Number, root, ErrCorrupt, ErrStateRoot)
	}
	oldest, err := s.get(math.MaxUint64, metaOldest)
	if err != nil || len(oldest) != 4 {
		return errors.Join(err, fmt.Errorf("oldest state: %w", ErrCorrupt))
	}
	s.oldest = primitives.BlockNumber(binary.LittleEndian.Uint32(oldest))
	s.oldest = s.oldestAt(top.id.Number)
	s.tree.final, s.tree.root = top, header.StateRoot
	s.cache.advance(top.ts, nil)
	return s.retain(s.oldest)
}

// recoverTree loads the unfinalized blocks. Those that do not descend from the
// finalized head are what a crash between two steps of one Finalize left; they are
// deleted.
func (s *Store) recoverTree() error {
	loaded := tree{blocks: map[primitives.Hash]*block{}}
	for _, key := range s.keys(spaceWeight) {
		b, err := s.recoverBlock(primitives.Hash(key))
		if err != nil {
			return err
		}
		loaded.blocks[b.id.Hash] = b
	}
	var orphans []*block
	for _, b := range loaded.ascending() {
		parent := b.header.ParentHash
		if parent == s.tree.final.id.Hash || s.tree.blocks[parent] != nil {
			s.tree.blocks[b.id.Hash] = b
		} else {
			orphans = append(orphans, b)
		}
	}
	best, err := s.get(math.MaxUint64, metaBest)
	if err != nil {
		return err
	}
	s.tree.best = primitives.Hash(best)
	if s.tree.best != s.tree.final.id.Hash && s.tree.blocks[s.tree.best] == nil {
		return fmt.Errorf("best block %s does not descend from the finalized one: %w", s.tree.best, ErrCorrupt)
	}
	if len(orphans) > 0 {
		s.config.Logger.Warn("pruning interrupted by a crash completed", zap.Int("blocks", len(orphans)))
		p := s.step()
		for _, b := range orphans {
			p.dropBlock(b)
		}
		if err := s.commit(p); err != nil {
			return err
		}
	}
	s.tree.asOf = s.committed.Load()
	return nil
}

// recoverBlock loads an unfinalized block without its diff.
func (s *Store) recoverBlock(hash primitives.Hash) (*block, error) {
	var header primitives.Header
	record, err := s.get(math.MaxUint64, join(spaceHeader, hash[:]))
	if err == nil {
		err = scale.Unmarshal(record, &header)
	}
	if err == nil && header.Hash() != hash {
		err = ErrBlock
	}
	if err != nil {
		return nil, fmt.Errorf("header of unfinalized block %s: %w: %w", hash, ErrCorrupt, err)
	}
	weight, err := s.get(math.MaxUint64, join(spaceWeight, hash[:]))
	if err != nil || len(weight) != 4 {
		return nil, errors.Join(err, fmt.Errorf("weight of block %s: %w", hash, ErrCorrupt))
	}
	return &block{
		id:     primitives.BlockID{Hash: hash, Number: header.Number},
		header: header,
		weight: binary.LittleEndian.Uint32(weight),
	}, nil
}

// Size returns how many bytes of disk the database takes, about; of memory if it
// is in memory.
func (s *Store) Size() int64 {
	if s.enter() != nil {
		return 0
	}
	defer s.leave()
	var n int64
	if s.config.InMemory {
		for _, t := range s.db.Tables() {
			n += int64(t.OnDiskSize)
		}
		return n
	}
	entries, err := os.ReadDir(s.config.Path)
	if err != nil {
		return 0
	}
	for _, e := range entries {
		// A file may be removed by a compaction meanwhile.
		if info, err := e.Info(); err == nil {
			n += allocated(info)
		}
	}
	return n
}

var _ trie.Source = (*View)(nil)
