package executive

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// View is the committed state after a block: values for execution, and the trie
// nodes above them for the next root.
type View interface {
	frame.Backend
	trie.Source
}

// Outcome is what a block did to the state.
type Outcome struct {
	// Root is the state root after the block.
	Root primitives.Hash
	// Changes are the new values, by key ascending.
	Changes []frame.Change
	// Nodes are the changed trie nodes, by path ascending.
	Nodes []trie.NodeChange
}

// Commit returns the outcome of changes on the state with the root parent. src
// gives the nodes of that state.
func Commit(src trie.Source, parent primitives.Hash, changes []frame.Change) (Outcome, error) {
	t := trie.New(src, parent, trie.V1)
	for _, change := range changes {
		var err error
		if change.Value == nil {
			err = t.Delete(change.Key)
		} else {
			err = t.Put(change.Key, change.Value)
		}
		if err != nil {
			return Outcome{}, err
		}
	}
	c := t.Commit()
	return Outcome{Root: c.Root, Changes: changes, Nodes: c.Nodes}, nil
}
