package frame

import (
	"bytes"
	"slices"

	"github.com/rampart-chain/rampart/relay/trie"
)

// Backend is the committed state that a State lies over. Implementations are
// the node's view of a stored block and the witness of a parachain block.
type Backend interface {
	// Get returns the value at key, which the caller must not change, or nil
	// if there is none. A present but empty value is not nil.
	Get(key []byte) ([]byte, error)
	// Next returns the least key greater than key; ok is false if none is.
	Next(key []byte) (next []byte, ok bool, err error)
}

// Change is a new value of a key. Value is nil if the key was deleted.
type Change = trie.Change

// State is the state during the execution of a block: a stack of changes over
// a Backend. It is used by one goroutine.
//
// A fault of the Backend (a damaged disk, an incomplete witness) sticks: reads
// give nothing from then on, and Err reports it. Whoever executes a block must
// ask Err before believing any result.
type State struct {
	backend Backend
	layers  []map[string][]byte // nil value = deleted; the first is never left
	err     error
}

// NewState returns a State without changes over backend.
func NewState(backend Backend) *State {
	return &State{backend: backend, layers: []map[string][]byte{{}}}
}

// Err returns the first fault of the backend, or nil.
func (s *State) Err() error { return s.err }

// Get returns the value at key, which the caller must not change, or nil.
func (s *State) Get(key []byte) []byte {
	for i := len(s.layers) - 1; i >= 0; i-- {
		if value, ok := s.layers[i][string(key)]; ok {
			return value
		}
	}
	if s.err != nil {
		return nil
	}
	value, err := s.backend.Get(key)
	if err != nil {
		s.err = err
		return nil
	}
	return value
}

// Put sets the value at key. The slice belongs to the State afterwards.
func (s *State) Put(key, value []byte) {
	if value == nil {
		value = []byte{}
	}
	s.layers[len(s.layers)-1][string(key)] = value
}

// Delete removes the value at key, if any.
func (s *State) Delete(key []byte) { s.layers[len(s.layers)-1][string(key)] = nil }

// Begin opens a layer of changes that Commit keeps and Rollback drops.
func (s *State) Begin() { s.layers = append(s.layers, map[string][]byte{}) }

// Commit moves the changes of the innermost layer into the one below.
func (s *State) Commit() {
	top := s.pop()
	below := s.layers[len(s.layers)-1]
	for key, value := range top {
		below[key] = value
	}
}

// Rollback drops the changes of the innermost layer.
func (s *State) Rollback() { s.pop() }

func (s *State) pop() map[string][]byte {
	last := len(s.layers) - 1
	if last == 0 {
		panic("state: no layer was begun")
	}
	top := s.layers[last]
	s.layers = s.layers[:last]
	return top
}

// Keys returns the keys with the prefix that have a value, ascending.
func (s *State) Keys(prefix []byte) [][]byte {
	present := map[string]bool{}
	for key, ok := s.backendAt(prefix); ok && bytes.HasPrefix(key, prefix); key, ok = s.backendNext(key) {
		present[string(key)] = true
	}
	for _, layer := range s.layers {
		for key, value := range layer {
			if bytes.HasPrefix([]byte(key), prefix) {
				present[key] = value != nil
			}
		}
	}
	sorted := make([]string, 0, len(present))
	for key, ok := range present {
		if ok {
			sorted = append(sorted, key)
		}
	}
	slices.Sort(sorted)
	keys := make([][]byte, len(sorted))
	for i, key := range sorted {
		keys[i] = []byte(key)
	}
	return keys
}

// backendAt returns the least key of the backend that is not below key.
func (s *State) backendAt(key []byte) ([]byte, bool) {
	if s.err != nil {
		return nil, false
	}
	value, err := s.backend.Get(key)
	if err != nil {
		s.err = err
		return nil, false
	}
	if value != nil {
		return key, true
	}
	return s.backendNext(key)
}

func (s *State) backendNext(key []byte) ([]byte, bool) {
	if s.err != nil {
		return nil, false
	}
	next, ok, err := s.backend.Next(key)
	if err != nil {
		s.err = err
		return nil, false
	}
	return next, ok
}

// Changes returns all changes, by key ascending. It must not be called inside a
// layer.
func (s *State) Changes() []Change {
	if len(s.layers) != 1 {
		panic("state: a layer is open")
	}
	keys := make([]string, 0, len(s.layers[0]))
	for key := range s.layers[0] {
		keys = append(keys, key)
	}
	slices.Sort(keys) // of strings, as in Keys: guests hold one sort, not three
	changes := make([]Change, len(keys))
	for i, key := range keys {
		changes[i] = Change{Key: []byte(key), Value: s.layers[0][key]}
	}
	return changes
}
