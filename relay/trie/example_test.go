package trie_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/trie"
)

// A collator proves what a block reads and changes; the validation function repeats
// it with nothing else.
func ExampleRecorder() {
	nodes := memory{}
	state := trie.New(nodes, trie.EmptyRoot, trie.V1)
	for i := range 1000 {
		_ = state.Put(fmt.Appendf(nil, "account %d", i), []byte("10 units"))
	}
	parent := state.Commit()
	nodes.store(parent)

	block := func(src trie.Source) [32]byte {
		t := trie.New(src, parent.Root, trie.V1)
		if err := t.Put([]byte("account 7"), []byte("8 units")); err != nil {
			fmt.Println(err)
		}
		if err := t.Delete([]byte("account 8")); err != nil {
			fmt.Println(err)
		}
		return t.Commit().Root
	}
	recorder := trie.NewRecorder(nodes)
	want := block(recorder)
	witness, err := trie.EncodeCompact(parent.Root, recorder.Proof())
	if err != nil {
		fmt.Println(err)
	}

	source, err := trie.DecodeCompact(parent.Root, witness)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(len(witness), "nodes, same root:", block(source) == want)
	// Output: 3 nodes, same root: true
}

// memory stores nodes by path.
type memory map[string][]byte

func (m memory) Node(path []byte, _ [32]byte) ([]byte, error) { return m[string(path)], nil }

func (m memory) Value([]byte, [32]byte) ([]byte, error) { return nil, trie.ErrMissingNode }

func (m memory) store(c trie.Commit) {
	for _, n := range c.Nodes {
		if n.Encoding == nil {
			delete(m, string(n.Path))
		} else {
			m[string(n.Path)] = n.Encoding
		}
	}
}
