package relaytest

import (
	"maps"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/trie"
)

// View is a state in memory: an executive.View. It is immutable; After gives the
// next one.
type View struct {
	values frame.Memory
	nodes  map[string][]byte
}

// After returns the state after a block that did outcome to v. The zero View is
// the state before a genesis.
func (v View) After(outcome executive.Outcome) View {
	next := View{values: frame.Memory{}, nodes: map[string][]byte{}}
	maps.Copy(next.values, v.values)
	maps.Copy(next.nodes, v.nodes)
	next.values.Apply(outcome.Changes)
	for _, n := range outcome.Nodes {
		if n.Encoding == nil {
			delete(next.nodes, string(n.Path))
		} else {
			next.nodes[string(n.Path)] = n.Encoding
		}
	}
	return next
}

// Get implements frame.Backend.
func (v View) Get(key []byte) ([]byte, error) { return v.values.Get(key) }

// Next implements frame.Backend.
func (v View) Next(key []byte) ([]byte, bool, error) { return v.values.Next(key) }

// Node implements trie.Source.
func (v View) Node(path []byte, _ [32]byte) ([]byte, error) {
	if node, ok := v.nodes[string(path)]; ok {
		return node, nil
	}
	return nil, trie.ErrMissingNode
}

// Value implements trie.Source.
func (v View) Value(key []byte, _ [32]byte) ([]byte, error) { return v.values.Get(key) }
