package trie

import "slices"

// Version is the layout of new values. Reading accepts both at once.
type Version uint8

const (
	// V0 keeps every value inside its node.
	V0 Version = 0
	// V1 detaches values longer than 32 bytes: the node has their BLAKE2b-256 hash.
	V1 Version = 1
)

// EmptyRoot is the root of a trie without keys: BLAKE2b-256 of one zero byte.
var EmptyRoot = [32]byte{
	0x03, 0x17, 0x0a, 0x2e, 0x75, 0x97, 0xb7, 0xb7, 0xe3, 0xd8, 0x4c, 0x05, 0x39, 0x1d, 0x13, 0x9a,
	0x62, 0xb1, 0x57, 0xe7, 0x87, 0x86, 0xd8, 0xc0, 0x82, 0xf2, 0x9d, 0xcf, 0x4c, 0x11, 0x13, 0x14,
}

// Trie is a mutable view of one trie, kept in memory as far as it was read or
// written. It has a single owner: even reads load nodes. Clones are independent and
// may be used by different goroutines at the same time, if the Source allows it.
//
// An error from the Source leaves the content of the trie as it was, except in Update.
type Trie struct {
	src     Source
	version Version
	owner   *owner
	root    kids // one child at nibble 0, the root; its ref is EmptyRoot if there is none
	each    Each
	gone    []string // paths whose stored node went away since the last commit; may hold some twice or taken again
	changed int      // nodes dirtied since the last commit, about
	path    []byte   // scratch: where the node in hand is
}

// New returns the trie with the given root over src, which may be nil if everything
// comes from Put (root is EmptyRoot then). version is the layout of values to be put.
func New(src Source, root [32]byte, version Version) *Trie {
	if src == nil {
		src = (*Proof)(nil)
	}
	t := &Trie{src: src, version: version, owner: new(owner)}
	t.root = rootOf(nil, appendRef(nil, root[:]))
	return t
}

// rootOf returns what a trie has for its root.
func rootOf(n *node, refs []byte) kids { return kids{nodes: []*node{n}, refs: refs, listed: 1} }

// top returns the slot of the root.
func (t *Trie) top() slot { return slot{k: &t.root} }

// Clone returns an independent trie with the same content, in constant time: both
// share their nodes and copy what they write from now on.
func (t *Trie) Clone() *Trie {
	t.owner = new(owner)
	t.gone = slices.Clip(t.gone)
	c := &Trie{src: t.src, version: t.version, owner: new(owner), each: t.each, gone: t.gone}
	c.root = rootOf(t.root.nodes[0], t.root.refs)
	return c
}

// Get returns the value at key, nil if there is none; the empty value is not nil. The
// caller must not change the result. Detached values come from the Source each time.
func (t *Trie) Get(key []byte) ([]byte, error) {
	p, err := t.find(key)
	n := p.n
	if err != nil || !p.hit || n.flags&hasValue == 0 {
		return nil, err
	}
	if n.flags&valueHash == 0 {
		return []byte(n.tail()), nil
	}
	v, err := t.src.Value(key, [32]byte([]byte(n.tail())))
	if err != nil {
		return nil, err
	}
	if len(v) <= inlineValue {
		return nil, ErrBadNode
	}
	return v, nil
}

// place is where the way to a key ends. The zero place is that of every key in an
// empty trie.
type place struct {
	n     *node // the last node that there is
	pos   int   // n hangs at this many nibbles of the key
	match int   // so many nibbles of n's partial key agree with those from pos on
	hit   bool  // n ends where the key does
}

// find loads the nodes on the way to key and returns where that ends; the zero place for
// a key too long.
func (t *Trie) find(key []byte) (place, error) {
	if t.empty() || len(key) > MaxKeyLen {
		return place{}, nil
	}
	for c, pos := t.top(), 0; ; pos++ {
		n, err := t.reach(c, key, pos)
		if err != nil {
			return place{}, err
		}
		p := place{n: n, pos: pos, match: n.match(key, pos)}
		pos += p.match
		p.hit = p.match == int(n.plen) && pos == 2*len(key)
		if p.hit || p.match < int(n.plen) {
			return p, nil
		}
		if c = n.slot(nibble(key, pos)); c.k == nil {
			return p, nil
		}
	}
}

// reach returns the node in slot c at the first pos nibbles of key, loaded if need be.
// All its ancestors are loaded.
func (t *Trie) reach(c slot, key []byte, pos int) (*node, error) {
	if n := c.node(); n != nil {
		return n, nil
	}
	t.path = appendNibbles(t.path[:0], key, pos)
	return t.fill(c, t.path)
}

// fill loads the node that belongs into slot c at path. All its ancestors are loaded.
func (t *Trie) fill(c slot, path []byte) (*node, error) {
	n, err := t.load(path, c.ref())
	if err != nil {
		return nil, err
	}
	if c.k != &t.root && c.k.owner != t.owner {
		c = t.claim(path)
	}
	c.set(n)
	return n, nil
}

// claim returns the slot at path after making the way to it this tree's own, so that
// a clone that shares it does not see it change. All nodes above are loaded.
func (t *Trie) claim(path []byte) slot {
	c, pos := t.top(), 0
	for pos < len(path) {
		n := t.own(c.node())
		c.set(n)
		pos += int(n.plen)
		c = n.slot(path[pos])
		pos++
	}
	return c
}

// load reads the node at path from the source.
func (t *Trie) load(path, ref []byte) (*node, error) {
	enc, err := t.src.Node(path, [32]byte(ref))
	if err != nil {
		return nil, err
	}
	if len(enc) == 0 {
		return nil, ErrMissingNode
	}
	n, err := decodeNode(enc, len(path), t.owner)
	if err != nil {
		return nil, err
	}
	n.flags |= stored
	return n, nil
}

// own returns n if this tree may write to it, else a copy. Leaves are always copied.
func (t *Trie) own(n *node) *node {
	k := n.kids
	if k == nil {
		own := *n
		return &own
	}
	if k.owner == t.owner {
		return n
	}
	n = newBranch(n, k)
	n.kids.owner = t.owner
	return n
}

// empty reports whether the trie has no key.
func (t *Trie) empty() bool { return t.root.nodes[0] == nil && [32]byte(t.root.ref(0)) == EmptyRoot }

// Trim forgets nodes more than depth levels below the root that are stored and
// unchanged: the Source must have them. It bounds the memory of a tree that lives
// long.
func (t *Trie) Trim(depth int) { t.trim(t.top(), depth) }

func (t *Trie) trim(c slot, depth int) {
	n := c.node()
	if n == nil {
		return
	}
	if depth < 0 && n.flags&(stored|dirty) == stored {
		c.set(nil)
		return
	}
	if n.kids == nil {
		return
	}
	n = t.own(n)
	c.set(n)
	for k := range n.kids.nodes {
		t.trim(slot{k: n.kids, at: k}, depth-1)
	}
}
