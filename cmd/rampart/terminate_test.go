package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/rampart-chain/rampart/availability/chunkstore"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/store"
)

// terminate tells all processes to end, as a service manager does, while they
// work: each must end with code 0 within ten seconds and leave no worker behind,
// and what it kept must open without anything to mend.
func (w *watched) terminate(t *testing.T) {
	t.Helper()
	var workers []int
	for _, p := range w.validators {
		workers = append(workers, children(t, p.command.Process.Pid)...)
	}
	if len(workers) == 0 {
		t.Error("no validator has a worker process: the network has no load")
	}
	begin := time.Now()
	for _, p := range w.all() {
		if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range w.all() {
		select {
		case <-p.gone:
		case <-time.After(time.Until(begin.Add(10 * time.Second))):
			t.Fatalf("%s runs 10 s after it was told to end:\n%s", p.name, p.said())
		}
		if code := p.command.ProcessState.ExitCode(); code != 0 {
			t.Errorf("%s ended with code %d:\n%s", p.name, code, p.said())
		}
	}
	await(t, 5*time.Second, "end of all workers", func() bool { return !slices.ContainsFunc(workers, alive) })
	for _, p := range w.validators {
		clean(t, p.dir, "//"+strings.ToUpper(p.name[:1])+p.name[1:])
	}
	for _, p := range w.collators {
		clean(t, filepath.Join(p.dir, "relay"), "")
		cleanStore(t, filepath.Join(p.dir, "para"))
	}
}

// children returns the ids of the child processes of a process.
func children(t *testing.T, pid int) []int {
	t.Helper()
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	var out []int
	for _, name := range lists {
		text, _ := os.ReadFile(name) // the thread may be gone
		for _, word := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(word)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, child)
		}
	}
	return out
}

// alive reports whether a process runs; one that nobody has waited for does not.
func alive(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(text), ") ")
	return !strings.HasPrefix(state, "Z")
}

// clean checks that all a node kept opens with nothing to complain of. uri is of
// its keys, empty if it has none.
func clean(t *testing.T, dir, uri string) {
	t.Helper()
	paths := pathsIn(t, dir)
	cleanStore(t, paths.Database)
	if uri == "" {
		return
	}
	if _, err := chunkstore.Open(paths.Chunks); err != nil {
		t.Error(err)
	}
	core, logs := observer.New(zapcore.InfoLevel)
	keystore, err := signer.OpenKeystore(signer.KeystoreConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range signer.KeyTypes() {
		if _, err := keystore.InsertMemory(kind, uri); err != nil {
			t.Fatal(err)
		}
	}
	guards, err := signer.OpenDir(paths.Guards)
	if err != nil {
		t.Fatal(err)
	}
	s, err := signer.Open(signer.Config{Keystore: keystore, Disk: guards, Logger: zap.New(core)})
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range logs.All() {
		t.Errorf("guards of %s: %s %v", dir, entry.Message, entry.ContextMap())
	}
	if s.LastSlot() == 0 {
		t.Errorf("guards of %s are those of a node that made no block", dir)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// pathsIn returns the paths of the one chain under a base path.
func pathsIn(t *testing.T, dir string) node.Paths {
	t.Helper()
	chains, err := os.ReadDir(filepath.Join(dir, "chains"))
	if err != nil || len(chains) != 1 {
		t.Fatalf("%s has %d chains, want 1: %v", dir, len(chains), err)
	}
	return node.PathsOf(dir, chains[0].Name())
}

func cleanStore(t *testing.T, dir string) {
	t.Helper()
	core, logs := observer.New(zapcore.InfoLevel)
	s, err := store.Open(store.Config{Path: dir, Logger: zap.New(core)})
	if err != nil {
		t.Error(err)
		return
	}
	for _, entry := range logs.All() {
		t.Errorf("database %s: %s %v", dir, entry.Message, entry.ContextMap())
	}
	if s.Finalized().Number == 0 {
		t.Errorf("database %s has nothing final", dir)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
