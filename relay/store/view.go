package store

import (
	"bytes"
	"cmp"
	"fmt"
	"sync/atomic"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// View is the state of one block. It is immutable, may be used by many goroutines
// and needs no closing; see the package comment for what happens to it when blocks
// are finalized. It is a frame.Backend and a trie.Source.
//
// Slices it returns are shared and must not be changed.
type View struct {
	store  *Store
	ts     uint64   // flat state below layers
	layers []*layer // newest first
	window atomic.Pointer[window]
}

// View returns the state of an unfinalized block, or of a finalized one not more
// than Retained below the head (of any under Config.Archive).
//
// Errors: ErrUnknownBlock, ErrStateDiscarded, ErrCorrupt.
func (s *Store) View(hash primitives.Hash) (*View, error) {
	if err := s.enter(); err != nil {
		return nil, err
	}
	defer s.leave()
	s.mu.RLock()
	chain, held, ok := s.tree.snapshot(hash)
	ts, asOf := s.tree.final.ts, s.tree.asOf
	s.mu.RUnlock()
	if !ok {
		return s.viewFinalized(hash)
	}
	layers, err := s.collect(chain, held, asOf)
	if err != nil {
		return nil, err
	}
	return &View{store: s, ts: ts, layers: layers}, nil
}

// viewFinalized returns the view of a finalized block.
func (s *Store) viewFinalized(hash primitives.Hash) (*View, error) {
	var header primitives.Header
	if err := s.decode(spaceHeader, hash, &header); err != nil {
		return nil, err
	}
	h, ok, err := s.canonical(header.Number)
	if err != nil {
		return nil, err
	}
	if !ok || h.id.Hash != hash {
		return nil, fmt.Errorf("block %s: %w", hash, ErrUnknownBlock)
	}
	v := &View{store: s, ts: h.ts}
	return v, v.retained()
}

// collect returns the layers of chain, newest first and at most overlayEvery. held
// is what was in memory of each block; the rest is read from disk as of asOf.
func (s *Store) collect(chain []*block, held []held, asOf uint64) ([]*layer, error) {
	var out []*layer
	for i, b := range chain {
		l := cmp.Or(held[i].overlay, held[i].layer)
		if l == nil {
			var err error
			if l, err = s.loadDiff(b, asOf); err != nil {
				return nil, err
			}
			held[i].loaded = true
			held[i].layer = l
		}
		if out = append(out, l); len(out) == 2*overlayEvery {
			out = []*layer{merge(out)}
		}
		if i >= overlayEvery {
			held[i].layer = nil // goes into an overlay instead
		}
	}
	if len(chain) > overlayEvery {
		out = []*layer{merge(out)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(chain) > overlayEvery {
		s.tree.keep(chain[0], nil, out[0])
		return out, nil
	}
	for i, b := range chain {
		if held[i].loaded {
			s.tree.keep(b, held[i].layer, nil)
		}
	}
	return out, nil
}

// loadDiff reads the diff of an unfinalized block from disk as of ts.
func (s *Store) loadDiff(b *block, ts uint64) (*layer, error) {
	d, err := s.diff(b.id.Hash, ts)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return nil, fmt.Errorf("diff of block %s is missing: %w", b.id.Hash, ErrCorrupt)
	}
	return newLayer(*d), nil
}

// retained returns ErrStateDiscarded if what the view needs may be gone.
func (v *View) retained() error {
	if v.ts < v.store.discard.Load() {
		return ErrStateDiscarded
	}
	return nil
}

// Get returns the value at key, nil if there is none; an empty value is not nil.
//
// Errors: ErrStateDiscarded, ErrClosed, ErrCorrupt.
func (v *View) Get(key []byte) ([]byte, error) {
	for _, l := range v.layers {
		if value, ok := l.value(key); ok {
			return value, nil
		}
	}
	return v.flat(spaceValue, key)
}

// Node returns the trie node at path, which must have the given hash. It
// implements trie.Source.
//
// Errors: trie.ErrMissingNode, ErrStateDiscarded, ErrClosed, ErrCorrupt.
func (v *View) Node(path []byte, hash [32]byte) ([]byte, error) {
	for _, l := range v.layers {
		if encoding, ok := l.node(path); ok {
			return checked(encoding, hash)
		}
	}
	encoding, err := v.flat(spaceNode, path)
	if err != nil {
		return nil, err
	}
	return checked(encoding, hash)
}

// Value returns the value at key, which must have the given hash. It implements
// trie.Source. Errors as Node.
func (v *View) Value(key []byte, hash [32]byte) ([]byte, error) {
	value, err := v.Get(key)
	if err != nil {
		return nil, err
	}
	return checked(value, hash)
}

func checked(b []byte, want [32]byte) ([]byte, error) {
	if b == nil {
		return nil, trie.ErrMissingNode
	}
	if got := hash.Blake2b256(b); got != want {
		return nil, fmt.Errorf("node or value has hash %x, not %x: %w", got, want, ErrCorrupt)
	}
	return b, nil
}

// flat reads the state below the layers, through the cache if it is the present
// finalized head's.
func (v *View) flat(space byte, key []byte) ([]byte, error) {
	var buf [128]byte
	k := append(append(buf[:0], space), key...)
	if value, ok := v.store.cache.get(v.ts, k); ok {
		return value, nil
	}
	if err := v.store.enter(); err != nil {
		return nil, err
	}
	defer v.store.leave()
	value, err := v.store.get(v.ts, k)
	if gone := v.retained(); gone != nil {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	v.store.cache.put(v.ts, k, value)
	return value, nil
}

// Next returns the least key greater than key that has a value; ok is false if
// there is none. Errors as Get.
func (v *View) Next(key []byte) (next []byte, ok bool, err error) {
	below, found, err := v.flatNext(key)
	for err == nil {
		change, changed := v.changedAfter(key)
		if !changed || found && bytes.Compare(below, change.Key) < 0 {
			return below, found, nil
		}
		if change.Value != nil {
			return change.Key, true, nil
		}
		if key = change.Key; found && bytes.Equal(below, key) {
			below, found, err = v.flatNext(key)
		}
	}
	return nil, false, err
}

// changedAfter returns the change of the least key greater than key that any layer
// has.
func (v *View) changedAfter(key []byte) (least frame.Change, ok bool) {
	for _, l := range v.layers {
		if c, found := l.after(key); found && (!ok || bytes.Compare(c.Key, least.Key) < 0) {
			least, ok = c, true // of equal keys the newest layer's stays
		}
	}
	return least, ok
}
