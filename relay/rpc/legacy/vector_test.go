package legacy_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/legacy"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/trie"
)

// empty is the source of the trie without nodes.
type empty struct{}

func (empty) Node([]byte, [32]byte) ([]byte, error)  { return nil, trie.ErrMissingNode }
func (empty) Value([]byte, [32]byte) ([]byte, error) { return nil, trie.ErrMissingNode }

// TestVectors: of a state that sp-trie has too, proofs and values are the same.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/readproof.json")
	if err != nil {
		t.Fatal(err)
	}
	vector := read[struct {
		Root  string
		Pairs [][2]string
		Cases []struct {
			Keys, Proof []string
			Values      []*string
		}
	}](t, text)
	var changes []frame.Change
	for _, pair := range vector.Pairs {
		changes = append(changes, frame.Change{Key: unhex(t, pair[0]), Value: unhex(t, pair[1])})
	}
	outcome, err := executive.Commit(empty{}, trie.EmptyRoot, changes)
	if err != nil || outcome.Root.String() != vector.Root {
		t.Fatalf("root %v, want %s, %v", outcome.Root, vector.Root, err)
	}
	s, err := store.Open(store.Config{InMemory: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	genesis := primitives.Header{StateRoot: outcome.Root}
	if err := s.InitGenesis(genesis, store.Diff{Values: outcome.Changes, Nodes: outcome.Nodes}); err != nil {
		t.Fatal(err)
	}
	c := serve(t, jsonrpc.Config{}, legacy.Config{Chain: backend.Chain{Store: s, Feed: backend.NewFeed(s)}})
	for i, each := range vector.Cases {
		answer := read[struct{ Proof []string }](t, c.call("state_getReadProof", each.Keys))
		slices.Sort(answer.Proof)
		if !slices.Equal(answer.Proof, each.Proof) {
			t.Errorf("case %d: %d nodes, want %d", i, len(answer.Proof), len(each.Proof))
		}
		for j, key := range each.Keys {
			want, err := json.Marshal(each.Values[j])
			if err != nil {
				t.Fatal(err)
			}
			c.is(string(want), "state_getStorage", key)
		}
	}
	if len(vector.Cases) != 7 {
		t.Errorf("%d cases", len(vector.Cases))
	}
}
