package trie

import (
	"bytes"
	"maps"
	"testing"
)

// wide returns a stored trie with 16 leaves below one branch, each stored apart.
func wide(t *testing.T) (*Trie, *store, model) {
	t.Helper()
	s, m := newStore(t), model{}
	tr := New(s, EmptyRoot, V1)
	for i := range byte(16) {
		op{[]byte{i << 4}, bytes.Repeat([]byte{i}, 50)}.apply(t, tr, m)
	}
	s.apply(tr.Commit())
	return tr, s, m
}

// TestCloneSharesNoList: a clone of a trie with vanished nodes and the trie itself
// remember different ones afterwards.
func TestCloneSharesNoList(t *testing.T) {
	tr, s, m := wide(t)
	for i := range byte(3) {
		op{key: []byte{i << 4}}.apply(t, tr, m)
	}
	clone, cm := tr.Clone(), maps.Clone(m)
	op{key: []byte{0x80}}.apply(t, tr, m)
	op{key: []byte{0x90}}.apply(t, clone, cm)
	cs := &store{t, maps.Clone(s.nodes), s.values}
	c := tr.Commit()
	s.apply(c)
	s.check(c.Root, m)
	c = clone.Commit()
	cs.apply(c)
	cs.check(c.Root, cm)
}

// TestCommitTellsChangesOnly: a value put and put back changes no node, and one
// changed value changes the nodes on its path.
func TestCommitTellsChangesOnly(t *testing.T) {
	tr, s, m := wide(t)
	key := []byte{0x50}
	op{key, []byte("other")}.apply(t, tr, m)
	op{key, bytes.Repeat([]byte{5}, 50)}.apply(t, tr, m)
	if c := tr.Commit(); len(c.Nodes) != 0 {
		t.Errorf("nothing changed but got %x", c.Nodes)
	}
	op{key, bytes.Repeat([]byte{6}, 50)}.apply(t, tr, m)
	c := tr.Commit()
	s.apply(c)
	s.check(c.Root, m)
	if len(c.Nodes) != 2 || len(c.Nodes[0].Path) != 0 || !bytes.Equal(c.Nodes[1].Path, []byte{5}) {
		t.Errorf("one value changed but got %x", c.Nodes)
	}
}

// TestEmptyValue: an empty value is a value.
func TestEmptyValue(t *testing.T) {
	tr := New(nil, EmptyRoot, V1)
	if err := tr.Put([]byte("key"), nil); err != nil {
		t.Fatal(err)
	}
	if v, err := tr.Get([]byte("key")); v == nil || len(v) != 0 || err != nil {
		t.Errorf("empty value got %#v, %v", v, err)
	}
	if v, err := tr.Get([]byte("kez")); v != nil || err != nil {
		t.Errorf("no value got %#v, %v", v, err)
	}
}

// TestMissing: without a source every node but those put is missing.
func TestMissing(t *testing.T) {
	tr := New(nil, [32]byte{1}, V1)
	if _, err := tr.Get([]byte("key")); err != ErrMissingNode {
		t.Errorf("Get got %v", err)
	}
	if err := tr.Put([]byte("key"), nil); err != ErrMissingNode {
		t.Errorf("Put got %v", err)
	}
	if err := tr.Delete([]byte("key")); err != ErrMissingNode {
		t.Errorf("Delete got %v", err)
	}
	if _, _, err := tr.NextKey([]byte("key")); err != ErrMissingNode {
		t.Errorf("NextKey got %v", err)
	}
	if c := tr.Commit(); c.Root != [32]byte{1} || len(c.Nodes) != 0 {
		t.Errorf("Commit got %x", c)
	}
}

// TestNodeGoesInline: a node that shrinks into its parent and then vanishes was
// deleted once, when it shrank.
func TestNodeGoesInline(t *testing.T) {
	tr, s, m := wide(t)
	for _, o := range []op{{[]byte{0x50}, []byte("short")}, {key: []byte{0x50}}} {
		o.apply(t, tr, m)
		c := tr.Commit()
		s.apply(c)
		s.check(c.Root, m)
	}
}
