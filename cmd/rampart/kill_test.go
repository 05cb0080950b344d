package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// observe runs a full node in this process that hears all votes and blocks.
func (n *network) observe(t *testing.T, name string) (*node.Node, *observer.ObservedLogs) {
	t.Helper()
	core, logs := observer.New(zapcore.WarnLevel)
	var bootnodes []string
	for _, p := range n.validators {
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

// watched is a running network with those who watch it.
type watched struct {
	*network
	recorder *recorder
	witness  *node.Node
	logs     *observer.ObservedLogs
}

// watch starts a network and waits until it finalizes blocks.
func watch(t *testing.T, s size) *watched {
	t.Helper()
	w := &watched{network: startNetwork(t, s)}
	w.recorder = w.record(t)
	w.witness, w.logs = w.observe(t, "witness")
	await(t, 30*time.Second, "first finalized blocks", func() bool { return w.height() >= 3 })
	return w
}

// height is the finalized block of the witness.
func (w *watched) height() uint64 { return uint64(w.witness.Status().Finalized.Number) }

// heads returns the included block of each chain at the finalized one.
func (w *watched) heads(t *testing.T) []uint64 {
	t.Helper()
	view, err := w.witness.View(w.witness.Snapshot().Finalized.Hash)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]uint64, len(w.chains))
	for i := range out {
		var header primitives.Header
		if err := scale.Unmarshal(paras.Heads.Get(frame.NewState(view), primitives.ParaID(firstPara+i)), &header); err != nil {
			t.Fatalf("head of chain %d: %v", firstPara+i, err)
		}
		out[i] = uint64(header.Number)
	}
	return out
}

// included waits until more blocks of every chain are included than before.
func (w *watched) included(t *testing.T, limit time.Duration, before []uint64, more uint64) {
	t.Helper()
	for i := range w.chains {
		await(t, limit, fmt.Sprintf("block %d of chain %d included", before[i]+more, firstPara+i), func() bool { return w.heads(t)[i] >= before[i]+more })
	}
}

// catchingUp is how long a node may need from one block to another, on a machine
// that has much else to do.
func catchingUp(from, to uint64) time.Duration {
	return 30*time.Second + time.Duration(to-min(from, to))*100*time.Millisecond
}

// back waits until a process that was started again follows the chain as it was
// when this was called, and the chain goes on.
func (w *watched) back(t *testing.T, p *process, what string) {
	t.Helper()
	goal := w.height()
	await(t, catchingUp(p.finalized.Load(), goal), fmt.Sprintf("%s back at #%d %s", p.name, goal, what), func() bool {
		if !p.running() {
			t.Fatalf("%s ended by itself %s: %s\n%s", p.name, what, p.command.ProcessState, p.said())
		}
		return p.finalized.Load() >= goal
	})
	await(t, 30*time.Second, fmt.Sprintf("finality after %s is back %s", p.name, what), func() bool { return w.height() > goal })
}

// honest fails the test if anybody contradicted itself, by what was on the wire
// and by what the witness says.
func (w *watched) honest(t *testing.T, topics ...protocol.Topic) {
	t.Helper()
	w.recorder.check(t, topics...)
	for _, entry := range w.logs.All() {
		if strings.Contains(entry.Message, "two votes") || strings.Contains(entry.Message, "two blocks") {
			t.Errorf("conflicting signatures: %s %v", entry.Message, entry.ContextMap())
		}
	}
}

// number returns the number in a variable of the environment, else usual.
func number(variable string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return usual
}

// TestKillNine ends processes of a network with parachains at once, at random
// moments and at named ones, and starts them again: each must rejoin by itself;
// finality and inclusion must go on; nobody may sign two conflicting messages; and
// a fresh node must find one chain that executes. At the end all are told to end.
func TestKillNine(t *testing.T) {
	if testing.Short() {
		t.Skip("runs eight processes for more than a minute")
	}
	t.Parallel()
	seen := t.TempDir()
	w := watch(t, size{validators: 4, chains: 2, env: func(name string) []string { return []string{seenFile + "=" + filepath.Join(seen, name)} }})
	begin := w.heads(t)
	w.included(t, 180*time.Second, begin, 1)
	for _, part := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"kills", w.kills},
		{"failpoints", w.failpoints},
		{"inclusion", func(t *testing.T) { w.included(t, 60*time.Second, w.heads(t), 2) }},
		{"fresh node", w.fresh},
		{"every point", func(t *testing.T) { everyPoint(t, seen) }},
		{"end", w.terminate},
	} {
		if !t.Run(part.name, part.run) {
			break
		}
	}
	w.honest(t, everyTopic...)
}

// kills kills processes at random moments, RAMPART_KILLS times.
func (w *watched) kills(t *testing.T) {
	all := w.all()
	for i := range number("RAMPART_KILLS", 10) {
		victim := all[rand.IntN(len(all))]
		what := fmt.Sprintf("(kill %d)", i)
		time.Sleep(time.Duration(rand.Int64N(int64(2 * killSlot)))) // the moment is the input of the test
		before := w.height()
		victim.kill()
		if rand.IntN(3) == 0 {
			await(t, 30*time.Second, fmt.Sprintf("finality with %s down %s", victim.name, what), func() bool { return w.height() >= before+2 })
		}
		victim.start(t)
		w.back(t, victim, what)
	}
}

// fresh has a node without anything find the chain.
func (w *watched) fresh(t *testing.T) {
	fresh, _ := w.observe(t, "fresh")
	goal := w.height()
	begin := time.Now()
	defer func() {
		s := fresh.Status()
		t.Logf("fresh node at #%d, finalized #%d, of %d after %.1f s", s.Best.Number, s.Finalized.Number, goal, time.Since(begin).Seconds())
	}()
	await(t, catchingUp(0, goal), fmt.Sprintf("fresh node at #%d", goal), func() bool { return uint64(fresh.Status().Finalized.Number) >= goal })
}

// TestTwoTerminals is the first thing the documentation suggests for processes.
func TestTwoTerminals(t *testing.T) {
	t.Parallel()
	n := startNetwork(t, size{validators: 2})
	for _, p := range n.validators {
		await(t, 30*time.Second, p.name+" finalizing", func() bool { return p.finalized.Load() >= 2 })
	}
	// The same directory cannot be used twice, nor the same port.
	first := n.validators[0]
	refusedStart(t, exitUsage, "another rampart process uses this directory", first.args...)
	refusedStart(t, exitUsage, "in use", append(append([]string{}, first.args...), "--base-path", t.TempDir())...)
}
