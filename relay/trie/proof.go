package trie

import (
	"bytes"
	"slices"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// Prove returns the proof that the trie of root has, or does not have, the keys: the
// node encodings on their paths and the detached values, ascending by bytes. It is what
// state_getReadProof returns, and polkadot.js and sp-trie accept it.
func Prove(src Source, root [32]byte, keys [][]byte) ([][]byte, error) {
	r := NewRecorder(src)
	t := New(r, root, V1)
	for _, k := range keys {
		if _, err := t.Get(k); err != nil {
			return nil, err
		}
	}
	return r.Proof(), nil
}

// VerifyProof returns the values at keys, nil where there is none, of the trie with
// the given root, from a proof that has exactly the items needed.
//
// Errors: ErrMissingNode, ErrBadNode, ErrDuplicateNode, ErrUnusedNode.
func VerifyProof(root [32]byte, proof, keys [][]byte) ([][]byte, error) {
	p := ProofSource(proof)
	t := New(p, root, V1)
	values := make([][]byte, len(keys))
	for i, k := range keys {
		var err error
		if values[i], err = t.Get(k); err != nil {
			return nil, err
		}
	}
	return values, p.CheckUsed()
}

// Proof is a Source of the items of a proof, found by their hash. It notes which are
// read, so it has a single owner.
type Proof struct {
	index map[[32]byte]int
	items []proofItem
	twice bool // an item was given twice
	short int  // so many items are shorter than a hash
	extra bool // and others were left out
}

// maxShort bounds the items of a proof that are shorter than a hash. Only the root can
// be; sp-trie also records the empty node.
const maxShort = 4

type proofItem struct {
	bytes []byte
	used  bool
}

// ProofSource returns a Source of the given node encodings and detached values, in
// any order. It hashes them all, so nothing it gives has to be checked again, and
// ignores what is given twice, and items shorter than a hash beyond the first few, which
// would take more memory than they are worth; see CheckUsed. The slices must not change
// afterwards.
func ProofSource(nodes [][]byte) *Proof {
	whole := maxShort
	for _, enc := range nodes {
		if len(enc) >= hashLen {
			whole++
		}
	}
	p := &Proof{index: make(map[[32]byte]int, whole), items: make([]proofItem, 0, whole)}
	for _, enc := range nodes {
		p.add(hash.Blake2b256(enc), enc)
	}
	return p
}

func (p *Proof) add(hash [32]byte, item []byte) {
	if _, ok := p.index[hash]; ok {
		p.twice = true
		return
	}
	if len(item) < hashLen {
		if p.short == maxShort {
			p.extra = true
			return
		}
		p.short++
	}
	p.index[hash] = len(p.items)
	p.items = append(p.items, proofItem{bytes: item})
}

// Node implements Source.
func (p *Proof) Node(_ []byte, hash [32]byte) ([]byte, error) { return p.get(hash) }

// Value implements Source.
func (p *Proof) Value(_ []byte, hash [32]byte) ([]byte, error) { return p.get(hash) }

func (p *Proof) get(hash [32]byte) ([]byte, error) {
	if p == nil {
		return nil, ErrMissingNode
	}
	i, ok := p.index[hash]
	if !ok {
		return nil, ErrMissingNode
	}
	p.items[i].used = true
	return p.items[i].bytes, nil
}

// CheckUsed tells whether the proof is no bigger than it has to be, after everything
// was read: ErrDuplicateNode if an item was given twice, ErrUnusedNode if one was
// never read.
func (p *Proof) CheckUsed() error {
	if p.twice {
		return ErrDuplicateNode
	}
	if p.extra {
		return ErrUnusedNode
	}
	for i := range p.items {
		if !p.items[i].used {
			return ErrUnusedNode
		}
	}
	return nil
}

// Nodes returns the items, each once, ascending by bytes.
func (p *Proof) Nodes() [][]byte {
	out := make([][]byte, len(p.items))
	for i := range p.items {
		out[i] = p.items[i].bytes
	}
	slices.SortFunc(out, bytes.Compare)
	return out
}
