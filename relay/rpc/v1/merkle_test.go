package v1

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/trie"
)

// plain is a trie built from all of its pairs at once, as the specification defines
// it: no changes, no sharing, no store.
type plain struct {
	pairs map[string][]byte // values by key in nibbles, one a byte
	nodes map[string][]byte // out: encodings by path in nibbles
}

// encode returns the encoding of the node in which all keys that begin with path are,
// nil if there is none, and its whole path.
func (p plain) encode(path string) (encoding []byte, full string) {
	var keys []string
	for k := range p.pairs {
		if len(k) >= len(path) && k[:len(path)] == path {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, ""
	}
	slices.Sort(keys)
	full = keys[0]
	for _, k := range keys {
		n := 0
		for n < len(full) && n < len(k) && full[n] == k[n] {
			n++
		}
		full = full[:n]
	}
	value, has := p.pairs[full]
	branch, hashed := len(keys) > 1, has && len(value) > 32
	head, width := byte(0x40), 6
	switch {
	case branch && hashed:
		head, width = 0x10, 4
	case branch && has:
		head = 0xc0
	case branch:
		head = 0x80
	case hashed:
		head, width = 0x20, 5
	}
	partial := full[len(path):]
	if most := 1<<width - 1; len(partial) < most {
		encoding = append(encoding, head|byte(len(partial)))
	} else {
		encoding = append(encoding, head|byte(most))
		left := len(partial) - most
		for ; left >= 255; left -= 255 {
			encoding = append(encoding, 255)
		}
		encoding = append(encoding, byte(left))
	}
	if len(partial)%2 == 1 {
		encoding, partial = append(encoding, partial[0]), partial[1:]
	}
	for i := 0; i < len(partial); i += 2 {
		encoding = append(encoding, partial[i]<<4|partial[i+1])
	}
	var children []byte
	if branch {
		bitmap := uint16(0)
		for i := range byte(16) {
			if child, _ := p.encode(full + string(rune(i))); child != nil {
				bitmap |= 1 << i
				children = scale.AppendBytes(children, merkleValue(child))
			}
		}
		encoding = append(encoding, byte(bitmap), byte(bitmap>>8))
	}
	if hashed {
		h := hash.Blake2b256(value)
		encoding = append(encoding, h[:]...)
	} else if has {
		encoding = scale.AppendBytes(encoding, value)
	}
	encoding = append(encoding, children...)
	p.nodes[path] = encoding
	return encoding, full
}

func merkleValue(encoding []byte) []byte {
	if len(encoding) < 32 {
		return encoding
	}
	h := hash.Blake2b256(encoding)
	return h[:]
}

// closest finds the shortest node below key by looking at all of them.
func (p plain) closest(key string) []byte {
	best, at := []byte(nil), -1
	for path := range p.nodes {
		encoding, full := p.encode(path)
		if len(full) < len(key) || full[:len(key)] != key || at >= 0 && at <= len(full) {
			continue
		}
		if at = len(full); path == "" {
			h := hash.Blake2b256(encoding)
			best = h[:]
		} else {
			best = merkleValue(encoding)
		}
	}
	return best
}

// memory is a trie.Source of the nodes of a commit.
type memory map[string][]byte

func (m memory) Node(path []byte, _ [32]byte) ([]byte, error) {
	if n := m[string(path)]; n != nil {
		return n, nil
	}
	return nil, trie.ErrMissingNode
}

func (memory) Value([]byte, [32]byte) ([]byte, error) { return nil, trie.ErrMissingNode }

func nibbles(key []byte) string {
	var out []byte
	for _, b := range key {
		out = append(out, b>>4, b&15)
	}
	return string(out)
}

// TestQuickClosestMerkleValue compares with the naive trie, on keys that are there, end
// before, within and after nodes, or lead nowhere.
func TestQuickClosestMerkleValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.SliceOfN(rapid.SampledFrom([]byte{0x00, 0x01, 0x10, 0x11, 0xff}), 0, 5), 0, 12).Draw(t, "keys")
		long := rapid.Bool().Draw(t, "long")
		state := trie.New(nil, trie.EmptyRoot, trie.V1)
		naive := plain{map[string][]byte{}, map[string][]byte{}}
		for i, key := range keys {
			if long {
				key = append(bytes.Repeat([]byte{0x11}, 70), key...)
			}
			value := bytes.Repeat([]byte{byte(i)}, rapid.SampledFrom([]int{0, 1, 20, 32, 33, 100}).Draw(t, "size"))
			if err := state.Put(key, value); err != nil {
				t.Fatal(err)
			}
			naive.pairs[nibbles(key)] = value
		}
		commit := state.Commit()
		nodes := memory{}
		for _, n := range commit.Nodes {
			nodes[string(n.Path)] = n.Encoding
		}
		naive.encode("")
		for _, asked := range append(keys, []byte{0x11}, []byte{0x11, 0x11, 0x00}, []byte{0xee}, nil) {
			for _, prefix := range [][]byte{asked, append(bytes.Repeat([]byte{0x11}, 70), asked...)} {
				got, err := closestMerkleValue(nodes, commit.Root, prefix)
				if want := naive.closest(nibbles(prefix)); err != nil || !bytes.Equal(got, want) {
					t.Fatalf("of %x: %x (%v), want %x", prefix, got, err, want)
				}
			}
		}
	})
}

// TestClosestMerkleValueRefuses: missing and damaged nodes are errors, a key that is
// too long is nowhere.
func TestClosestMerkleValueRefuses(t *testing.T) {
	root := [32]byte{1}
	if _, err := closestMerkleValue(memory{}, root, nil); !errors.Is(err, trie.ErrMissingNode) {
		t.Errorf("error %v", err)
	}
	for _, bad := range []string{"\x00", "\x01", "\x0f", "\x41", "\x80", "\x80\x01", "\x80\x01\x00", "\x7f", "\x7f\xff\xff", "\x10\x00\x00short", "\xc0\x00\x00\xfc", "\x80\x01\x00\x04\x41\x00"} {
		if v, err := closestMerkleValue(memory{"": []byte(bad)}, root, []byte{0}); !errors.Is(err, trie.ErrBadNode) {
			t.Errorf("%x: %x, %v", bad, v, err)
		}
	}
	if v, err := closestMerkleValue(memory{}, root, make([]byte, trie.MaxKeyLen+1)); v != nil || err != nil {
		t.Errorf("long key: %x, %v", v, err)
	}
	if v, err := closestMerkleValue(memory{}, trie.EmptyRoot, nil); v != nil || err != nil {
		t.Errorf("empty trie: %x, %v", v, err)
	}
}

// FuzzDecodeNode: nothing that a store gives can do harm.
func FuzzDecodeNode(f *testing.F) {
	f.Add([]byte("\x41\x01\x04\x02"))
	f.Add([]byte("\x80\x03\x00\x0c\x40\x04\x01\x0c\x40\x04\x02"))
	f.Add([]byte("\x7f\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, encoding []byte) {
		n, ok := decodeNode(encoding)
		size := len(n.partial) / 2
		for _, c := range n.children {
			size += len(c)
		}
		if ok && size > len(encoding) {
			t.Errorf("%d bytes from %d", size, len(encoding))
		}
	})
}
