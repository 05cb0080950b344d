package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"time"
)

// process is a node that runs. Its log says what it does.
type process struct {
	command *exec.Cmd
	ended   chan struct{}

	mu      sync.Mutex
	imports []time.Duration // of blocks, in order
	rpc     chan string     // where it answers, once
	peer    chan string     // where other nodes reach it, once
}

// network is two validators; the first is measured.
type network struct {
	dir         string
	spec        string
	first, last *process
	address     string // of the first's JSON-RPC
	peer        string // where other nodes reach the first
}

var (
	importedLine  = regexp.MustCompile(`Imported #\d+ .*"took": "([^"]+)"`)
	rpcLine       = regexp.MustCompile(`"address": "(ws://[^"]+)"`)
	reachableLine = regexp.MustCompile(`reachable at\s.*"address": "(/ip4/127\.[^"]+)"`)
)

func start(rampart string) (*network, error) {
	dir, err := os.MkdirTemp("", "bench-rpc-")
	if err != nil {
		return nil, err
	}
	n := &network{dir: dir, spec: filepath.Join(dir, "spec.json")}
	text, err := exec.Command(rampart, "chain-spec", "build", "--chain", "local", "--validators", "2", "--slot-ms", fmt.Sprint(slot.Milliseconds()), "--network-seed", dir).Output()
	if err == nil {
		err = os.WriteFile(n.spec, text, 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("chain spec: %w", err), n.stop())
	}
	if n.first, err = n.node(rampart, "alice", "--alice"); err != nil {
		return nil, errors.Join(err, n.stop())
	}
	n.address, n.peer = <-n.first.rpc, <-n.first.peer
	n.last, err = n.node(rampart, "bob", "--bob", "--bootnodes", n.peer)
	if err != nil || n.address == "" || n.peer == "" {
		return nil, errors.Join(errors.New("nodes did not start"), err, n.stop())
	}
	return n, nil
}

// node starts a node of the network with more flags.
func (n *network) node(rampart, name string, flags ...string) (*process, error) {
	arguments := append([]string{
		"node", "--chain", n.spec, "--base-path", filepath.Join(n.dir, name), "--no-mdns", "--no-prometheus",
		"--listen-addr", "/ip4/127.0.0.1/tcp/0", "--rpc-port", "0",
	}, flags...)
	p := &process{command: exec.Command(rampart, arguments...), ended: make(chan struct{}), rpc: make(chan string, 1), peer: make(chan string, 1)}
	log, err := p.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go p.read(log)
	return p, nil
}

// read follows the log to its end.
func (p *process) read(log io.Reader) {
	defer close(p.ended)
	defer close(p.rpc)
	defer close(p.peer)
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	var answers, reachable bool
	for lines.Scan() {
		line := lines.Text()
		if m := importedLine.FindStringSubmatch(line); m != nil {
			if took, err := time.ParseDuration(m[1]); err == nil {
				p.mu.Lock()
				p.imports = append(p.imports, took)
				p.mu.Unlock()
			}
		}
		if m := rpcLine.FindStringSubmatch(line); m != nil && !answers {
			answers = true
			p.rpc <- m[1]
		}
		if m := reachableLine.FindStringSubmatch(line); m != nil && !reachable {
			reachable = true
			p.peer <- m[1]
		}
	}
}

// taken returns how long the blocks took that were taken in so far.
func (p *process) taken() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.imports
}

// stop ends the process and waits for it.
func (p *process) stop() error {
	if err := p.command.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	kill := time.AfterFunc(20*time.Second, func() { _ = p.command.Process.Kill() })
	defer kill.Stop()
	<-p.ended
	return p.command.Wait()
}

func (n *network) stop() error {
	var errs []error
	for _, p := range []*process{n.last, n.first} {
		if p != nil {
			errs = append(errs, p.stop())
		}
	}
	return errors.Join(append(errs, os.RemoveAll(n.dir))...)
}

// await waits until the first node has taken in so many blocks.
func (n *network) await(blocks int) error {
	for deadline := time.Now().Add(time.Duration(5*blocks) * slot); time.Now().Before(deadline); time.Sleep(slot / 4) {
		if len(n.first.taken()) >= blocks {
			return nil
		}
	}
	return fmt.Errorf("fewer than %d blocks", blocks)
}

// measure watches the first node for a while, under a load if there is one.
func (n *network) measure(window time.Duration, l *load) (sample, error) {
	var s sample
	before, begin := len(n.first.taken()), time.Now()
	if l == nil {
		time.Sleep(window)
	} else {
		ctx, cancel := context.WithTimeout(context.Background(), window)
		defer cancel()
		var err error
		if s.answers, err = l.run(ctx, n.address); err != nil {
			return s, err
		}
	}
	s.imports = n.first.taken()[before:]
	// A block more or less may be on either side of the window's ends.
	s.empty = max(0, int(time.Since(begin)/slot)-1-len(s.imports))
	return s, nil
}

// flood shows what the excess is answered by a node with a limit of ten calls a
// second.
func (n *network) flood(rampart string) error {
	p, err := n.node(rampart, "limited", "--bootnodes", n.peer, "--rpc-rate-limit", "600")
	if err != nil {
		return err
	}
	defer p.stop()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	got, err := load{rate: 1000, clients: 1}.run(ctx, <-p.rpc)
	if err != nil {
		return err
	}
	fmt.Printf("limit of 600 calls a minute: %d answered, refused by code: %v\n", got.good, got.refused)
	if len(got.refused) == 0 {
		return errors.New("the excess was answered")
	}
	return nil
}
