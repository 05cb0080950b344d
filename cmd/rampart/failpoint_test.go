package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/signer"
)

// Variables of the environment of processes that tests start as rampart.
const (
	// armedPoint is name:count; the process kills itself when it reaches the point
	// for the count-th time.
	armedPoint = "RAMPART_FAILPOINT"
	// seenFile gets the name of every point that is reached, a line each.
	seenFile = "RAMPART_FAILPOINT_SEEN"
	// insertInto makes the process insert a key into that keystore and end.
	insertInto = "RAMPART_TEST_INSERT"
)

// arm arms this process as its environment says.
func arm() {
	name, count, _ := strings.Cut(os.Getenv(armedPoint), ":")
	target, armed := failpoint.Parse(name)
	if !armed && name != "" {
		panic("no failpoint " + name)
	}
	var left atomic.Int64
	if n, err := strconv.Atoi(count); err == nil {
		left.Store(int64(n))
	}
	var seen [256]atomic.Bool
	log, err := os.OpenFile(os.Getenv(seenFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil && os.Getenv(seenFile) != "" {
		panic(err)
	}
	failpoint.Arm(func(p failpoint.Point) {
		if !seen[p].Swap(true) && log != nil {
			fmt.Fprintln(log, p)
		}
		if !armed || p != target || left.Add(-1) != 0 {
			return
		}
		fmt.Fprintln(os.Stderr, "reached", p)
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		if err != nil {
			panic(err)
		}
		select {} // nothing runs after a failpoint
	})
}

// insertKey is what a process does that insertInto is set for.
func insertKey() {
	keystore, err := signer.OpenKeystore(signer.KeystoreConfig{Dir: os.Getenv(insertInto)})
	if err == nil {
		_, err = keystore.Insert(signer.BABE, "//Key")
	}
	if err != nil {
		panic(err)
	}
}

// points returns which points TestKillNine goes through, as RAMPART_FAILPOINTS
// says: "all:5" is each five times, a number so many at random, a name that one. Usually
// it is five at random.
func points(t *testing.T) []failpoint.Point {
	t.Helper()
	all := failpoint.All()
	asked := os.Getenv("RAMPART_FAILPOINTS")
	if p, ok := failpoint.Parse(asked); ok {
		return []failpoint.Point{p}
	}
	if rounds, ok := strings.CutPrefix(asked, "all:"); ok {
		n, err := strconv.Atoi(rounds)
		if err != nil {
			t.Fatalf("RAMPART_FAILPOINTS=%s", asked)
		}
		return slices.Repeat(all, n)
	}
	seed := rand.Uint64()
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:min(len(all), number("RAMPART_FAILPOINTS", 5))]
	t.Logf("seed %d: %v", seed, all)
	return all
}

// failpoints has one process after the other kill itself at a named moment, before
// and after a write, sync or send.
func (w *watched) failpoints(t *testing.T) {
	for i, p := range points(t) {
		begin := time.Now()
		w.crash(t, p, fmt.Sprintf("after %v (%d)", p, i))
		t.Logf("%v: %.1f s", p, time.Since(begin).Seconds())
	}
}

// everyPoint waits until somebody has reached every point, by the files in seen: a
// point that nobody reaches guards nothing.
func everyPoint(t *testing.T, seen string) {
	missing := unseen(t, seen)
	t.Logf("not reached by anybody yet: %v", missing)
	defer func() {
		if len(missing) > 0 {
			t.Errorf("points never reached: %v", missing)
		}
	}()
	await(t, 60*time.Second, "process at every point", func() bool {
		missing = unseen(t, seen)
		return len(missing) == 0
	})
}

// unseen returns the points that no process reached, by the files in dir, but for
// those of keys: no command inserts any.
func unseen(t *testing.T, dir string) []failpoint.Point {
	t.Helper()
	reached := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Fields(string(text)) {
			reached[line] = true
		}
	}
	return slices.DeleteFunc(failpoint.All(), func(p failpoint.Point) bool { return reached[p.String()] || ofKeystore(p) })
}

func ofKeystore(p failpoint.Point) bool { return strings.HasPrefix(p.String(), "keystore.") }

// crash has a process that comes by p kill itself there, and waits for it to be
// back.
func (w *watched) crash(t *testing.T, p failpoint.Point, what string) {
	t.Helper()
	victim, count := w.validators[rand.IntN(len(w.validators))], 1+rand.IntN(3)
	switch name := p.String(); {
	case ofKeystore(p):
		crashInsert(t, p)
		return
	case strings.HasPrefix(name, "nodekey."), strings.HasPrefix(name, "store.genesis."):
		victim, count = w.node(t, fmt.Sprintf("new-%d", rand.Uint32())), 1
		defer victim.kill()
	case strings.HasPrefix(name, "collator."):
		victim = w.collators[rand.IntN(len(w.collators))]
	}
	victim.kill()
	victim.start(t, fmt.Sprintf("%s=%v:%d", armedPoint, p, count))
	await(t, 120*time.Second, fmt.Sprintf("%s dead %s", victim.name, what), func() bool { return !victim.running() })
	if !victim.killed() {
		t.Fatalf("%s ended by itself, armed for %v: %s\n%s", victim.name, p, victim.command.ProcessState, victim.said())
	}
	victim.start(t)
	w.back(t, victim, what)
}

// crashInsert kills a process while it inserts a key: the keystore must open, with
// the key or without, and take it.
func crashInsert(t *testing.T, p failpoint.Point) {
	t.Helper()
	dir := t.TempDir()
	insert := func(env ...string) error {
		command := exec.Command(os.Args[0])
		command.Env = append(append(os.Environ(), actAsRampart+"=1", insertInto+"="+dir), env...)
		return command.Run()
	}
	var exit *exec.ExitError
	if err := insert(armedPoint + "=" + p.String() + ":1"); !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("armed for %v: %v", p, err)
	}
	whole := p == failpoint.KeystoreName || p == failpoint.KeystoreInserted
	keystore, err := signer.OpenKeystore(signer.KeystoreConfig{Dir: dir})
	if err != nil {
		t.Fatalf("after %v: %v", p, err)
	}
	if keys := keystore.Public(signer.BABE); len(keys) == 1 != whole {
		t.Errorf("after %v the keystore has %d keys", p, len(keys))
	}
	if err := insert(); err != nil {
		t.Errorf("after %v: %v", p, err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	named := slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
	if len(named) != 1 {
		t.Errorf("after %v the keystore holds %v", p, entries)
	}
}

// TestKeystoreFailpoints goes through the points of keys, which take no network.
func TestKeystoreFailpoints(t *testing.T) {
	t.Parallel()
	for _, p := range failpoint.All() {
		if ofKeystore(p) {
			crashInsert(t, p)
		}
	}
}
