package backend

import (
	"bytes"
	"errors"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
)

// maxPruned is how often in a row a best block may be pruned before it is read.
const maxPruned = 4

// At calls read with the hash of a block, with that of the best one if at is nil, and
// returns its error. Header, State and Body find blocks also that were pruned lately.
//
// A best block can be pruned before it is read. When read returns
// store.ErrUnknownBlock for it and another block is the best one, read is called again,
// a bounded number of times.
func (c Chain) At(at *primitives.Hash, read func(primitives.Hash) error) error {
	if at != nil {
		return read(*at)
	}
	return readBest(func() primitives.Hash { return c.Store.Best().Hash }, read)
}

func readBest(best func() primitives.Hash, read func(primitives.Hash) error) error {
	hash := best()
	for n := 0; ; n++ {
		err := read(hash)
		if n == maxPruned || !errors.Is(err, store.ErrUnknownBlock) {
			return err
		}
		last := hash
		if hash = best(); hash == last {
			return err
		}
	}
}

// Header returns the hash and the header of a block, of the best one if at is nil. The
// hash is set even if there is an error.
//
// Errors: those of the store.
func (c Chain) Header(at *primitives.Hash) (hash primitives.Hash, header primitives.Header, err error) {
	err = c.At(at, func(h primitives.Hash) error {
		hash = h
		header, err = c.header(h)
		return err
	})
	return hash, header, err
}

// State is a block with the state after it.
type State struct {
	*store.View
	Hash   primitives.Hash
	Header primitives.Header
}

// State returns a block with its state, the best one if at is nil. The hash is set even
// if there is an error.
//
// Errors: those of the store.
func (c Chain) State(at *primitives.Hash) (s State, err error) {
	err = c.At(at, func(h primitives.Hash) error {
		s, err = c.state(h)
		return err
	})
	return s, err
}

// Walk goes through the keys of a state that begin with a prefix, ascending. It is for
// one goroutine.
type Walk struct {
	view         *store.View
	prefix, last []byte
	within       bool // last is set
}

// Walk begins a walk, of the keys above start only unless that is nil.
func (s State) Walk(prefix, start []byte) *Walk {
	w := &Walk{view: s.View, prefix: prefix}
	if start != nil && bytes.Compare(start, prefix) >= 0 {
		w.last, w.within = start, true
	}
	return w
}

// Next returns the next key, nil after the last one.
//
// Errors: those of the store.
func (w *Walk) Next() ([]byte, error) {
	if !w.within {
		w.last, w.within = w.prefix, true
		if value, err := w.view.Get(w.prefix); value != nil || err != nil {
			return append([]byte{}, w.prefix...), err
		}
	}
	next, ok, err := w.view.Next(w.last)
	if err != nil || !ok || !bytes.HasPrefix(next, w.prefix) {
		return nil, err
	}
	w.last = next
	return next, nil
}
