package trie

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"pgregory.net/rapid"
)

// entry is a value of the model and whether it was put under V1 and is long.
type entry struct {
	value    string
	detached bool
}

type model map[string]entry

func (m model) keys() []string { return slices.Sorted(maps.Keys(m)) }

// naive builds the trie of m from scratch, straight from the specification: the root
// and the encoding of every separately stored node by path.
func (m model) naive() ([32]byte, map[string][]byte) {
	nodes := map[string][]byte{}
	if len(m) == 0 {
		return hash.Blake2b256([]byte{0}), nodes
	}
	var items []naiveItem
	for _, k := range m.keys() {
		items = append(items, naiveItem{appendNibbles(nil, []byte(k), 2*len(k)), m[k]})
	}
	enc := naiveNode(nodes, items, 0)
	nodes[""] = enc
	return hash.Blake2b256(enc), nodes
}

type naiveItem struct {
	nibbles []byte
	entry
}

// naiveNode encodes the node that has all items, which agree on the first at nibbles.
func naiveNode(nodes map[string][]byte, items []naiveItem, at int) []byte {
	first, last := items[0].nibbles, items[len(items)-1].nibbles
	end := at
	for end < len(first) && first[end] == last[end] {
		end++
	}
	var value *entry
	if len(first) == end {
		value, items = &items[0].entry, items[1:]
	}
	kinds := map[[3]bool][2]int{ // branch, value, detached: header bits and length bits
		{false, true, false}: {0x40, 6}, {true, false, false}: {0x80, 6}, {true, true, false}: {0xc0, 6},
		{false, true, true}: {0x20, 5}, {true, true, true}: {0x10, 4},
	}
	kind := kinds[[3]bool{len(items) > 0, value != nil, value != nil && value.detached}]
	n, most := end-at, 1<<kind[1]-1
	enc := []byte{byte(kind[0] | min(n, most))}
	for n -= most; n >= 0; n -= 255 {
		enc = append(enc, byte(min(n, 255)))
	}
	partial := first[at:end]
	if len(partial)%2 == 1 {
		partial = append([]byte{0}, partial...)
	}
	for i := 0; i < len(partial); i += 2 {
		enc = append(enc, partial[i]*16+partial[i+1])
	}
	var children []byte
	bitmap := uint16(0)
	for len(items) > 0 {
		i := items[0].nibbles[end]
		n := 0
		for n < len(items) && items[n].nibbles[end] == i {
			n++
		}
		sub := naiveNode(nodes, items[:n], end+1)
		if len(sub) >= 32 {
			nodes[string(items[0].nibbles[:end+1])] = sub
			h := hash.Blake2b256(sub)
			sub = h[:]
		}
		children = append(append(children, byte(len(sub)*4)), sub...)
		bitmap |= 1 << i
		items = items[n:]
	}
	if bitmap != 0 {
		enc = binary.LittleEndian.AppendUint16(enc, bitmap)
	}
	switch {
	case value == nil:
	case value.detached:
		h := hash.Blake2b256([]byte(value.value))
		enc = append(enc, h[:]...)
	default:
		enc = naiveCompact(enc, len(value.value))
		enc = append(enc, value.value...)
	}
	return append(enc, children...)
}

func naiveCompact(b []byte, n int) []byte {
	switch {
	case n < 64:
		return append(b, byte(n*4))
	case n < 1<<14:
		return binary.LittleEndian.AppendUint16(b, uint16(n*4+1))
	default:
		return binary.LittleEndian.AppendUint32(b, uint32(n*4+2))
	}
}

// store is a path-keyed Source like the node's database.
type store struct {
	t      rapid.TB
	nodes  map[string][]byte
	values map[[32]byte]string // by hash
}

func newStore(t rapid.TB) *store {
	return &store{t, map[string][]byte{}, map[[32]byte]string{}}
}

func (s *store) Node(path []byte, ref [32]byte) ([]byte, error) {
	enc, ok := s.nodes[string(path)]
	if !ok {
		return nil, ErrMissingNode
	}
	if hash.Blake2b256(enc) != ref {
		s.t.Errorf("node at %x is not the one its parent means", path)
	}
	return enc, nil
}

func (s *store) Value(_ []byte, ref [32]byte) ([]byte, error) {
	v, ok := s.values[ref]
	if !ok {
		return nil, ErrMissingNode
	}
	return []byte(v), nil
}

// put stores a value.
func (s *store) put(v []byte) { s.values[hash.Blake2b256(v)] = string(v) }

// apply stores a commit.
func (s *store) apply(c Commit) {
	s.t.Helper()
	if !slices.IsSortedFunc(c.Nodes, func(a, b NodeChange) int {
		return cmp.Or(bytes.Compare(a.Path, b.Path), 1)
	}) {
		s.t.Errorf("commit is not ascending by path: %x", c.Nodes)
	}
	for _, n := range c.Nodes {
		if n.Encoding == nil {
			if _, ok := s.nodes[string(n.Path)]; !ok {
				s.t.Errorf("commit deletes %x, which was not stored", n.Path)
			}
			delete(s.nodes, string(n.Path))
		} else {
			s.nodes[string(n.Path)] = n.Encoding
		}
	}
}

// check compares the store with a trie built from scratch.
func (s *store) check(root [32]byte, m model) {
	s.t.Helper()
	wantRoot, want := m.naive()
	if root != wantRoot {
		s.t.Fatalf("root got %x want %x, keys %x", root, wantRoot, m.keys())
	}
	if !maps.EqualFunc(s.nodes, want, bytes.Equal) {
		s.t.Fatalf("nodes got %x\nwant %x", s.nodes, want)
	}
}

// checkReads compares every read of t with the model.
func checkReads(t rapid.TB, tr *Trie, m model) {
	t.Helper()
	for _, k := range m.keys() {
		v, err := tr.Get([]byte(k))
		if err != nil || v == nil || string(v) != m[k].value {
			t.Fatalf("Get(%x) got %x, %v want %x", k, v, err, m[k].value)
		}
	}
	want := m.keys()
	var got []string
	if _, ok := m[""]; ok {
		got = append(got, "")
	}
	for key := []byte{}; ; {
		next, ok, err := tr.NextKey(key)
		if err != nil {
			t.Fatalf("NextKey(%x): %v", key, err)
		}
		if !ok {
			break
		}
		got, key = append(got, string(next)), next
	}
	if !slices.Equal(got, want) {
		t.Fatalf("keys got %x want %x", got, want)
	}
}
