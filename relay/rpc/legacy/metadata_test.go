package legacy_test

import (
	"bytes"
	"sync/atomic"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/legacy"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/trie"
)

// coded are rules whose metadata is their code, over and over. Calls counts.
type coded struct{ calls *atomic.Int32 }

func (coded) Version() system.RuntimeVersion { return system.RuntimeVersion{} }

func (r coded) Call(_ primitives.Header, state *store.View, _ string, _ []byte) ([]byte, error) {
	r.calls.Add(1)
	code, err := state.Get([]byte(":code"))
	return scale.AppendBytes(nil, bytes.Repeat(code, 5000)), err
}

// TestMetadataFollowsCode: metadata is made once for each code.
func TestMetadataFollowsCode(t *testing.T) {
	s, err := store.Open(store.Config{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	commit := func(src trie.Source, root primitives.Hash, code string) executive.Outcome {
		o, err := executive.Commit(src, root, []frame.Change{{Key: []byte(":code"), Value: []byte(code)}})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	first := commit(empty{}, trie.EmptyRoot, "a")
	genesis := primitives.Header{StateRoot: first.Root}
	if err := s.InitGenesis(genesis, store.Diff{Values: first.Changes, Nodes: first.Nodes}); err != nil {
		t.Fatal(err)
	}
	view, err := s.View(genesis.Hash())
	if err != nil {
		t.Fatal(err)
	}
	second := commit(view, first.Root, "b")
	child := primitives.Header{ParentHash: genesis.Hash(), Number: 1, StateRoot: second.Root}
	if err := s.Import(store.Import{Block: primitives.Block{Header: child}, Hash: child.Hash(), Best: child.Hash(), Diff: store.Diff{Values: second.Changes, Nodes: second.Nodes}}); err != nil {
		t.Fatal(err)
	}
	var calls atomic.Int32
	c := serve(t, jsonrpc.Config{}, legacy.Config{Chain: backend.Chain{Store: s, Feed: backend.NewFeed(s), Rules: coded{&calls}}})
	for range 3 {
		c.is(`"`+hexed(bytes.Repeat([]byte("a"), 5000))+`"`, "state_getMetadata", genesis.Hash().String())
		c.is(`"`+hexed(bytes.Repeat([]byte("b"), 5000))+`"`, "state_getMetadata")
	}
	if n := calls.Load(); n != 2 {
		t.Errorf("%d calls", n)
	}
}
