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

// Commit returns the outcome of changes, which are by key ascending, on the state with
// the root parent. src gives the nodes of that state.
func Commit(src trie.Source, parent primitives.Hash, changes []frame.Change) (Outcome, error) {
	return CommitTo(trie.New(src, parent, trie.V1), changes)
}

// CommitTo is Commit on the state that t has.
func CommitTo(t *trie.Trie, changes []frame.Change) (Outcome, error) {
	if err := t.Update(changes); err != nil {
		return Outcome{}, err
	}
	c := t.Commit()
	return Outcome{Root: c.Root, Changes: changes, Nodes: c.Nodes}, nil
}
