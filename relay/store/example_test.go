package store_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/trie"
)

func Example() {
	s, err := store.Open(store.Config{InMemory: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()

	state := trie.New(nil, trie.EmptyRoot, trie.V1)
	if err := state.Put([]byte("key"), []byte("value")); err != nil {
		fmt.Println(err)
		return
	}
	c := state.Commit()
	genesis := primitives.Header{StateRoot: c.Root}
	err = s.InitGenesis(genesis, store.Diff{
		Values: []frame.Change{{Key: []byte("key"), Value: []byte("value")}},
		Nodes:  c.Nodes,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := s.View(genesis.Hash())
	if err != nil {
		fmt.Println(err)
		return
	}
	value, err := v.Get([]byte("key"))
	fmt.Println(string(value), err)
	// Output: value <nil>
}
