package transactions

import (
	"context"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// head is what the loop does first: what the chain tells, or what an author asks
// for; one of them.
type head struct {
	imported  *chain.Imported
	finalized *chain.Finalized
	ready     func()
}

// Listener returns what the chain must tell the pool, until ctx ends.
func (p *Pool) Listener(ctx context.Context) chain.Listener {
	tell := func(h head) {
		select {
		case p.heads <- h:
		case <-p.done:
		case <-ctx.Done():
		}
	}
	return chain.Listener{
		Imported:  func(e chain.Imported) { tell(head{imported: &e}) },
		Finalized: func(e chain.Finalized) { tell(head{finalized: &e}) },
	}
}

// follow tells the core what the chain told, and answers authors.
func (p *Pool) follow(h head) {
	if h.ready != nil {
		h.ready()
		return
	}
	if e := h.imported; e != nil {
		p.blocks.add(e.Hash, block{parent: e.Header.ParentHash, number: e.Header.Number, body: e.Extrinsics})
		p.move(e.Best)
		return
	}
	e := h.finalized
	p.move(e.Best)
	p.step(txpool.Finalized{Blocks: e.Canonical})
	for _, ids := range [][]primitives.BlockID{e.Canonical, e.Pruned} {
		for _, id := range ids {
			p.blocks.forget(id.Hash)
		}
	}
}

// move makes best the core's best block.
func (p *Pool) move(best primitives.BlockID) {
	if best == p.core.Best() {
		return
	}
	way, err := p.blocks.way(p.core.Best(), best)
	if err != nil {
		// The pool goes on from the new block: what was in those left is lost to it.
		p.log.Warn("way to the best block is not known", zap.Uint32("number", uint32(best.Number)), zap.Error(err))
		way = txpool.NewBest{Enacted: []txpool.Block{{ID: best}}}
	}
	p.metrics.entered(way)
	p.step(way)
}

// block is what is known of a block above the finalized one; body is nil if it is in
// the store only.
type block struct {
	parent primitives.Hash
	number primitives.BlockNumber
	body   []primitives.Extrinsic
}

// size returns how many bytes the body takes.
func (b block) size() int {
	n := 0
	for _, x := range b.body {
		n += len(x)
	}
	return n
}

// maxBodies bounds the bodies kept, in bytes.
const maxBodies = 64 << 20

// blocks are those above the finalized one. The store forgets a fork when it is
// pruned, which may be before the loop hears that the chain left it.
type blocks struct {
	store  *store.Store
	known  map[primitives.Hash]block
	bodies int // bytes
}

func newBlocks(s *store.Store) blocks {
	b := blocks{store: s, known: map[primitives.Hash]block{}}
	for _, u := range s.Unfinalized() {
		b.known[u.Hash] = block{parent: u.Header.ParentHash, number: u.Header.Number}
	}
	return b
}

func (b *blocks) add(hash primitives.Hash, added block) {
	if size := added.size(); b.bodies+size > maxBodies {
		added.body = nil
	} else {
		b.bodies += size
	}
	b.known[hash] = added
}

func (b *blocks) forget(hash primitives.Hash) {
	b.bodies -= b.known[hash].size()
	delete(b.known, hash)
}

// read returns a block with its body; of one that was pruned meanwhile without.
func (b *blocks) read(id primitives.BlockID) (block, error) {
	found, ok := b.known[id.Hash]
	if !ok {
		header, err := b.store.Header(id.Hash)
		if err != nil {
			return block{}, fmt.Errorf("block %d: %w", id.Number, err)
		}
		found = block{parent: header.ParentHash, number: header.Number}
	}
	if found.body == nil {
		found.body, _ = b.store.Body(id.Hash) // else the core calls its transactions lost
	}
	return found, nil
}

// way returns the blocks left and entered between two blocks.
func (b *blocks) way(from, to primitives.BlockID) (txpool.NewBest, error) {
	var out txpool.NewBest
	step := func(id *primitives.BlockID, into *[]txpool.Block) error {
		at, err := b.read(*id)
		if err != nil {
			return err
		}
		*into = append(*into, txpool.Block{ID: *id, Body: at.body})
		*id = primitives.BlockID{Hash: at.parent, Number: at.number - 1}
		return nil
	}
	for from != to {
		if from.Number >= to.Number {
			if err := step(&from, &out.Retracted); err != nil {
				return txpool.NewBest{}, err
			}
			continue
		}
		if err := step(&to, &out.Enacted); err != nil {
			return txpool.NewBest{}, err
		}
	}
	slices.Reverse(out.Enacted)
	return out, nil
}
