package store

import (
	"fmt"
	"slices"

	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// finalizeBytes is how large the diffs of the blocks finalized in one atomic step
// may be together.
const finalizeBytes = 32 << 20

// Finality makes a block final, and says what is written with that.
type Finality struct {
	Hash primitives.Hash
	// Justification is stored with the block unless nil.
	Justification *primitives.Justification
	// Best is the best block now. Zero: the present one stays if it descends from
	// Hash, else Hash is best.
	Best primitives.Hash
	Aux  []Record
}

// Cut is what finalizing a block did: Canonical lists the blocks that became
// final, lowest first; Pruned those that can never, each after its parent. They
// are not stored any more.
type Cut struct {
	Canonical []primitives.BlockID
	Pruned    []primitives.BlockID
}

// Finalize makes a block above the finalized head the head: its state is the flat
// state from now on, the blocks between become canonical, all that do not descend
// from it are deleted. It is durable when it returns. With a block that is final
// already, it stores justification and aux records only and returns an empty Cut.
//
// Errors: ErrUnknownBlock, ErrBadBest: nothing was written; those of writing, see
// Import.
func (s *Store) Finalize(f Finality) (Cut, error) {
	if err := s.enter(); err != nil {
		return Cut{}, err
	}
	defer s.leave()
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.RLock()
	canonical, pruned, ok := s.tree.cut(f.Hash)
	best := s.bestAfter(f)
	s.mu.RUnlock()
	if !ok || len(canonical) == 0 {
		return Cut{}, s.finalizeAgain(f)
	}
	if best.IsZero() {
		return Cut{}, fmt.Errorf("best %s with finalized %s: %w", f.Best, f.Hash, ErrBadBest)
	}
	cut := Cut{Canonical: ids(canonical), Pruned: ids(pruned)}
	for len(canonical) > 0 {
		n, layers, err := s.group(canonical)
		if err != nil {
			return Cut{}, err
		}
		run := run{blocks: canonical[:n], layers: layers, best: best}
		if n == len(canonical) {
			run.pruned, run.finality = pruned, &f
		}
		if err := s.finalizeRun(run); err != nil {
			return Cut{}, err
		}
		if canonical = canonical[n:]; len(canonical) > 0 {
			s.reached("run finalized")
		}
	}
	return cut, nil
}

func ids(blocks []*block) []primitives.BlockID {
	out := make([]primitives.BlockID, 0, len(blocks))
	for _, b := range blocks {
		out = append(out, b.id)
	}
	return out
}

// bestAfter returns the best block once f is done; zero if f names one that is not
// there then. The caller holds mu.
func (s *Store) bestAfter(f Finality) primitives.Hash {
	above := func(hash primitives.Hash) bool {
		chain, _ := s.tree.chain(hash)
		return slices.ContainsFunc(chain, func(b *block) bool { return b.id.Hash == f.Hash })
	}
	switch {
	case !f.Best.IsZero() && above(f.Best):
		return f.Best
	case !f.Best.IsZero():
		return primitives.Hash{}
	case above(s.tree.best):
		return s.tree.best
	}
	return f.Hash
}

// finalizeAgain handles a block that is final already, or unknown.
func (s *Store) finalizeAgain(f Finality) error {
	var header primitives.Header
	if err := s.decode(spaceHeader, f.Hash, &header); err != nil {
		return err
	}
	if h, ok, err := s.canonical(header.Number); err != nil {
		return err
	} else if !ok || h.id.Hash != f.Hash {
		return fmt.Errorf("block %s: %w", f.Hash, ErrUnknownBlock)
	}
	p := s.step()
	if err := p.putFinality(f); err != nil {
		return err
	}
	return s.commit(p)
}

// group returns how many of the blocks, at least one, are finalized in one step,
// and their diffs.
func (s *Store) group(blocks []*block) (int, []*layer, error) {
	var layers []*layer
	size := 0
	for n, b := range blocks {
		s.mu.RLock()
		l := b.layer
		s.mu.RUnlock()
		if l == nil {
			var err error
			if l, err = s.loadDiff(b, s.committed.Load()); err != nil {
				return 0, nil, err
			}
		}
		if size += l.bytes; n > 0 && size > s.runBytes {
			return n, layers, nil
		}
		layers = append(layers, l)
	}
	return len(blocks), layers, nil
}

// run is blocks finalized in one atomic step.
type run struct {
	blocks   []*block
	layers   []*layer
	best     primitives.Hash
	pruned   []*block
	finality *Finality // nil but for the last run of a Finalize
}

func (s *Store) finalizeRun(r run) error {
	var steps []*step
	for i, b := range r.blocks {
		p := s.step()
		h := head{id: b.id, ts: p.ts}
		p.putState(r.layers[i].Diff, b.id.Hash)
		p.put(numberKey(b.id.Number), h.encode())
		p.put(metaFinal, h.encode())
		p.dropUnfinalized(b)
		steps = append(steps, p)
	}
	p := steps[len(steps)-1]
	top := head{id: r.blocks[len(r.blocks)-1].id, ts: p.ts}
	for _, b := range r.pruned {
		p.dropBlock(b)
	}
	p.put(metaBest, r.best[:])
	if r.finality != nil {
		if err := p.putFinality(*r.finality); err != nil {
			return err
		}
	}
	s.mu.RLock()
	oldest := s.oldestAt(top.id.Number)
	s.mu.RUnlock()
	p.put(metaOldest, u32(uint32(oldest)))
	failpoint.Here(failpoint.StoreFinalizeBefore)
	if err := s.commit(steps...); err != nil {
		return err
	}
	failpoint.Here(failpoint.StoreFinalizeAfter)
	s.cache.advance(top.ts, r.layers)
	s.mu.Lock()
	for _, b := range r.blocks {
		s.tree.remove(b)
	}
	for _, b := range r.pruned {
		s.tree.remove(b)
	}
	s.tree.final, s.tree.best, s.tree.asOf = top, r.best, top.ts
	s.tree.root = r.blocks[len(r.blocks)-1].header.StateRoot
	s.oldest = oldest
	s.mu.Unlock()
	return s.retain(oldest)
}

// dropUnfinalized deletes what is kept only while b is unfinalized.
func (p *step) dropUnfinalized(b *block) {
	p.del(join(spaceDiff, b.id.Hash[:]))
	p.del(join(spaceWeight, b.id.Hash[:]))
}

// dropBlock deletes all of an unfinalized block.
func (p *step) dropBlock(b *block) {
	p.dropUnfinalized(b)
	p.del(join(spaceHeader, b.id.Hash[:]))
	p.del(join(spaceBody, b.id.Hash[:]))
}

func (p *step) putFinality(f Finality) error {
	if f.Justification != nil {
		p.put(join(spaceJustify, f.Hash[:]), scale.Marshal(f.Justification))
	}
	return p.putAux(f.Aux)
}

// oldestAt returns which state is the oldest retained once final is the head.
// States discarded once do not come back.
func (s *Store) oldestAt(final primitives.BlockNumber) primitives.BlockNumber {
	if s.config.Archive || final < Retained {
		return s.oldest
	}
	return max(s.oldest, final-Retained)
}

// retain lets badger drop what no state from oldest on needs. Readers learn of it
// first: a read that saw the old timestamp after reading read what was still there.
func (s *Store) retain(oldest primitives.BlockNumber) error {
	h, ok, err := s.canonical(oldest)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("finalized block %d is missing: %w", oldest, ErrCorrupt)
	}
	s.discard.Store(h.ts)
	s.db.SetDiscardTs(h.ts)
	failpoint.Here(failpoint.StoreDiscarded)
	return nil
}
