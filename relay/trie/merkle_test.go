package trie

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// closest is ClosestMerkleValue of the trie built from scratch: the node with all keys
// that begin with key hangs one nibble below the longest path it shares with another.
func (m model) closest(key []byte) []byte {
	path := appendNibbles(nil, key, 2*len(key))
	var below []naiveItem
	for _, k := range m.keys() {
		if full := appendNibbles(nil, []byte(k), 2*len(k)); bytes.HasPrefix(full, path) {
			below = append(below, naiveItem{full, m[k]})
		}
	}
	if len(below) == 0 {
		return nil
	}
	at := 0
	for _, k := range m.keys() {
		if other := appendNibbles(nil, []byte(k), 2*len(k)); !bytes.HasPrefix(other, path) {
			at = max(at, shared(other, below[0].nibbles)+1)
		}
	}
	enc := naiveNode(map[string][]byte{}, below, at)
	if at > 0 && len(enc) < hashLen {
		return enc
	}
	h := hash.Blake2b256(enc)
	return h[:]
}

// shared returns how many nibbles two paths have in common from the beginning.
func shared(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// TestQuickClosestMerkleValue asks for keys that are there, end before, within and
// after nodes, or lead nowhere.
func TestQuickClosestMerkleValue(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, root, m := genState(rt)
		asked := append(rapid.SliceOfN(genKey, 0, 8).Draw(rt, "asked"), nil, []byte{0xee}, bytes.Repeat([]byte{0x11}, 10))
		for k := range m {
			asked = append(asked, []byte(k), []byte(k[:len(k)/2]))
		}
		for _, key := range asked {
			got, err := ClosestMerkleValue(s, root, key)
			if want := m.closest(key); err != nil || !bytes.Equal(got, want) {
				rt.Fatalf("of %x got %x, %v want %x, keys %x", key, got, err, want, m.keys())
			}
		}
	})
}

// TestClosestMerkleValueRefuses: missing and damaged nodes are errors, a key that is
// too long is nowhere, and so is every key of an empty trie.
func TestClosestMerkleValueRefuses(t *testing.T) {
	if v, err := ClosestMerkleValue(nil, [32]byte{1}, nil); v != nil || !errors.Is(err, ErrMissingNode) {
		t.Errorf("missing node got %x, %v", v, err)
	}
	bad := []byte("\x80\x01\x00")
	if v, err := ClosestMerkleValue(ProofSource([][]byte{bad}), hash.Blake2b256(bad), nil); v != nil || !errors.Is(err, ErrBadNode) {
		t.Errorf("bad node got %x, %v", v, err)
	}
	if v, err := ClosestMerkleValue(nil, [32]byte{1}, make([]byte, MaxKeyLen+1)); v != nil || err != nil {
		t.Errorf("long key got %x, %v", v, err)
	}
	if v, err := ClosestMerkleValue(nil, EmptyRoot, nil); v != nil || err != nil {
		t.Errorf("empty trie got %x, %v", v, err)
	}
}
