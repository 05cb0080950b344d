package backend

import (
	"errors"
	"slices"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
)

// Bounds of recent.
const (
	maxRecent      = 64
	maxRecentBytes = 16 << 20 // of bodies
)

// recent are the last blocks that were taken in and did not become final, oldest
// first. The store forgets a fork as soon as it is pruned, but clients were told of its
// blocks a moment ago and ask for them.
type recent struct {
	blocks []recentBlock
	bytes  int // of bodies
}

type recentBlock struct {
	state State
	body  []primitives.Extrinsic
	size  int
}

func (r *recent) add(e chain.Imported, view *store.View) {
	b := recentBlock{state: State{View: view, Hash: e.Hash, Header: e.Header}, body: e.Extrinsics}
	for _, x := range b.body {
		b.size += len(x)
	}
	r.blocks = append(r.blocks, b)
	r.bytes += b.size
	for len(r.blocks) > maxRecent || r.bytes > maxRecentBytes {
		r.bytes -= r.blocks[0].size
		r.blocks = slices.Delete(r.blocks, 0, 1)
	}
}

// final forgets blocks that the store keeps.
func (r *recent) final(ids []primitives.BlockID) {
	r.blocks = slices.DeleteFunc(r.blocks, func(b recentBlock) bool {
		final := slices.ContainsFunc(ids, func(id primitives.BlockID) bool { return id.Hash == b.state.Hash })
		if final {
			r.bytes -= b.size
		}
		return final
	})
}

// recent returns a block that is not final and may be pruned.
func (f *Feed) recent(hash primitives.Hash) (recentBlock, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.last.blocks, func(b recentBlock) bool { return b.state.Hash == hash })
	if i < 0 {
		return recentBlock{}, false
	}
	return f.last.blocks[i], true
}

// read reads a block from the store, or if that forgot it from the recent ones.
func read[T any](c Chain, hash primitives.Hash, stored func() (T, error), kept func(recentBlock) T) (T, error) {
	value, err := stored()
	if errors.Is(err, store.ErrUnknownBlock) {
		if b, ok := c.Feed.recent(hash); ok {
			return kept(b), nil
		}
	}
	return value, err
}

// Body returns the extrinsics of a block.
//
// Errors: those of the store.
func (c Chain) Body(hash primitives.Hash) ([]primitives.Extrinsic, error) {
	return read(c, hash, func() ([]primitives.Extrinsic, error) { return c.Store.Body(hash) }, func(b recentBlock) []primitives.Extrinsic { return b.body })
}

// header returns the header of a block.
func (c Chain) header(hash primitives.Hash) (primitives.Header, error) {
	return read(c, hash, func() (primitives.Header, error) { return c.Store.Header(hash) }, func(b recentBlock) primitives.Header { return b.state.Header })
}

// Stored returns a block with its state, as the store has it: not one that is pruned.
//
// Errors: those of the store.
func (c Chain) Stored(hash primitives.Hash) (s State, err error) {
	s.Hash = hash
	if s.Header, err = c.Store.Header(hash); err == nil {
		s.View, err = c.Store.View(hash)
	}
	return s, err
}

// state returns a block with its state.
func (c Chain) state(hash primitives.Hash) (State, error) {
	return read(c, hash, func() (State, error) { return c.Stored(hash) }, func(b recentBlock) State { return b.state })
}
