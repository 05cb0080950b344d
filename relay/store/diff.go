package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// Diff is what a block changes in the state of its parent. The slices must not
// be changed after they were handed to the store.
type Diff struct {
	// Values are strictly ascending by key; a nil value is a deletion.
	Values []frame.Change
	// Nodes are strictly ascending by path, as trie.Commit gives them.
	Nodes []trie.NodeChange
}

// entryOverhead is charged for each entry of a diff besides its bytes.
const entryOverhead = 64

// check returns ErrDiffOrder or nil.
func (d Diff) check() error {
	for i, c := range d.Values {
		if len(c.Key) > maxKey || i > 0 && bytes.Compare(d.Values[i-1].Key, c.Key) >= 0 {
			return fmt.Errorf("value %d of diff: %w", i, ErrDiffOrder)
		}
	}
	for i, c := range d.Nodes {
		if len(c.Path) > maxKey || i > 0 && bytes.Compare(d.Nodes[i-1].Path, c.Path) >= 0 {
			return fmt.Errorf("node %d of diff: %w", i, ErrDiffOrder)
		}
	}
	return nil
}

// checkRoot returns ErrStateRoot unless root is what the diff makes of parent.
func (d Diff) checkRoot(parent, root primitives.Hash) error {
	got := parent
	if len(d.Nodes) > 0 && len(d.Nodes[0].Path) == 0 {
		got = rootOf(d.Nodes[0].Encoding)
	}
	if got != root {
		return fmt.Errorf("diff gives %s, header has %s: %w", got, root, ErrStateRoot)
	}
	return nil
}

// rootOf returns the state root of a trie with this root node; nil is none.
func rootOf(node []byte) primitives.Hash {
	if node == nil {
		return trie.EmptyRoot
	}
	return hash.Blake2b256(node)
}

// size returns how much memory the diff is charged for, in bytes.
func (d Diff) size() int {
	n := entryOverhead * (len(d.Values) + len(d.Nodes))
	for _, c := range d.Values {
		n += len(c.Key) + len(c.Value)
	}
	for _, c := range d.Nodes {
		n += len(c.Path) + len(c.Encoding)
	}
	return n
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// encode returns the record of d: counts of values and nodes, then for each key
// and value (length plus one, 0 for a deletion), integers as uvarint; last the
// CRC-32C of it all, little-endian.
func (d Diff) encode() []byte {
	b := make([]byte, 0, d.size())
	b = binary.AppendUvarint(b, uint64(len(d.Values)))
	b = binary.AppendUvarint(b, uint64(len(d.Nodes)))
	for _, c := range d.Values {
		b = appendEntry(b, c.Key, c.Value)
	}
	for _, c := range d.Nodes {
		b = appendEntry(b, c.Path, c.Encoding)
	}
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// decodeDiff reads what encode wrote. The result aliases b.
func decodeDiff(b []byte) (Diff, error) {
	body := len(b) - 4
	if body < 0 || binary.LittleEndian.Uint32(b[body:]) != crc32.Checksum(b[:body], castagnoli) {
		return Diff{}, fmt.Errorf("checksum of diff: %w", ErrCorrupt)
	}
	r := reader{b: b[:body]}
	values, nodes := r.count(), r.count()
	var d Diff
	if values > 0 {
		d.Values = make([]frame.Change, values)
	}
	if nodes > 0 {
		d.Nodes = make([]trie.NodeChange, nodes)
	}
	for i := range d.Values {
		d.Values[i].Key, d.Values[i].Value = r.entry()
	}
	for i := range d.Nodes {
		d.Nodes[i].Path, d.Nodes[i].Encoding = r.entry()
	}
	if r.bad || len(r.b) != 0 {
		return Diff{}, fmt.Errorf("encoding of diff: %w", ErrCorrupt)
	}
	return d, nil
}

func appendEntry(b, key, value []byte) []byte {
	b = append(binary.AppendUvarint(b, uint64(len(key))), key...)
	if value == nil {
		return append(b, 0)
	}
	return append(binary.AppendUvarint(b, uint64(len(value))+1), value...)
}

// reader reads uvarints and entries from b; a fault sticks in bad.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// count reads a number of entries, each of which takes at least two bytes.
func (r *reader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(n)
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) entry() (key, value []byte) {
	key = r.take(r.uvarint())
	if n := r.uvarint(); n > 0 {
		value = r.take(n - 1)
	}
	return key, value
}
