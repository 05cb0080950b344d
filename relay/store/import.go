package store

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// Record is a small value another shell keeps here, replacing what was at Key; a
// nil Value deletes it. Keys are at most 60,000 bytes; shells begin theirs with
// their own name.
type Record struct {
	Key   []byte
	Value []byte
}

// Import is an executed block, and what is written with it.
type Import struct {
	Block primitives.Block
	// Hash is that of the header.
	Hash primitives.Hash
	// Diff is against the state of the parent.
	Diff Diff
	// Weight is given back by Unfinalized.
	Weight uint32
	// Best is the best block now, this one included.
	Best primitives.Hash
	Aux  []Record
}

// InitGenesis stores block 0 with its whole state as the finalized head and best
// block. The header's number must be 0. If the store has that genesis already,
// nothing is done.
//
// Errors: ErrForeignGenesis, ErrBlock, ErrDiffOrder, ErrStateRoot, and those of
// writing (see Import).
func (s *Store) InitGenesis(header primitives.Header, state Diff, aux ...Record) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	s.write.Lock()
	defer s.write.Unlock()
	hash := header.Hash()
	if have, ok := s.Genesis(); ok {
		if have != hash {
			return fmt.Errorf("%s holds genesis %s, not %s: %w", s.config.Path, have, hash, ErrForeignGenesis)
		}
		return nil
	}
	if header.Number != 0 {
		return fmt.Errorf("genesis with number %d: %w", header.Number, ErrBlock)
	}
	if err := state.check(); err != nil {
		return err
	}
	if err := state.checkRoot(trie.EmptyRoot, header.StateRoot); err != nil {
		return err
	}
	p := s.step()
	h := head{id: primitives.BlockID{Hash: hash}, ts: p.ts}
	p.putBlock(primitives.Block{Header: header}, hash)
	p.putState(state, primitives.Hash{})
	p.put(metaGenesis, hash[:])
	p.put(metaBest, hash[:])
	p.put(metaFinal, h.encode())
	p.put(metaOldest, u32(0))
	p.put(numberKey(0), h.encode())
	if err := p.putAux(aux); err != nil {
		return err
	}
	failpoint.Here(failpoint.StoreGenesisBefore)
	if err := s.commit(p); err != nil {
		return err
	}
	failpoint.Here(failpoint.StoreGenesisAfter)
	s.cache.advance(h.ts, nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.genesis, s.tree.final, s.tree.best = hash, h, hash
	s.tree.root, s.tree.asOf = header.StateRoot, h.ts
	return nil
}

// Import stores an executed block above the finalized head: header, body, diff,
// weight, best block and aux records, all or none, durable when it returns.
//
// Errors: ErrNoGenesis, ErrKnown, ErrUnknownParent, ErrBlock, ErrBadBest,
// ErrDiffOrder, ErrStateRoot: nothing was written. ErrDiskFull: nothing was
// written, and it may be tried again. ErrFailed: the store is of no further use.
func (s *Store) Import(in Import) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.checkImport(in); err != nil {
		return fmt.Errorf("block %s: %w", in.Hash, err)
	}
	p := s.step()
	p.putBlock(in.Block, in.Hash)
	p.put(join(spaceDiff, in.Hash[:]), in.Diff.encode())
	p.put(join(spaceWeight, in.Hash[:]), u32(in.Weight))
	p.put(metaBest, in.Best[:])
	if err := p.putAux(in.Aux); err != nil {
		return err
	}
	failpoint.Here(failpoint.StoreImportBefore)
	if err := s.commit(p); err != nil {
		return err
	}
	failpoint.Here(failpoint.StoreImportAfter)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tree.best, s.tree.asOf = in.Best, p.ts
	s.tree.add(&block{
		id:     primitives.BlockID{Hash: in.Hash, Number: in.Block.Header.Number},
		header: in.Block.Header,
		weight: in.Weight,
		layer:  newLayer(in.Diff),
	})
	return nil
}

func (s *Store) checkImport(in Import) error {
	if err := in.Diff.check(); err != nil {
		return err
	}
	h := in.Block.Header
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.genesis.IsZero() {
		return ErrNoGenesis
	}
	if s.tree.blocks[in.Hash] != nil || in.Hash == s.tree.final.id.Hash {
		return ErrKnown
	}
	parent, root := s.tree.final.id, s.tree.root
	if b := s.tree.blocks[h.ParentHash]; b != nil {
		parent, root = b.id, b.header.StateRoot
	} else if h.ParentHash != parent.Hash {
		return fmt.Errorf("parent %s: %w", h.ParentHash, ErrUnknownParent)
	}
	if h.Number-1 != parent.Number || h.Hash() != in.Hash {
		return ErrBlock
	}
	if in.Best != in.Hash && in.Best != s.tree.final.id.Hash && s.tree.blocks[in.Best] == nil {
		return fmt.Errorf("%s: %w", in.Best, ErrBadBest)
	}
	return in.Diff.checkRoot(root, h.StateRoot)
}

// PutAux writes records, all or none, durable when it returns. Errors as those of
// writing in Import.
func (s *Store) PutAux(records ...Record) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	s.write.Lock()
	defer s.write.Unlock()
	p := s.step()
	if err := p.putAux(records); err != nil {
		return err
	}
	failpoint.Here(failpoint.StoreAuxBefore)
	err := s.commit(p)
	failpoint.Here(failpoint.StoreAuxAfter)
	return err
}

// SetBest makes the finalized head or a block above it the best one, when that
// changes without an import. Errors: ErrBadBest, and as Import.
func (s *Store) SetBest(hash primitives.Hash, aux ...Record) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	known := hash == s.tree.final.id.Hash || s.tree.blocks[hash] != nil
	s.mu.RUnlock()
	if !known {
		return fmt.Errorf("%s: %w", hash, ErrBadBest)
	}
	p := s.step()
	p.put(metaBest, hash[:])
	if err := p.putAux(aux); err != nil {
		return err
	}
	if err := s.commit(p); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tree.best = hash
	return nil
}

func (p *step) putBlock(b primitives.Block, hash primitives.Hash) {
	p.put(join(spaceHeader, hash[:]), b.Header.AppendSCALE(nil))
	p.put(join(spaceBody, hash[:]), body(b.Extrinsics).AppendSCALE(nil))
}

func (p *step) putAux(records []Record) error {
	for _, r := range records {
		if len(r.Key) > maxKey {
			return fmt.Errorf("aux record: %w", ErrDiffOrder)
		}
		p.set(join(spaceAux, r.Key), r.Value)
	}
	return nil
}
