package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/network/protocol"
)

// unshared is set in the environment of a test that runs in namespaces of its own.
const unshared = "RAMPART_TEST_UNSHARED"

// smallDisk returns a directory on a disk of so many MiB. It needs the right to
// mount: this process's, or that of a new user namespace, in which the test is then
// run again; run reports whether it is to go on here.
func smallDisk(t *testing.T, mib int) (dir string, run bool) {
	t.Helper()
	dir = t.TempDir()
	why, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", mib), "tmpfs", dir).CombinedOutput()
	if err == nil {
		t.Cleanup(func() {
			if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
				t.Errorf("umount: %v %s", err, out)
			}
		})
		return dir, true
	}
	if os.Getenv(unshared) != "" || exec.Command("unshare", "-rm", "true").Run() != nil {
		t.Skipf("!! NOT TESTED: what a full disk does. Neither this user nor a user namespace may mount a small disk: %s", why)
	}
	command := exec.Command("unshare", "-rm", os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	command.Env = append(os.Environ(), unshared+"=1")
	out, err := command.CombinedOutput()
	t.Logf("in a user namespace:\n%s", out)
	if err != nil {
		t.Error(err)
	}
	return dir, false
}

// fill leaves so many bytes free on the disk of dir, and returns what gives the
// rest back.
func fill(t *testing.T, dir string, leave int64) (free func()) {
	t.Helper()
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "ballast")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for left := int64(st.Bavail)*st.Bsize - leave; left > 0; left -= 1 << 20 {
		if _, err := file.Write(make([]byte, min(left, 1<<20))); err != nil {
			if leave == 0 {
				break // the node takes some, too
			}
			t.Fatal(err)
		}
	}
	return func() {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDiskFull takes the space away from a node, down to what it keeps in reserve
// and down to nothing: it must end by itself and say why, keep what it had whole,
// refuse to start without space, and go on when there is some again.
func TestDiskFull(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for blocks")
	}
	t.Parallel()
	dir, run := smallDisk(t, 192)
	if !run {
		return
	}
	n := startNetwork(t, size{validators: 1, dir: dir})
	r := n.record(t)
	p := n.validators[0]
	last := uint64(0)
	goesOn := func(when string) {
		t.Helper()
		await(t, 30*time.Second, fmt.Sprintf("block after #%d %s", last, when), func() bool { return p.finalized.Load() >= last+2 })
		last = p.finalized.Load()
	}
	for _, left := range []int64{100 << 20, 0} {
		what := fmt.Sprintf("with %d MiB left", left>>20)
		goesOn("before the disk is full")
		free := fill(t, dir, left)
		await(t, 15*time.Second, "end of a node "+what, func() bool { return !p.running() })
		if code := p.command.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(p.said(), "disk is full") && !strings.Contains(p.said(), "no space left") {
			t.Errorf("%s it ended with %d, want %d and a reason:\n%s", what, code, exitFailed, p.said())
		}
		if left == 0 {
			refusedStart(t, exitUsage, "rampart: ", p.args...)
		}
		free()
		cleanStore(t, pathsIn(t, p.dir).Database)
		p.start(t)
		goesOn("after there was space again")
	}
	r.check(t)
}

// TestFewFiles lets a node have few files open and takes all of them with
// connections: it must go on or end by itself, and sign nothing that it forgets.
func TestFewFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for blocks")
	}
	t.Parallel()
	n := startNetwork(t, size{validators: 1})
	r := n.record(t)
	p := n.validators[0]
	await(t, 30*time.Second, "first blocks", func() bool { return p.finalized.Load() >= 2 && r.count(protocol.BlockAnnounce) > 0 })
	p.kill()
	p.files = 64
	p.start(t)
	await(t, 30*time.Second, "blocks, or the end", func() bool { return p.finalized.Load() >= 3 || !p.running() })
	t.Logf("with %d files: runs %t", p.files, p.running())
	parts := strings.Split(*p.address.Load(), "/")
	address := net.JoinHostPort(parts[2], parts[4])
	var taken []net.Conn
	for range 200 {
		if c, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			taken = append(taken, c)
		}
	}
	before := p.finalized.Load()
	await(t, 30*time.Second, "blocks, or the end, without files", func() bool { return p.finalized.Load() >= before+6 || !p.running() })
	if !p.running() && (p.command.ProcessState.ExitCode() <= 0 || !strings.Contains(p.said(), "too many open files")) {
		t.Errorf("ended with %s:\n%s", p.command.ProcessState, p.said())
	}
	t.Logf("with %d connections: runs %t", len(taken), p.running())
	if !p.running() {
		t.Log(p.said()[strings.LastIndex(p.said(), "rampart:"):])
	}
	for _, c := range taken {
		c.Close()
	}
	p.kill()
	p.files = 0
	p.start(t)
	before++
	await(t, 30*time.Second, "blocks as before", func() bool { return p.finalized.Load() > before })
	r.check(t)
}

// TestTornFiles cuts off or zeroes the end of a file of a killed node, one of its
// guards or of its database, RAMPART_TORN times. The node must be back by itself,
// from what is left, or refuse to start and say which file is corrupt; nothing that
// it signs may contradict what it signed before.
func TestTornFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("runs five processes for half a minute")
	}
	t.Parallel()
	w := watch(t, size{validators: 4, preset: "fast"})
	// Always the same one: a key whose guard is lost waits for the next set, which
	// two of four validators cannot bring about.
	victim := w.validators[3]
	for i := range number("RAMPART_TORN", 5) {
		victim.kill()
		whole := filepath.Join(t.TempDir(), "copy")
		if err := os.CopyFS(whole, os.DirFS(victim.dir)); err != nil {
			t.Fatal(err)
		}
		what := tear(t, victim.dir, i)
		victim.start(t)
		goal := w.height()
		await(t, 30*time.Second, "node back, or refusing, after "+what, func() bool { return victim.finalized.Load() >= goal || !victim.running() })
		if victim.running() {
			t.Logf("%s: back", what)
			continue
		}
		code, said := victim.command.ProcessState.ExitCode(), victim.said()
		lines := strings.Split(strings.TrimSpace(said), "\n")
		t.Logf("%s: %d, %s", what, code, lines[len(lines)-1])
		if code != exitUsage || !strings.Contains(lines[len(lines)-1], "corrupt") {
			t.Errorf("after %s it ended with %d, want %d and a reason:\n%s", what, code, exitUsage, said)
		}
		if err := os.RemoveAll(victim.dir); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(victim.dir, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		victim.start(t)
		w.back(t, victim, "from a copy")
	}
	w.honest(t)
}

// tear damages the end of a file of a node, and says which and how. Even rounds
// take a guard, odd ones a file of the database.
func tear(t *testing.T, dir string, round int) string {
	t.Helper()
	folder := []string{pathsIn(t, dir).Guards, pathsIn(t, dir).Database}[round%2]
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool {
		info, err := e.Info()
		return e.Name() == "LOCK" || e.Name() == "DISCARD" || filepath.Ext(e.Name()) == ".corrupt" || err != nil || info.Size() == 0
	})
	name := filepath.Join(folder, entries[rand.IntN(len(entries))].Name())
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	// Behind what was written, logs and guards are zeros: tear what was written.
	end := len(strings.TrimRight(string(text), "\x00"))
	n := 1 + rand.IntN(min(end, 4096))
	how := "zeroed"
	if rand.IntN(2) == 0 {
		how = "cut off"
		text = text[:end-n]
	} else {
		clear(text[end-n : end])
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("last %d of %d bytes of %s %s", n, end, filepath.Base(name), how)
}
