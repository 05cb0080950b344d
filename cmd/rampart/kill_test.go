package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// killSlot is the slot of the networks below.
const killSlot = 500 * time.Millisecond

// process is a relay node in a process of its own.
type process struct {
	name      string
	args      []string
	command   *exec.Cmd
	address   atomic.Pointer[string]
	finalized atomic.Uint64 // as it last said
	starts    int
	output    *os.File
}

var (
	reachable = regexp.MustCompile(`reachable at\t.*"address": "(/ip4/127[^"]+)"`)
	status    = regexp.MustCompile(`status\t.*"finalized": (\d+)`)
)

// start starts the process, which a test ends with kill.
func (p *process) start(t *testing.T) {
	t.Helper()
	p.starts++
	p.finalized.Store(0)
	p.command = exec.Command(os.Args[0], p.args...)
	p.command.Env = append(os.Environ(), actAsRampart+"=1")
	out, err := p.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		lines := bufio.NewScanner(io.TeeReader(out, p.output))
		for lines.Scan() {
			if m := reachable.FindStringSubmatch(lines.Text()); m != nil {
				p.address.Store(&m[1])
			}
			if m := status.FindStringSubmatch(lines.Text()); m != nil {
				n, _ := strconv.ParseUint(m[1], 10, 64)
				p.finalized.Store(n)
			}
		}
	}()
}

// kill ends the process at once and waits for it to be gone.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

// await waits until ok, and fails the test saying what it waited for if that
// takes longer than limit.
func await(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after %s still no %s", limit, what)
		}
	}
}

// killNetwork is a chain-spec file with validators, and their processes.
type killNetwork struct {
	genesis   genesis.Genesis
	file      string // the chain spec
	processes []*process
}

func startNetwork(t *testing.T, validators int, paras ...spec.Para) *killNetwork {
	t.Helper()
	dir := t.TempDir()
	s, err := spec.Preset("local", spec.Options{Paras: paras, Validators: validators, SlotDuration: uint64(killSlot.Milliseconds()), NetworkID: primitives.Blake2b256([]byte(dir))})
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "spec.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	n := &killNetwork{file: file}
	if n.genesis, err = s.Build(); err != nil {
		t.Fatal(err)
	}
	for i := range validators {
		name := strings.ToLower(spec.ValidatorName(i))
		p := &process{name: name, args: []string{"node", "--chain", file, "--" + name, "--no-mdns",
			"--base-path", filepath.Join(dir, name), "--listen-addr", "/ip4/127.0.0.1/tcp/0"}}
		if p.output, err = os.Create(filepath.Join(dir, name+".log")); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			p.args = append(p.args, "--bootnodes", *n.processes[0].address.Load())
		}
		p.start(t)
		t.Cleanup(func() {
			p.kill()
			if t.Failed() {
				text, _ := os.ReadFile(p.output.Name())
				t.Logf("%s:\n%s", p.name, text[max(0, len(text)-4000):])
			}
			p.output.Close()
		})
		await(t, 20*time.Second, name+" listening", func() bool { return p.address.Load() != nil })
		// A node that is started again must be found where it was.
		port := regexp.MustCompile(`/tcp/(\d+)`).FindStringSubmatch(*p.address.Load())[1]
		for j, arg := range p.args {
			if arg == "--listen-addr" {
				p.args[j+1] = "/ip4/127.0.0.1/tcp/" + port
			}
		}
		n.processes = append(n.processes, p)
	}
	return n
}

// observe runs a full node in this process that hears all votes and blocks.
func (n *killNetwork) observe(t *testing.T, name string) (*node.Node, *observer.ObservedLogs) {
	t.Helper()
	core, logs := observer.New(zapcore.WarnLevel)
	var bootnodes []string
	for _, p := range n.processes {
		bootnodes = append(bootnodes, *p.address.Load())
	}
	full, err := node.New(node.Config{
		Name: name, BasePath: filepath.Join(t.TempDir(), name), Genesis: n.genesis, Logger: zap.New(core),
		Network: node.Network{Listen: []string{"/ip4/127.0.0.1/tcp/0"}, Bootnodes: bootnodes},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- full.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	return full, logs
}

// TestKillNine kills one of four processes at random moments, again and again:
// it must rejoin by itself, finality must go on, nobody may sign two conflicting
// messages, and a fresh node must find one chain that executes.
func TestKillNine(t *testing.T) {
	if testing.Short() {
		t.Skip("runs five processes for about a minute")
	}
	kills := 5
	if n, err := strconv.Atoi(os.Getenv("RAMPART_KILLS")); err == nil {
		kills = n
	}
	n := startNetwork(t, 4)
	witness, logs := n.observe(t, "witness")
	height := func() uint64 { return uint64(witness.Status().Finalized.Number) }
	await(t, 30*time.Second, "first finalized blocks", func() bool { return height() >= 3 })
	for i := range kills {
		victim := n.processes[rand.IntN(len(n.processes))]
		time.Sleep(time.Duration(rand.Int64N(int64(3 * killSlot)))) // the moment is the input of the test
		before := height()
		victim.kill()
		await(t, 30*time.Second, fmt.Sprintf("finality with %s down (kill %d)", victim.name, i), func() bool { return height() >= before+3 })
		victim.start(t)
		back := height()
		await(t, 45*time.Second, fmt.Sprintf("%s back at #%d (kill %d)", victim.name, back, i), func() bool { return victim.finalized.Load() >= back })
	}
	for _, entry := range logs.All() {
		if strings.Contains(entry.Message, "two votes") || strings.Contains(entry.Message, "two blocks") {
			t.Errorf("conflicting signatures: %s %v", entry.Message, entry.ContextMap())
		}
	}
	fresh, _ := n.observe(t, "fresh")
	goal := height()
	await(t, 30*time.Second, fmt.Sprintf("fresh node at #%d", goal), func() bool { return uint64(fresh.Status().Finalized.Number) >= goal })
}

// TestTwoTerminals is the first thing the documentation suggests for processes.
func TestTwoTerminals(t *testing.T) {
	n := startNetwork(t, 2)
	for _, p := range n.processes {
		await(t, 30*time.Second, p.name+" finalizing", func() bool { return p.finalized.Load() >= 2 })
	}
	// The same directory cannot be used twice, nor the same port.
	for want, args := range map[string][]string{
		"another rampart process uses this directory": n.processes[0].args,
		"in use": append(append([]string{}, n.processes[0].args...), "--base-path", t.TempDir()),
	} {
		command := exec.Command(os.Args[0], args...)
		command.Env = append(os.Environ(), actAsRampart+"=1")
		out, err := command.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != exitUsage || !strings.Contains(string(out), want) {
			t.Errorf("second process ended with %v, want exit code 2 and %q:\n%s", err, want, out)
		}
	}
}
