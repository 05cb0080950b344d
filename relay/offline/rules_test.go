package offline_test

import (
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/offline"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/store"
)

// TestOtherRules: a block of another version's rules is not called invalid, and
// nothing is taken in on top of it.
func TestOtherRules(t *testing.T) {
	g := newAuthor(t).genesis
	database := filepath.Join(t.TempDir(), "db")
	st, err := store.Open(store.Config{Path: database})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.InitGenesis(g.Header, store.Diff{Values: g.Outcome.Changes, Nodes: g.Outcome.Nodes}); err != nil {
		t.Fatal(err)
	}
	view, err := st.View(g.Header.Hash())
	if err != nil {
		t.Fatal(err)
	}
	state := frame.NewState(view)
	system.Upgrade(state, runtime.SpecName, runtime.SpecVersion+1, "marker")
	o, err := executive.Commit(view, g.Header.StateRoot, state.Changes())
	if err != nil {
		t.Fatal(err)
	}
	header := primitives.Header{ParentHash: g.Header.Hash(), Number: 1, StateRoot: o.Root, ExtrinsicsRoot: executive.ExtrinsicsRoot(nil)}
	hash := header.Hash()
	err = st.Import(store.Import{Block: primitives.Block{Header: header}, Hash: hash, Diff: store.Diff{Values: o.Changes, Nodes: o.Nodes}, Best: hash})
	if err := errors.Join(err, st.Close()); err != nil {
		t.Fatal(err)
	}
	c, err := offline.Open(offline.Config{Database: database, Genesis: g})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Check(hash); !errors.Is(err, chain.ErrOtherRules) {
		t.Errorf("check: %v", err)
	}
	none := func() (chain.StoredBlock, error) { return chain.StoredBlock{}, io.EOF }
	if _, err := c.Import(t.Context(), none, func(primitives.BlockID) {}); !errors.Is(err, chain.ErrOtherRules) {
		t.Errorf("import: %v", err)
	}
}
