package v1

import (
	"errors"
	"sync"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/store"
)

// pins is every block that somebody pins, with what the store forgets when the block
// is pruned.
//
// A mutex stands in for a loop because follows, and the calls on them, want
// blocks at any moment.
type pins struct {
	store           *store.Store
	most, mostBytes int

	mu          sync.Mutex
	blocks      map[primitives.Hash]*block
	kept, bytes int // blocks with a view, bytes of their bodies
}

// block is a pinned block. Its header never changes; the rest is for pins.
type block struct {
	hash   primitives.Hash
	header primitives.Header
	refs   int
	// Of a block that is not final, as far as there was room.
	view *store.View
	body []primitives.Extrinsic
	size int
}

// take returns the pinned block with a hash, pinned once more. A block that the store
// does not have any more is store.ErrUnknownBlock.
func (p *pins) take(hash primitives.Hash) (*block, error) {
	p.mu.Lock()
	b := p.blocks[hash]
	if b != nil {
		b.refs++
	}
	full := p.kept >= p.most || p.bytes >= p.mostBytes
	p.mu.Unlock()
	if b != nil {
		return b, nil
	}
	b, err := p.read(hash, full)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if there := p.blocks[hash]; there != nil {
		there.refs++
		return there, nil
	}
	b.refs = 1
	p.blocks[hash] = b
	if b.view != nil {
		p.kept++
		p.bytes += b.size
	}
	return b, nil
}

// read returns a block from the store, what is to be kept of it only if it is not
// final and there is room.
func (p *pins) read(hash primitives.Hash, full bool) (*block, error) {
	final := p.store.Finalized() // before the header: a block this low that is still there is final
	header, err := p.store.Header(hash)
	if err != nil {
		return nil, err
	}
	b := &block{hash: hash, header: header}
	if full || header.Number <= final.Number {
		return b, nil
	}
	if b.view, err = p.store.View(hash); err != nil {
		return nil, err
	}
	if b.body, err = p.store.Body(hash); err != nil {
		return nil, err
	}
	for _, x := range b.body {
		b.size += len(x)
	}
	return b, nil
}

// retain pins a block that somebody else pins once more.
func (p *pins) retain(b *block) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b.refs++
}

// release undoes takes.
func (p *pins) release(blocks ...*block) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range blocks {
		if b.refs--; b.refs == 0 {
			p.forget(b)
			delete(p.blocks, b.hash)
		}
	}
}

// final drops what is kept of blocks that became final: the store has it.
func (p *pins) final(ids []primitives.BlockID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		if b := p.blocks[id.Hash]; b != nil {
			p.forget(b)
		}
	}
}

func (p *pins) forget(b *block) {
	if b.view != nil {
		p.kept--
		p.bytes -= b.size
	}
	b.view, b.body, b.size = nil, nil, 0
}

// state returns a block with its state, from what is kept if the store has it no more.
func (p *pins) state(b *block) (s backend.State, err error) {
	s.Hash, s.Header = b.hash, b.header
	if s.View, err = p.store.View(b.hash); !errors.Is(err, store.ErrUnknownBlock) {
		return s, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if b.view == nil {
		return s, err
	}
	s.View = b.view
	return s, nil
}

// body returns the extrinsics of a block, likewise.
func (p *pins) body(b *block) ([]primitives.Extrinsic, error) {
	body, err := p.store.Body(b.hash)
	if !errors.Is(err, store.ErrUnknownBlock) {
		return body, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if b.view == nil {
		return nil, err
	}
	return b.body, nil
}
