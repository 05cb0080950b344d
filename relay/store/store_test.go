package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		writeUntilKilled(dir)
	}
	// badger leaves these two behind when it refuses to open.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/dgraph-io/badger/v4.(*DB).monitorCache"),
		goleak.IgnoreAnyFunction("github.com/dgraph-io/ristretto/v2/z.(*AllocatorPool).freeupAllocators"))
}

// noState is a trie.Source of nothing.
type noState struct{}

func (noState) Node([]byte, [32]byte) ([]byte, error)  { return nil, trie.ErrMissingNode }
func (noState) Value([]byte, [32]byte) ([]byte, error) { return nil, trie.ErrMissingNode }

// open opens a store in dir, or in memory if dir is empty, until the test ends.
func open(t testing.TB, config Config) *Store {
	t.Helper()
	config.InMemory = config.Path == ""
	s, err := Open(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, s) })
	return s
}

func closeStore(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// change returns sorted changes from a map, nil for deletions.
func change(m map[string][]byte) []frame.Change {
	var out []frame.Change
	for k, v := range m {
		out = append(out, frame.Change{Key: []byte(k), Value: v})
	}
	slices.SortFunc(out, func(a, b frame.Change) int { return bytes.Compare(a.Key, b.Key) })
	return out
}

// execute applies changes to the state in src with the given root.
func execute(t testing.TB, src trie.Source, root primitives.Hash, changes map[string][]byte) (Diff, primitives.Hash) {
	t.Helper()
	d := Diff{Values: change(changes)}
	state := trie.New(src, root, trie.V1)
	for _, c := range d.Values {
		var err error
		if c.Value == nil {
			err = state.Delete(c.Key)
		} else {
			err = state.Put(c.Key, c.Value)
		}
		if err != nil {
			t.Fatalf("trie: %v", err)
		}
	}
	c := state.Commit()
	d.Nodes = c.Nodes
	return d, c.Root
}

// initGenesis gives s a genesis block with the state.
func initGenesis(t testing.TB, s *Store, state map[string][]byte) primitives.Header {
	t.Helper()
	d, root := execute(t, noState{}, trie.EmptyRoot, state)
	h := primitives.Header{StateRoot: root}
	if err := s.InitGenesis(h, d); err != nil {
		t.Fatal(err)
	}
	return h
}

// child returns a block on parent that makes changes, ready to import as the best
// one. salt tells siblings apart.
func child(t testing.TB, s *Store, parent primitives.Header, salt string, changes map[string][]byte) Import {
	t.Helper()
	v, err := s.View(parent.Hash())
	if err != nil {
		t.Fatal(err)
	}
	d, root := execute(t, v, parent.StateRoot, changes)
	b := primitives.Block{
		Header: primitives.Header{
			ParentHash:     parent.Hash(),
			Number:         parent.Number + 1,
			StateRoot:      root,
			ExtrinsicsRoot: primitives.Blake2b256([]byte(salt)),
		},
		Extrinsics: []primitives.Extrinsic{[]byte("inherent " + salt)},
	}
	return Import{Block: b, Hash: b.Header.Hash(), Diff: d, Weight: uint32(b.Header.Number), Best: b.Header.Hash()}
}

func grow(t testing.TB, s *Store, parent primitives.Header, salt string, changes map[string][]byte) primitives.Header {
	t.Helper()
	in := child(t, s, parent, salt, changes)
	if err := s.Import(in); err != nil {
		t.Fatal(err)
	}
	return in.Block.Header
}

func finalize(t testing.TB, s *Store, f Finality) Cut {
	t.Helper()
	cut, err := s.Finalize(f)
	if err != nil {
		t.Fatal(err)
	}
	return cut
}

// mustGet checks one value of the state of a block; nil is absent.
func mustGet(t testing.TB, v *View, key string, want []byte) {
	t.Helper()
	got, err := v.Get([]byte(key))
	if err != nil {
		t.Fatalf("%q: %v", key, err)
	}
	if !bytes.Equal(got, want) || (got == nil) != (want == nil) {
		t.Fatalf("%q: got %q, want %q", key, got, want)
	}
}

func view(t testing.TB, s *Store, h primitives.Header) *View {
	t.Helper()
	v, err := s.View(h.Hash())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRecords(t *testing.T) {
	s := open(t, Config{Path: t.TempDir()})
	if _, ok := s.Genesis(); ok {
		t.Fatal("genesis in an empty store")
	}
	if err := s.Import(Import{}); !errors.Is(err, ErrNoGenesis) {
		t.Fatalf("import without genesis: %v", err)
	}
	g := initGenesis(t, s, map[string][]byte{"a": {1}})
	if err := s.InitGenesis(g, Diff{}); err != nil {
		t.Fatalf("the same genesis again: %v", err)
	}
	if err := s.InitGenesis(primitives.Header{StateRoot: trie.EmptyRoot}, Diff{}); !errors.Is(err, ErrForeignGenesis) {
		t.Fatalf("foreign genesis: %v", err)
	}
	in := child(t, s, g, "a", map[string][]byte{"b": {}})
	in.Aux = []Record{{Key: []byte("x"), Value: []byte("1")}}
	if err := s.Import(in); err != nil {
		t.Fatal(err)
	}
	if err := s.Import(in); !errors.Is(err, ErrKnown) {
		t.Fatalf("import again: %v", err)
	}
	fork := grow(t, s, g, "fork", nil)
	a := in.Block.Header
	b := grow(t, s, a, "b", map[string][]byte{"a": nil})
	j := primitives.Justification{Engine: primitives.EngineGRANDPA, Data: []byte("proof")}
	cut := finalize(t, s, Finality{Hash: a.Hash(), Justification: &j, Aux: []Record{{Key: []byte("y"), Value: []byte("2")}}})
	if len(cut.Canonical) != 1 || cut.Canonical[0] != a.ID() || len(cut.Pruned) != 1 || cut.Pruned[0] != fork.ID() {
		t.Fatalf("cut %+v", cut)
	}
	checkRecords(t, s, in.Block, b, fork, j)
	checkRecords(t, reopen(t, s, Config{}), in.Block, b, fork, j)
}

// checkRecords checks that a is finalized with j, b its child and best, and fork,
// its sibling, pruned.
func checkRecords(t *testing.T, s *Store, a primitives.Block, b, fork primitives.Header, j primitives.Justification) {
	t.Helper()
	id := a.Header.ID()
	if got := s.Finalized(); got != id {
		t.Fatalf("finalized %v, want %v", got, id)
	}
	if got := s.Best(); got != b.ID() {
		t.Fatalf("best %v, want %v", got, b.ID())
	}
	un := s.Unfinalized()
	if len(un) != 1 || un[0].Hash != b.Hash() || un[0].Weight != 2 || un[0].Header.Hash() != b.Hash() {
		t.Fatalf("unfinalized %+v", un)
	}
	if h, err := s.Header(id.Hash); err != nil || h.Hash() != id.Hash {
		t.Fatalf("header: %v", err)
	}
	if body, err := s.Body(id.Hash); err != nil || len(body) != 1 || !bytes.Equal(body[0], a.Extrinsics[0]) {
		t.Fatalf("body %q: %v", body, err)
	}
	for _, read := range []func() error{
		func() error { _, err := s.Header(fork.Hash()); return err },
		func() error { _, err := s.Body(fork.Hash()); return err },
		func() error { _, err := s.View(fork.Hash()); return err },
		func() error { _, err := s.Finalize(Finality{Hash: fork.Hash()}); return err },
	} {
		if err := read(); !errors.Is(err, ErrUnknownBlock) {
			t.Fatalf("pruned block: %v", err)
		}
	}
	if got, ok, err := s.Justification(id.Hash); err != nil || !ok || got.Engine != j.Engine || !bytes.Equal(got.Data, j.Data) {
		t.Fatalf("justification %v %v: %v", got, ok, err)
	}
	if _, ok, err := s.Justification(b.Hash()); err != nil || ok {
		t.Fatalf("justification of an unfinalized block: %v", err)
	}
	for n, want := range []primitives.Hash{a.Header.ParentHash, id.Hash, b.Hash()} {
		if got, ok, err := s.CanonicalHash(primitives.BlockNumber(n)); err != nil || !ok || got != want {
			t.Fatalf("canonical %d: %v %v %v", n, got, ok, err)
		}
	}
	if _, ok, err := s.CanonicalHash(3); ok || err != nil {
		t.Fatalf("canonical 3: %v %v", ok, err)
	}
	for key, want := range map[string]string{"x": "1", "y": "2"} {
		if got, err := s.Aux([]byte(key)); err != nil || string(got) != want {
			t.Fatalf("aux %s: %q, %v", key, got, err)
		}
	}
	if got, err := s.Aux([]byte("z")); got != nil || err != nil {
		t.Fatalf("aux z: %q, %v", got, err)
	}
	v := view(t, s, b)
	mustGet(t, v, "a", nil)
	mustGet(t, v, "b", []byte{})
	mustGet(t, view(t, s, a.Header), "a", []byte{1})
}

// reopen closes s and opens its directory again.
func reopen(t testing.TB, s *Store, config Config) *Store {
	t.Helper()
	closeStore(t, s)
	config.Path = s.config.Path
	return open(t, config)
}

func TestRefusals(t *testing.T) {
	s := open(t, Config{})
	g := initGenesis(t, s, map[string][]byte{"a": {1}})
	good := child(t, s, g, "", map[string][]byte{"b": {2}})
	tests := map[string]struct {
		spoil func(in *Import)
		want  error
	}{
		"hash":           {func(in *Import) { in.Hash[0]++; in.Best = in.Hash }, ErrBlock},
		"number":         {func(in *Import) { in.Block.Header.Number++ }, ErrBlock},
		"parent":         {func(in *Import) { in.Block.Header.ParentHash[0]++ }, ErrUnknownParent},
		"best":           {func(in *Import) { in.Best[0]++ }, ErrBadBest},
		"order":          {func(in *Import) { in.Diff.Values = slices.Repeat(in.Diff.Values, 2) }, ErrDiffOrder},
		"order of nodes": {func(in *Import) { in.Diff.Nodes = slices.Repeat(in.Diff.Nodes, 2) }, ErrDiffOrder},
		"long key":       {func(in *Import) { in.Diff.Values = []frame.Change{{Key: make([]byte, maxKey+1)}} }, ErrDiffOrder},
		"root unchanged": {func(in *Import) { in.Diff.Nodes = nil }, ErrStateRoot},
		"root gone":      {func(in *Import) { in.Diff.Nodes = []trie.NodeChange{{}} }, ErrStateRoot},
		"aux key":        {func(in *Import) { in.Aux = []Record{{Key: make([]byte, maxKey+1)}} }, ErrDiffOrder},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := good
			tt.spoil(&in)
			if err := s.Import(in); !errors.Is(err, tt.want) {
				t.Fatalf("got %v, want %v", err, tt.want)
			}
			if len(s.Unfinalized()) != 0 || s.Best() != g.ID() {
				t.Fatal("refused block was stored")
			}
		})
	}
	if err := s.Import(good); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]Finality{
		"unknown best": {Hash: good.Hash, Best: primitives.Hash{1}},
		"best below":   {Hash: good.Hash, Best: g.Hash()},
	} {
		if _, err := s.Finalize(f); !errors.Is(err, ErrBadBest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.SetBest(primitives.Hash{1}); !errors.Is(err, ErrBadBest) {
		t.Errorf("unknown best: %v", err)
	}
	if err := s.SetBest(g.Hash()); err != nil || s.Best() != g.ID() {
		t.Errorf("best %v: %v", s.Best(), err)
	}
	if cut := finalize(t, s, Finality{Hash: good.Hash}); len(cut.Canonical) != 1 || s.Best().Hash != good.Hash {
		t.Errorf("best below the finalized block: %v", s.Best())
	}
}

func TestOpenRefusals(t *testing.T) {
	t.Run("locked", func(t *testing.T) {
		s := open(t, Config{Path: t.TempDir()})
		_, err := Open(Config{Path: s.config.Path})
		if !errors.Is(err, ErrLocked) || !bytes.Contains([]byte(err.Error()), []byte(s.config.Path)) {
			t.Fatal(err)
		}
	})
	t.Run("not a directory", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(Config{Path: file}); err == nil {
			t.Fatal("opened a file")
		}
	})
	t.Run("other files", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "notes"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(Config{Path: dir}); !errors.Is(err, ErrNotStore) {
			t.Fatal(err)
		}
	})
	t.Run("schema", func(t *testing.T) {
		s := open(t, Config{Path: t.TempDir()})
		p := s.step()
		p.put(metaSchema, u32(schemaVersion+1))
		if err := s.commit(p); err != nil {
			t.Fatal(err)
		}
		closeStore(t, s)
		if _, err := Open(Config{Path: s.config.Path}); !errors.Is(err, ErrSchema) {
			t.Fatal(err)
		}
	})
	t.Run("root", func(t *testing.T) {
		s := open(t, Config{Path: t.TempDir()})
		initGenesis(t, s, map[string][]byte{"a": {1}})
		p := s.step()
		p.put(join(spaceNode, nil), []byte("another node"))
		p.put(metaFinal, head{id: s.Finalized(), ts: p.ts}.encode())
		p.put(numberKey(0), head{id: s.Finalized(), ts: p.ts}.encode())
		if err := s.commit(p); err != nil {
			t.Fatal(err)
		}
		closeStore(t, s)
		if _, err := Open(Config{Path: s.config.Path}); !errors.Is(err, ErrStateRoot) || !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
	})
}

func TestClosed(t *testing.T) {
	s := open(t, Config{Path: t.TempDir()})
	g := initGenesis(t, s, map[string][]byte{"a": {1}})
	v := view(t, s, g)
	closeStore(t, s)
	_, get := v.Get([]byte("a"))
	_, _, next := v.Next(nil)
	_, made := s.View(g.Hash())
	for _, err := range []error{get, next, made, s.PutAux(), s.Import(Import{})} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	}
}

func TestDiskFull(t *testing.T) {
	s := open(t, Config{Path: t.TempDir()})
	g := initGenesis(t, s, map[string][]byte{"a": {1}})
	in := child(t, s, g, "", map[string][]byte{"b": {2}})
	s.config.MinFreeBytes = 1 << 60
	if err := s.Import(in); !errors.Is(err, ErrDiskFull) {
		t.Fatal(err)
	}
	s.config.MinFreeBytes = 0
	if err := s.Import(in); err != nil {
		t.Fatalf("after space was made: %v", err)
	}
	if _, err := Open(Config{Path: t.TempDir(), MinFreeBytes: 1 << 60}); !errors.Is(err, ErrDiskFull) {
		t.Errorf("opened without space: %v", err)
	}
}

// A failed write is not tried again: the store stays as it is and refuses.
func TestFailed(t *testing.T) {
	s := open(t, Config{Path: t.TempDir()})
	g := initGenesis(t, s, map[string][]byte{"a": {1}})
	log := s.db.Opts().Logger
	log.Errorf("error flushing memtable to disk: %v", "input/output error")
	if err := s.Import(child(t, s, g, "", nil)); !errors.Is(err, ErrFailed) || !errors.Is(s.Err(), ErrFailed) {
		t.Fatalf("import %v, Err %v", err, s.Err())
	}
	mustGet(t, view(t, s, g), "a", []byte{1})
}
