package store

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

func largeGenesis(keys int) map[string][]byte {
	genesis := map[string][]byte{":code of a chain": bytes.Repeat([]byte("wasm"), 1<<18+1)}
	for i := range keys {
		genesis[fmt.Sprintf("account %d", i)] = bytes.Repeat([]byte{byte(i)}, i%70)
	}
	return genesis
}

func TestCrashLargeGenesis(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 50 MB")
	}
	const keys = 50_000
	s := open(t, Config{Path: t.TempDir()})
	dir, parts := "", 0
	s.hook = func(point string) {
		if parts++; dir == "" && point == "committed" {
			dir = copyDir(t, s.config.Path)
		}
	}
	genesis := largeGenesis(keys)
	g := initGenesis(t, s, genesis)
	if parts < 20 {
		t.Errorf("only %d transactions", parts)
	}
	s = open(t, Config{Path: dir})
	if got := len(s.keys(spaceValue)); got != len(genesis) {
		t.Errorf("%d keys", got)
	}
	v := view(t, s, g)
	for i := 0; i < keys; i += 997 {
		key := fmt.Sprintf("account %d", i)
		mustGet(t, v, key, genesis[key])
	}
}

// Writes too large for one transaction are atomic all the same: whatever point a
// crash hits, the store is the one before or the one after.
func TestCrashJournal(t *testing.T) {
	genesis := largeGenesis(3000)
	s := open(t, Config{Path: t.TempDir()})
	type crash struct {
		dir       string
		committed bool
	}
	var crashes []crash
	calls, next, committed := 0, 1, false
	s.hook = func(point string) {
		committed = committed || point == "committed"
		if calls++; calls == next || point == "committed" {
			next = calls + calls/4 + 1
			crashes = append(crashes, crash{copyDir(t, s.config.Path), committed})
		}
	}
	g := initGenesis(t, s, genesis)
	s.hook = nil
	if len(crashes) < 4 || crashes[0].committed || !committed {
		t.Fatalf("%d points, %+v", calls, crashes)
	}
	for i, c := range crashes {
		s := open(t, Config{Path: c.dir})
		if _, ok := s.Genesis(); ok != c.committed {
			t.Errorf("crash %d: genesis is there: %v", i, ok)
		} else if !ok {
			initGenesis(t, s, genesis)
		}
		if got := len(s.keys(spaceJournal)); got != 0 {
			t.Errorf("crash %d: %d journal records left", i, got)
		}
		if got := len(s.keys(spaceValue)); got != len(genesis) {
			t.Errorf("crash %d: %d keys", i, got)
		}
		mustGet(t, view(t, s, g), ":code of a chain", genesis[":code of a chain"])
		closeStore(t, s)
	}
	// Values in parts go away with the value.
	h := grow(t, s, g, "", map[string][]byte{":code of a chain": bytes.Repeat([]byte("w"), partBytes+1)})
	finalize(t, s, Finality{Hash: h.Hash()})
	if got := len(s.keys(spacePart)); got != 2 {
		t.Errorf("%d parts of a shorter value", got)
	}
	s = reopen(t, s, Config{})
	h = grow(t, s, h, "", map[string][]byte{":code of a chain": nil})
	finalize(t, s, Finality{Hash: h.Hash()})
	if got := len(s.keys(spacePart)); got != 0 {
		t.Errorf("%d parts of no value", got)
	}
	mustGet(t, view(t, s, g), ":code of a chain", genesis[":code of a chain"])
}

// A large block is written ahead, and nothing of it is left if its import was not
// finished.
func TestCrashImport(t *testing.T) {
	s := open(t, Config{Path: t.TempDir()})
	g := initGenesis(t, s, crashGenesis())
	in := child(t, s, g, "", crashChanges(3))
	in.Block.Extrinsics = []primitives.Extrinsic{make([]byte, 3*partBytes)}
	points := 0
	s.hook = func(string) {
		points++
		copied := open(t, Config{Path: copyDir(t, s.config.Path)})
		if final, best := checkCrashed(t, copied); final != 0 || best != 0 {
			t.Errorf("finalized %d, best %d", final, best)
		}
		if got := len(copied.keys(spacePart)); got != 0 {
			t.Errorf("%d parts left", got)
		}
		closeStore(t, copied)
	}
	if err := s.Import(in); err != nil {
		t.Fatal(err)
	}
	s.hook = nil
	if points < 2 {
		t.Errorf("only %d points reached", points)
	}
	s = reopen(t, s, Config{})
	if body, err := s.Body(in.Hash); err != nil || len(body) != 1 || len(body[0]) != 3*partBytes {
		t.Errorf("body: %v", err)
	}
	mustGet(t, view(t, s, in.Block.Header), "large", crashChanges(3)["large"])
}

// Several blocks finalized at once are one write.
func TestCrashFinalizeRun(t *testing.T) {
	s := open(t, Config{Path: t.TempDir()})
	h := initGenesis(t, s, crashGenesis())
	for n := 1; n <= 6; n++ {
		h = grow(t, s, h, "", crashChanges(n))
	}
	fifth := h.ParentHash
	points := 0
	s.hook = func(point string) {
		points++
		copied := open(t, Config{Path: copyDir(t, s.config.Path)})
		final, best := checkCrashed(t, copied)
		if final != 0 && final != 5 || best != 6 {
			t.Errorf("%s: finalized %d, best %d", point, final, best)
		}
		closeStore(t, copied)
	}
	finalize(t, s, Finality{Hash: fifth, Aux: []Record{{Key: []byte("final"), Value: []byte("5")}}})
	s.hook = nil
	if points < 5 {
		t.Errorf("only %d points reached", points)
	}
	checkCrashed(t, s)
}

// A run too long for one write is finalized in several, each of which leaves a
// consistent store.
func TestCrashLongRun(t *testing.T) {
	s := open(t, Config{Path: t.TempDir()})
	headers := []primitives.Header{initGenesis(t, s, crashGenesis())}
	for n := 1; n <= 6; n++ {
		headers = append(headers, grow(t, s, headers[n-1], "", crashChanges(n)))
	}
	fork := grow(t, s, headers[1], "fork", nil)
	s.runBytes = 1
	final := 0
	s.hook = func(point string) {
		if point != "run finalized" {
			return
		}
		final++
		copied := open(t, Config{Path: copyDir(t, s.config.Path)})
		if got := copied.Finalized(); got != headers[final].ID() || copied.Best() != headers[6].ID() {
			t.Errorf("finalized %v, best %v", got, copied.Best())
		}
		if _, err := copied.Header(fork.Hash()); (err == nil) != (final == 1) {
			t.Errorf("fork of block 1 with block %d finalized: %v", final, err)
		}
		for n, h := range headers {
			checkState(t, view(t, copied, h), h.StateRoot, crashState(n))
		}
		closeStore(t, copied)
	}
	cut := finalize(t, s, Finality{Hash: headers[5].Hash(), Best: headers[6].Hash()})
	if final != 4 || len(cut.Canonical) != 5 || len(cut.Pruned) != 1 || s.Best() != headers[6].ID() {
		t.Errorf("%d points, %+v, best %v", final, cut, s.Best())
	}
}
