package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/parachain/chains/embed"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// collatorProcess is a collator in a process of its own.
type collatorProcess struct {
	command   *exec.Cmd
	made      atomic.Int64 // highest block made
	recovered atomic.Int64
}

var (
	madeBlock      = regexp.MustCompile(`block made\t.*"number": (\d+)`)
	recoveredBlock = regexp.MustCompile(`block recovered from validators`)
)

func startCollator(t *testing.T, name string, args ...string) *collatorProcess {
	t.Helper()
	c := &collatorProcess{command: exec.Command(os.Args[0], append([]string{"collator", "--no-mdns", "--listen-addr", "/ip4/127.0.0.1/tcp/0", "--relay-listen-addr", "/ip4/127.0.0.1/tcp/0"}, args...)...)}
	c.command.Env = append(os.Environ(), actAsRampart+"=1")
	out, err := c.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.command.Start(); err != nil {
		t.Fatal(err)
	}
	var tail atomic.Pointer[string]
	go func() {
		text := ""
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if m := madeBlock.FindStringSubmatch(lines.Text()); m != nil {
				n, _ := strconv.ParseInt(m[1], 10, 64)
				c.made.Store(max(c.made.Load(), n))
			}
			if recoveredBlock.MatchString(lines.Text()) {
				c.recovered.Add(1)
			}
			text += lines.Text() + "\n"
			text = text[max(0, len(text)-4000):]
			copied := strings.Clone(text)
			tail.Store(&copied)
		}
	}()
	t.Cleanup(func() {
		c.stop()
		if t.Failed() && tail.Load() != nil {
			t.Logf("%s:\n%s", name, *tail.Load())
		}
	})
	return c
}

func (c *collatorProcess) stop() {
	_ = c.command.Process.Kill()
	_ = c.command.Wait()
}

// TestCollatorCatchesUp has the first of two collators make blocks and go. The
// second starts with nothing: it must recover the blocks from the chunks that
// validators hold, and go on.
func TestCollatorCatchesUp(t *testing.T) {
	if testing.Short() {
		t.Skip("runs five processes for about a minute")
	}
	code, err := embed.Coin()
	if err != nil {
		t.Fatal(err)
	}
	para, err := spec.CoinSpec(2000, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	registered, err := para.Registration(code)
	if err != nil {
		t.Fatal(err)
	}
	n := startNetwork(t, 4, registered)
	dir := t.TempDir()
	text, err := para.JSON()
	if err != nil {
		t.Fatal(err)
	}
	chainFile := filepath.Join(dir, "coin.json")
	if err := os.WriteFile(chainFile, text, 0o600); err != nil {
		t.Fatal(err)
	}
	args := func(name string) []string {
		return []string{"--chain", chainFile, "--relay-chain", n.file, "--" + name, "--base-path", filepath.Join(dir, name), "--relay-bootnodes", *n.processes[0].address.Load()}
	}
	alice := startCollator(t, "alice", args("alice")...)
	await(t, 120*time.Second, "block 6 of the first collator, so that the fifth is known to the relay chain", func() bool { return alice.made.Load() >= 6 })
	alice.stop()
	bob := startCollator(t, "bob", args("bob")...)
	await(t, 120*time.Second, "block of the second collator after recovery", func() bool { return bob.recovered.Load() >= 4 && bob.made.Load() >= 8 })
}
