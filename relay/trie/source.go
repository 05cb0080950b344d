package trie

import (
	"bytes"
	"slices"
)

// Source gives committed nodes and detached values. Slices it returns are never
// changed afterwards, by either side, and those of nodes are kept as long as the trie
// has the node; path and key are valid during the call only.
//
// A store keyed by path may ignore hash and is trusted to hold what belongs to the
// root; a proof keyed by hash ignores path. What is not there is ErrMissingNode (an
// empty node counts as that); any other error is the source's own.
type Source interface {
	// Node returns the encoding of the node at path (nibbles from the root, one a byte)
	// to which its parent, or the root, refers by hash.
	Node(path []byte, hash [32]byte) ([]byte, error)
	// Value returns the value at key, longer than 32 bytes, to which its node refers by
	// hash.
	Value(key []byte, hash [32]byte) ([]byte, error)
}

// Recorder is a Source that remembers what was read through it: the witness of a
// block, or the proof of some keys. Use it under a fresh Trie, which reads each node
// once; a Trie that already has a node does not ask for it again.
type Recorder struct {
	src   Source
	items map[[32]byte][]byte
	size  int
}

// NewRecorder returns a Recorder over src.
func NewRecorder(src Source) *Recorder {
	return &Recorder{src: src, items: make(map[[32]byte][]byte)}
}

// Node implements Source.
func (r *Recorder) Node(path []byte, hash [32]byte) ([]byte, error) {
	enc, err := r.src.Node(path, hash)
	return r.keep(hash, enc, err)
}

// Value implements Source.
func (r *Recorder) Value(key []byte, hash [32]byte) ([]byte, error) {
	v, err := r.src.Value(key, hash)
	return r.keep(hash, v, err)
}

func (r *Recorder) keep(hash [32]byte, item []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	if _, ok := r.items[hash]; !ok {
		r.items[hash] = item
		r.size += len(item)
	}
	return item, nil
}

// Size returns the bytes of all items recorded: an upper bound of the compact proof,
// up to the length prefixes.
func (r *Recorder) Size() int { return r.size }

// Proof returns the node encodings and detached values recorded, each once, ascending
// by bytes as in Substrate's StorageProof.
func (r *Recorder) Proof() [][]byte {
	out := make([][]byte, 0, len(r.items))
	for _, item := range r.items {
		out = append(out, item)
	}
	slices.SortFunc(out, bytes.Compare)
	return out
}
