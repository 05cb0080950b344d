package trie

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// TestUpdateRefuses: what is refused changes nothing.
func TestUpdateRefuses(t *testing.T) {
	key, value := []byte("k"), []byte("value")
	for name, c := range map[string]struct {
		version Version
		changes []Change
		want    error
	}{
		"order":          {V1, []Change{{key, value}, {[]byte("b"), value}}, ErrOrder},
		"key twice":      {V1, []Change{{key, value}, {key, nil}}, ErrOrder},
		"long key":       {V1, []Change{{[]byte("b"), value}, {bytes.Repeat(key, MaxKeyLen+1), value}}, ErrKeyTooLong},
		"long value":     {V0, []Change{{[]byte("b"), value}, {key, make([]byte, MaxInlineLen+1)}}, ErrValueTooLong},
		"nothing":        {V1, nil, nil},
		"no such key":    {V1, []Change{{Key: []byte("a")}, {Key: []byte("aa")}, {Key: []byte("ab")}, {Key: []byte("z")}}, nil},
		"none so long":   {V1, []Change{{Key: bytes.Repeat(key, MaxKeyLen+1)}}, nil},
		"value as it is": {V1, []Change{{[]byte("a1"), value}, {Key: []byte("a2")}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tr := New(nil, EmptyRoot, c.version)
			if err := tr.Update([]Change{{[]byte("a1"), value}, {[]byte("a3"), value}}); err != nil {
				t.Fatal(err)
			}
			before := tr.Commit().Root
			if err := tr.Update(c.changes); err != c.want {
				t.Errorf("got %v want %v", err, c.want)
			}
			if after := tr.Commit(); after.Root != before || len(after.Nodes) != 0 {
				t.Errorf("commit got %x", after)
			}
		})
	}
}

// noted is a source that notes which paths are read.
type noted struct {
	uncheckedStore
	paths []string
}

func (n *noted) Node(path []byte, hash [32]byte) ([]byte, error) {
	n.paths = append(n.paths, fmt.Sprintf("%x", path))
	return n.uncheckedStore.Node(path, hash)
}

// TestUpdateMergesOnce: a branch of two that loses one child and gets another is not
// merged with its last one, which need not be read; without another it is.
func TestUpdateMergesOnce(t *testing.T) {
	long := make([]byte, 40)
	s := newStore(t)
	tr := New(s, EmptyRoot, V0)
	if err := tr.Update([]Change{{[]byte{0x11}, long}, {[]byte{0x15}, long}}); err != nil {
		t.Fatal(err)
	}
	c := tr.Commit()
	s.apply(c)
	for name, test := range map[string]struct {
		changes []Change
		want    []string
	}{
		"replaced": {[]Change{{Key: []byte{0x11}}, {[]byte{0x13}, long}}, []string{"", "0101"}},
		"merged":   {[]Change{{Key: []byte{0x11}}, {Key: []byte{0x13}}}, []string{"", "0101", "0105"}},
	} {
		src := &noted{uncheckedStore: uncheckedStore{s.nodes}}
		if err := New(src, c.Root, V0).Update(test.changes); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(src.paths, test.want) {
			t.Errorf("%s: read %q want %q", name, src.paths, test.want)
		}
	}
}

// TestUpdateTellsOfMissingNodes, divided or not.
func TestUpdateTellsOfMissingNodes(t *testing.T) {
	_, s, m := wide(t)
	root := s.nodes[""]
	for name, each := range eachs {
		tr := New(&uncheckedStore{map[string][]byte{"": root}}, [32]byte{}, V1)
		tr.Divide(each)
		var changes []Change
		for _, k := range m.keys() {
			changes = append(changes, Change{[]byte(k), []byte("another")})
		}
		if err := tr.Update(changes); !errors.Is(err, ErrMissingNode) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
