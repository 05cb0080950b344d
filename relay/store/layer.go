package store

import (
	"bytes"
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/trie"
)

// layer is the diff of one block, or of a run of blocks, over what lies below.
// It is immutable.
type layer struct {
	Diff
	bytes int
}

func newLayer(d Diff) *layer { return &layer{Diff: d, bytes: d.size()} }

// value returns the value at key, nil if it was deleted; ok is false if the layer
// does not change it.
func (l *layer) value(key []byte) (value []byte, ok bool) {
	i, ok := slices.BinarySearchFunc(l.Values, key, compareValue)
	if !ok {
		return nil, false
	}
	return l.Values[i].Value, true
}

// node is value for trie nodes.
func (l *layer) node(path []byte) (encoding []byte, ok bool) {
	i, ok := slices.BinarySearchFunc(l.Nodes, path, compareNode)
	if !ok {
		return nil, false
	}
	return l.Nodes[i].Encoding, true
}

// after returns the first change of a value whose key is greater than key.
func (l *layer) after(key []byte) (frame.Change, bool) {
	i, ok := slices.BinarySearchFunc(l.Values, key, compareValue)
	if ok {
		i++
	}
	if i == len(l.Values) {
		return frame.Change{}, false
	}
	return l.Values[i], true
}

func compareValue(c frame.Change, key []byte) int    { return bytes.Compare(c.Key, key) }
func compareNode(c trie.NodeChange, path []byte) int { return bytes.Compare(c.Path, path) }

// merge returns one layer for layers, newest first, at least one.
func merge(layers []*layer) *layer {
	// Halves are merged first: every entry is then moved log(n) times, not n.
	if len(layers) == 1 {
		return layers[0]
	}
	upper, lower := merge(layers[:len(layers)/2]), merge(layers[len(layers)/2:])
	return newLayer(Diff{
		Values: mergeSorted(upper.Values, lower.Values, func(a, b frame.Change) int { return bytes.Compare(a.Key, b.Key) }),
		Nodes:  mergeSorted(upper.Nodes, lower.Nodes, func(a, b trie.NodeChange) int { return bytes.Compare(a.Path, b.Path) }),
	})
}

// mergeSorted merges two ascending lists; of equal elements upper's stays.
func mergeSorted[T any](upper, lower []T, compare func(a, b T) int) []T {
	out := make([]T, 0, len(upper)+len(lower))
	for len(upper) > 0 && len(lower) > 0 {
		switch c := compare(upper[0], lower[0]); {
		case c < 0:
			out, upper = append(out, upper[0]), upper[1:]
		case c > 0:
			out, lower = append(out, lower[0]), lower[1:]
		default:
			out, upper, lower = append(out, upper[0]), upper[1:], lower[1:]
		}
	}
	return append(append(out, upper...), lower...)
}
