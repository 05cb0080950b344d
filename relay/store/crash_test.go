package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// The chain of the crash tests: block n is determined by n.

func crashGenesis() map[string][]byte {
	state := map[string][]byte{}
	for i := range 50 {
		state[fmt.Sprintf("key %d", i)] = []byte{byte(i)}
	}
	return state
}

func crashChanges(n int) map[string][]byte {
	m := map[string][]byte{"number": fmt.Append(nil, n), fmt.Sprintf("key %d", 7*n%50): nil}
	for i := range 5 {
		m[fmt.Sprintf("key %d", (n+11*i)%50)] = bytes.Repeat([]byte{byte(n)}, 40+i)
	}
	switch n % 16 {
	case 3: // more than a transaction
		m["large"] = bytes.Repeat([]byte{byte(n)}, 5*partBytes+1)
	case 5:
		m["large"] = nil
	}
	return m
}

func crashState(n int) map[string][]byte {
	state := crashGenesis()
	for i := 1; i <= n; i++ {
		apply(state, crashChanges(i))
	}
	return state
}

func apply(state, changes map[string][]byte) {
	for k, v := range changes {
		if v == nil {
			delete(state, k)
		} else {
			state[k] = v
		}
	}
}

// crashStep imports block n on h and finalizes every fourth, three blocks below.
func crashStep(t testing.TB, s *Store, h primitives.Header, n int, headers map[int]primitives.Header) primitives.Header {
	h = grow(t, s, h, "", crashChanges(n))
	headers[n] = h
	if final := n - 3; n%4 == 0 && final > 0 {
		finalize(t, s, Finality{
			Hash: headers[final].Hash(),
			Aux:  []Record{{Key: []byte("final"), Value: fmt.Append(nil, final)}},
		})
	}
	return h
}

// checkCrashed checks that s is the chain above up to some block, and returns the
// numbers of its finalized and best blocks; -1 if it is empty.
func checkCrashed(t testing.TB, s *Store) (final, best int) {
	t.Helper()
	if _, ok := s.Genesis(); !ok {
		return -1, -1
	}
	final, best = int(s.Finalized().Number), int(s.Best().Number)
	if aux, err := s.Aux([]byte("final")); err != nil || final > 0 && string(aux) != fmt.Sprint(final) {
		t.Fatalf("aux %q with finalized %d: %v", aux, final, err)
	}
	un := s.Unfinalized()
	if len(un) != best-final {
		t.Fatalf("%d unfinalized blocks from %d to %d", len(un), final, best)
	}
	for _, u := range un {
		if _, err := s.Body(u.Hash); err != nil {
			t.Fatal(err)
		}
	}
	for n := max(0, final-3); n <= best; n++ {
		hash, ok, err := s.CanonicalHash(primitives.BlockNumber(n))
		if err != nil || !ok {
			t.Fatalf("block %d: %v", n, err)
		}
		v, err := s.View(hash)
		if err != nil {
			t.Fatal(err)
		}
		h, err := s.Header(hash)
		if err != nil {
			t.Fatal(err)
		}
		checkState(t, v, h.StateRoot, crashState(n))
	}
	return final, best
}

// checkState checks that v is exactly want, in flat state, order and trie.
func checkState(t testing.TB, v *View, root primitives.Hash, want map[string][]byte) {
	t.Helper()
	i := 0
	sorted := change(want)
	state := trie.New(v, root, trie.V1)
	if len(want) > 0 && len(sorted[0].Key) == 0 {
		i = 1 // Next never gives the empty key
	}
	for key, ok, err := v.Next(nil); ; key, ok, err = v.Next(key) {
		if err != nil {
			t.Fatal(err)
		}
		if ok != (i < len(sorted)) || ok && !bytes.Equal(key, sorted[i].Key) {
			t.Fatalf("key %d is %q, %v", i, key, ok)
		}
		if !ok {
			break
		}
		i++
	}
	for _, c := range sorted {
		mustGet(t, v, string(c.Key), c.Value)
		if got, err := state.Get(c.Key); err != nil || !bytes.Equal(got, c.Value) {
			t.Fatalf("trie: %q is %q, want %q: %v", c.Key, got, c.Value, err)
		}
	}
	if got, err := trie.Root(trie.V1, sorted); err != nil || primitives.Hash(got) != root {
		t.Fatalf("state has root %x, header %s: %v", got, root, err)
	}
}

// copyDir copies the files of an open database as a crash would leave them. Nobody
// may write meanwhile; badger may move tables about, then it starts over.
func copyDir(t testing.TB, from string) string {
	t.Helper()
	files := readDir(t, from)
	for again := readDir(t, from); !maps.EqualFunc(files, again, bytes.Equal); again = readDir(t, from) {
		files = again
	}
	to := t.TempDir()
	for name, data := range files {
		writeSparse(t, filepath.Join(to, name), data)
	}
	return to
}

func readDir(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // removed meanwhile
			t.Fatal(err)
		}
		if e.Name() != "LOCK" {
			files[e.Name()] = data
		}
	}
	return files
}

// writeSparse writes data without its zeros: badger's logs are mostly holes.
func writeSparse(t testing.TB, name string, data []byte) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	err = f.Truncate(int64(len(data)))
	zeros := make([]byte, 32<<10)
	for off := 0; off < len(data) && err == nil; off += len(zeros) {
		if piece := data[off:min(len(data), off+len(zeros))]; !bytes.Equal(piece, zeros[:len(piece)]) {
			_, err = f.WriteAt(piece, int64(off))
		}
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// crashDir, in the environment, makes this test binary write a store there until
// it is killed.
const crashDir = "RAMPART_STORE_CRASH_DIR"

func writeUntilKilled(dir string) {
	defer os.Exit(3) // a failed check ends this goroutine
	t := new(testing.T)
	s, err := Open(Config{Path: dir})
	if err != nil {
		panic(err)
	}
	if _, ok := s.Genesis(); !ok {
		initGenesis(t, s, crashGenesis())
	}
	h, err := s.Header(s.Best().Hash)
	if err != nil {
		panic(err)
	}
	headers := map[int]primitives.Header{}
	for _, u := range s.Unfinalized() {
		headers[int(u.Header.Number)] = u.Header
	}
	for n := int(h.Number) + 1; ; n++ {
		h = crashStep(t, s, h, n, headers)
		fmt.Println(n)
	}
}

// Killed at any moment, a store has every block whose import returned.
func TestCrashKill(t *testing.T) {
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	dir := t.TempDir()
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), crashDir+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		acknowledged := 0
		lines := bufio.NewScanner(out)
		for stop := 10 + rand.IntN(40); stop > 0 && lines.Scan(); stop-- {
			if stop == 1 {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
			fmt.Sscan(lines.Text(), &acknowledged)
		}
		for lines.Scan() {
			fmt.Sscan(lines.Text(), &acknowledged)
		}
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("round %d: ended by itself: %v", round, err)
		}
		s, err := Open(Config{Path: dir})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		final, best := checkCrashed(t, s)
		if best < acknowledged || final < (acknowledged/4-1)*4+1 {
			t.Fatalf("best %d, finalized %d after import %d returned", best, final, acknowledged)
		}
		closeStore(t, s)
	}
}

// However much of the end of the log is lost, what is left is the store after one
// of its writes.
func TestCrashTornTail(t *testing.T) {
	s := open(t, Config{Path: t.TempDir()})
	h := initGenesis(t, s, crashGenesis())
	headers := map[int]primitives.Header{0: h}
	const blocks = 9
	for n := 1; n <= blocks; n++ {
		h = crashStep(t, s, h, n, headers)
	}
	whole := copyDir(t, s.config.Path)
	logs, err := filepath.Glob(filepath.Join(whole, "*.mem"))
	if err != nil || len(logs) != 1 {
		t.Fatalf("logs %v: %v", logs, err)
	}
	log, err := os.ReadFile(logs[0])
	if err != nil {
		t.Fatal(err)
	}
	end := len(bytes.TrimRight(log, "\x00"))
	cuts := 24
	if testing.Short() {
		cuts = 12
	}
	seen := map[int]bool{}
	for i := range cuts {
		at := end * i / cuts
		torn := bytes.Clone(log)
		switch i % 3 {
		case 0: // lost
			torn = torn[:at]
		case 1: // never written
			clear(torn[at:])
		case 2: // garbage
			for j := at; j < min(at+512, end); j++ {
				torn[j] ^= 0x5a
			}
		}
		dir := copyDir(t, whole)
		writeSparse(t, filepath.Join(dir, filepath.Base(logs[0])), torn)
		s, err := Open(Config{Path: dir})
		if err != nil {
			t.Fatalf("cut at %d of %d, kind %d: %v", at, end, i%3, err)
		}
		_, best := checkCrashed(t, s)
		seen[best] = true
		closeStore(t, s)
	}
	if len(seen) < min(cuts, blocks)/2 {
		t.Fatalf("cuts led to blocks %v only", seen)
	}
}

// A damaged table is found when the store is opened.
func TestCrashBitFlip(t *testing.T) {
	s := open(t, Config{Path: t.TempDir()})
	h := initGenesis(t, s, crashGenesis())
	headers := map[int]primitives.Header{0: h}
	for n := 1; n <= 9; n++ {
		h = crashStep(t, s, h, n, headers)
	}
	closeStore(t, s) // writes a table
	tables, err := filepath.Glob(filepath.Join(s.config.Path, "*.sst"))
	if err != nil || len(tables) == 0 {
		t.Fatalf("tables %v: %v", tables, err)
	}
	table, err := os.ReadFile(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		bad := bytes.Clone(table)
		bad[(len(bad)-1)*i/19] ^= 1 << (i % 8)
		dir := copyDir(t, s.config.Path)
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(tables[0])), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(Config{Path: dir}); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("flip %d of %d: %v", i, len(bad), err)
		}
	}
}

// TestCrashTornFiles cuts off or zeroes the last 1 to 4096 bytes of any one file of
// a store that was killed, or was closed: it opens as the store after one of its
// writes, or is refused as corrupt. It is never something else. (A MANIFEST that lost
// its end may name no table at all: then it is the store before its first write.)
func TestCrashTornFiles(t *testing.T) {
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	s := open(t, Config{Path: t.TempDir()})
	h := initGenesis(t, s, crashGenesis())
	headers := map[int]primitives.Header{0: h}
	n := 1
	for ; n <= 9; n++ {
		h = crashStep(t, s, h, n, headers)
	}
	closeStore(t, s) // writes a table
	closed := copyDir(t, s.config.Path)
	s = open(t, Config{Path: s.config.Path})
	for _, u := range s.Unfinalized() {
		headers[int(u.Header.Number)] = u.Header
	}
	for ; n <= 14; n++ {
		h = crashStep(t, s, h, n, headers)
	}
	states := []map[string][]byte{readDir(t, closed), readDir(t, copyDir(t, s.config.Path))}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	outcomes := map[string]int{}
	for round := range rounds {
		files := maps.Clone(states[round%len(states)])
		names := slices.Sorted(maps.Keys(files))
		name := names[random.IntN(len(names))]
		written := len(bytes.TrimRight(files[name], "\x00"))
		if written == 0 {
			continue
		}
		torn, left := bytes.Clone(files[name]), written-1-random.IntN(min(written, 4096))
		if random.IntN(2) == 0 {
			torn = torn[:left]
		} else {
			clear(torn[left:])
		}
		files[name] = torn
		outcomes[filepath.Ext(name)+" "+openTorn(t, files, fmt.Sprintf("seed %d, round %d: %s torn from %d of %d", seed, round, name, left, written))]++
	}
	t.Log(outcomes)
}

// openTorn opens a store that consists of files, and says what came of it.
func openTorn(t *testing.T, files map[string][]byte, what string) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		writeSparse(t, filepath.Join(dir, name), data)
	}
	s, err := Open(Config{Path: dir})
	switch {
	case errors.Is(err, ErrCorrupt), errors.Is(err, ErrSchema):
		return "refused"
	case err != nil:
		t.Fatalf("%s: %v", what, err)
	}
	defer closeStore(t, s)
	if _, best := checkCrashed(t, s); best < 0 {
		return "empty"
	}
	return "opened"
}
