package trie

import (
	"math/bits"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// EncodeCompact writes the part of the trie of root that the given node encodings and
// detached values cover without the hashes that can be computed again.
//
// Nodes come in pre-order. A child that follows is an empty reference in its parent. A
// node whose detached value follows has 0x01 in front and an empty inline value; the
// value is the next item. What occurs a second time keeps its plain hash. Items that
// root does not reach are left out.
//
// Errors: ErrMissingNode if the root node is not there, ErrBadNode.
//
// Source: sp-trie encode_compact, trie-db encode_compact_skip_duplicates.
func EncodeCompact(root [32]byte, proof [][]byte) ([][]byte, error) {
	if root == EmptyRoot {
		return [][]byte{{0}}, nil
	}
	e := compactEncoder{
		p:      ProofSource(proof),
		nodes:  make(map[[32]byte]bool, len(proof)),
		values: make(map[[32]byte]bool),
	}
	if !e.take(e.nodes, root) {
		return nil, ErrMissingNode
	}
	err := e.subtree(root, 0)
	return e.out, err
}

type compactEncoder struct {
	p             *Proof
	nodes, values map[[32]byte]bool // already written; a value with a node's bytes is written twice
	out           [][]byte
}

// take marks an item of the proof as written; false if it was or is not there.
func (e *compactEncoder) take(seen map[[32]byte]bool, ref [32]byte) bool {
	if _, ok := e.p.index[ref]; !ok || seen[ref] {
		return false
	}
	seen[ref] = true
	return true
}

func (e *compactEncoder) subtree(ref [32]byte, depth int) error {
	n, err := decodeNode(e.p.items[e.p.index[ref]].bytes, depth, nil)
	if err != nil {
		return err
	}
	at := len(e.out)
	e.out = append(e.out, nil)
	var enc []byte
	hide := false
	if n.flags&valueHash != 0 {
		v := [32]byte([]byte(n.tail()))
		if hide = e.take(e.values, v); hide {
			e.out = append(e.out, e.p.items[e.p.index[v]].bytes)
			enc = append(enc, escape)
		}
	}
	var elide uint16
	for rest := n.bitmap; rest != 0; rest &= rest - 1 {
		i := byte(bits.TrailingZeros16(rest))
		r := n.kids.ref(i)
		if len(r) < hashLen || !e.take(e.nodes, [32]byte(r)) {
			continue
		}
		elide |= 1 << i
		if err := e.subtree([32]byte(r), depth+int(n.plen)+1); err != nil {
			return err
		}
	}
	e.out[at] = appendNode(enc, n, elide, hide)
	return nil
}

// DecodeCompact rebuilds the nodes and values of a compact proof, all of whose items
// must be needed, and checks that they are of the trie with the given root. The work
// and memory are linear in the input. The slices must not change afterwards.
//
// Errors: ErrMissingNode if an item lacks, ErrUnusedNode if one is left over,
// ErrBadNode, ErrWrongRoot.
//
// Source: sp-trie decode_compact, without child tries.
func DecodeCompact(root [32]byte, compact [][]byte) (*Proof, error) {
	d := compactDecoder{in: compact, p: ProofSource(nil)}
	if root == EmptyRoot {
		if len(compact) == 1 && len(compact[0]) == 1 && compact[0][0] == 0 {
			return d.p, nil
		}
		return nil, ErrWrongRoot
	}
	got, err := d.subtree(0)
	switch {
	case err != nil:
		return nil, err
	case got != root:
		return nil, ErrWrongRoot
	case len(d.in) != 0:
		return nil, ErrUnusedNode
	}
	return d.p, nil
}

type compactDecoder struct {
	in   [][]byte
	p    *Proof
	refs []byte // to the elided children read whose parents are not finished
}

// next returns the next item.
func (d *compactDecoder) next() ([]byte, error) {
	if len(d.in) == 0 {
		return nil, ErrMissingNode
	}
	item := d.in[0]
	d.in = d.in[1:]
	return item, nil
}

// subtree reads a node at a path of depth nibbles and all that follows for it, and
// returns its hash.
func (d *compactDecoder) subtree(depth int) ([32]byte, error) {
	var none [32]byte
	enc, err := d.next()
	if err != nil {
		return none, err
	}
	if len(enc) > MaxNodeLen {
		return none, ErrBadNode
	}
	detached := len(enc) > 0 && enc[0] == escape
	if detached {
		enc = enc[1:]
	}
	dec := decoder{in: enc, depth: depth, compact: true}
	n, err := dec.node()
	if err != nil {
		return none, err
	}
	if detached {
		if err := d.attach(n); err != nil {
			return none, err
		}
	}
	first := len(d.refs)
	for range bits.OnesCount16(dec.elided) {
		ref, err := d.subtree(depth + int(n.plen) + 1)
		if err != nil {
			return none, err
		}
		d.refs = appendRef(d.refs, ref[:])
	}
	full := appendKids(appendHead(nil, n, false), n, dec.elided, d.refs[first:])
	d.refs = d.refs[:first]
	if depth > 0 && len(full) < hashLen {
		return none, ErrBadNode
	}
	ref := hash.Blake2b256(full)
	d.p.add(ref, full)
	return ref, nil
}

// attach gives n the hash of the value that comes next.
func (d *compactDecoder) attach(n *node) error {
	v, err := d.next()
	if err != nil {
		return err
	}
	if n.flags&valueInline == 0 || n.tail() != "" || len(v) <= inlineValue {
		return ErrBadNode
	}
	h := hash.Blake2b256(v)
	d.p.add(h, v)
	n.setValue(valueHash, h[:])
	return nil
}
