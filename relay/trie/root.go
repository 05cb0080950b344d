package trie

import "github.com/rampart-chain/rampart/relay/scale"

// Root returns the root of a trie with the given values, in any order; of equal keys
// the last one counts. Values may have any length under both versions.
//
// It returns ErrKeyTooLong if a key has more than MaxKeyLen bytes.
func Root(version Version, values []Change) ([32]byte, error) {
	t := New(nil, EmptyRoot, version)
	for _, c := range values {
		if len(c.Key) > MaxKeyLen {
			return [32]byte{}, ErrKeyTooLong
		}
		t.add(c)
	}
	return t.hash(), nil
}

// OrderedRoot returns the root of a trie with items[i] at the SCALE compact form of
// i: the extrinsics root, where each item is an extrinsic with its own length in
// front (V0 on all chains so far).
//
// Source: Polkadot specification, state; sp-trie, ordered_trie_root.
func OrderedRoot(version Version, items [][]byte) [32]byte {
	t := New(nil, EmptyRoot, version)
	var key [9]byte
	for i, item := range items {
		t.add(change(scale.AppendCompact(key[:0], uint64(i)), item))
	}
	return t.hash()
}

// add makes a change, with a value of any length, in a trie without a source.
func (t *Trie) add(c Change) {
	if err := t.update([]Change{c}); err != nil {
		panic("trie without a source asked for a node: " + err.Error())
	}
}

// hash commits and returns the root alone.
func (t *Trie) hash() [32]byte {
	w := writer{t: t}
	return w.run()
}
