package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/parachain/chains/embed"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// killSlot is the slot of the networks of these tests.
const killSlot = 500 * time.Millisecond

// process is a node or a collator in a process of its own. A test may start and
// end it many times.
type process struct {
	name      string
	dir       string // its base path
	args      []string
	env       []string
	files     int // how many files it may have open; 0 is as many as this process
	command   *exec.Cmd
	gone      chan struct{} // closed when the process has ended and all it said was read
	address   atomic.Pointer[string]
	finalized atomic.Uint64 // as it last said since it was started
	made      atomic.Uint64 // the highest block it made, of all starts
	recovered atomic.Uint64 // blocks recovered from validators
	output    *os.File
}

var (
	reachable = regexp.MustCompile(`(?:reachable at|collators reach this one at)\t.*"address": "(/ip4/127[^"]+)"`)
	status    = regexp.MustCompile(`(?:status\t.*"finalized"|block finalized\t.*"number"): (\d+)`)
	madeBlock = regexp.MustCompile(`block made\t.*"number": (\d+)`)
	recovered = "block recovered from validators"
)

// newProcess returns a process that keeps what it says in a file beside dir. The
// test kills it at the end, and shows the end of the file if it failed.
func newProcess(t *testing.T, name, dir string, args ...string) *process {
	t.Helper()
	p := &process{name: name, dir: dir, args: append(args, "--base-path", dir)}
	var err error
	if p.output, err = os.Create(dir + ".log"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			text, _ := os.ReadFile(p.output.Name())
			t.Logf("%s:\n%s", p.name, text[max(0, len(text)-2000):])
		}
		p.output.Close()
	})
	return p
}

// start starts the process, with env besides its own.
func (p *process) start(t *testing.T, env ...string) {
	t.Helper()
	p.finalized.Store(0)
	p.command = exec.Command(os.Args[0], p.args...)
	if p.files > 0 {
		limited := []string{"-c", fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, p.files), os.Args[0]}
		p.command = exec.Command("sh", append(limited, p.args...)...)
	}
	p.command.Env = append(append(append(os.Environ(), actAsRampart+"=1"), p.env...), env...)
	out, err := p.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	p.gone = make(chan struct{})
	go func() {
		defer close(p.gone)
		lines := bufio.NewScanner(io.TeeReader(out, p.output))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.read(lines.Text())
		}
		_ = p.command.Wait()
	}()
}

func (p *process) read(line string) {
	if m := reachable.FindStringSubmatch(line); m != nil && p.address.Load() == nil {
		p.address.Store(&m[1])
	}
	if m := status.FindStringSubmatch(line); m != nil {
		n, _ := strconv.ParseUint(m[1], 10, 64)
		p.finalized.Store(max(p.finalized.Load(), n))
	}
	if m := madeBlock.FindStringSubmatch(line); m != nil {
		n, _ := strconv.ParseUint(m[1], 10, 64)
		p.made.Store(max(p.made.Load(), n))
	}
	if strings.Contains(line, recovered) {
		p.recovered.Add(1)
	}
}

// running reports whether the process was started and has not ended.
func (p *process) running() bool {
	if p.gone == nil {
		return false
	}
	select {
	case <-p.gone:
		return false
	default:
		return true
	}
}

// kill ends the process at once and waits for it to be gone.
func (p *process) kill() {
	if p.gone == nil {
		return
	}
	_ = p.command.Process.Kill()
	<-p.gone
}

// killed reports whether the process, which is gone, was ended by SIGKILL.
func (p *process) killed() bool {
	state, ok := p.command.ProcessState.Sys().(syscall.WaitStatus)
	return ok && state.Signaled() && state.Signal() == syscall.SIGKILL
}

// said returns the end of what the process said.
func (p *process) said() string {
	text, _ := os.ReadFile(p.output.Name())
	return string(text[max(0, len(text)-4000):])
}

// fix makes the process listen from now on where it was reachable first: a node
// that is started again must be found where it was.
func (p *process) fix(t *testing.T, flag string) {
	t.Helper()
	await(t, 20*time.Second, p.name+" listening", func() bool { return p.address.Load() != nil })
	p.args = append(p.args, flag, strings.Split(*p.address.Load(), "/p2p/")[0])
}

// await waits until ok, and fails the test saying what it waited for if that
// takes longer than limit.
func await(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after %s still no %s", limit, what)
		}
	}
}

// network is a chain-spec file with validators and collators, in processes.
type network struct {
	genesis    genesis.Genesis
	dir, file  string // file is the chain spec
	validators []*process
	collators  []*process
	chains     []string // chain-spec files of the parachains
}

// size says how many processes a network has.
type size struct {
	validators int
	chains     int // each with one collator that pays the other chains
	// collators is how many keys each chain's collators have, of which one makes
	// blocks from the start; 0 is 1.
	collators int
	env       func(name string) []string
	preset    string // default local
	dir       string // of everything the processes keep; default a temporary one
}

// firstPara is the id of the first chain.
const firstPara = 2000

func startNetwork(t *testing.T, s size) *network {
	t.Helper()
	n := &network{dir: s.dir}
	if n.dir == "" {
		n.dir = t.TempDir()
	}
	paras := n.writeChains(t, s)
	chain, err := spec.Preset(cmp.Or(s.preset, "local"), spec.Options{Paras: paras, Validators: s.validators, SlotDuration: uint64(killSlot.Milliseconds()), NetworkID: primitives.Blake2b256([]byte(n.dir))})
	if err != nil {
		t.Fatal(err)
	}
	text, err := chain.JSON()
	if err != nil {
		t.Fatal(err)
	}
	n.file = filepath.Join(n.dir, "spec.json")
	if err := os.WriteFile(n.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if n.genesis, err = chain.Build(); err != nil {
		t.Fatal(err)
	}
	for i := range s.validators {
		name := strings.ToLower(spec.ValidatorName(i))
		p := n.node(t, name, "--"+name)
		if s.env != nil {
			p.env = s.env(name)
		}
		p.start(t)
		p.fix(t, "--listen-addr")
		n.validators = append(n.validators, p)
	}
	for i := range n.chains {
		p := n.collator(t, i, "alice")
		if s.env != nil {
			p.env = s.env(p.name)
		}
		p.start(t)
		n.collators = append(n.collators, p)
	}
	return n
}

// writeChains writes the chain specs of the parachains.
func (n *network) writeChains(t *testing.T, s size) []spec.Para {
	t.Helper()
	if s.chains == 0 {
		return nil
	}
	code, err := embed.Coin()
	if err != nil {
		t.Fatal(err)
	}
	var ids []primitives.ParaID
	for i := range s.chains {
		ids = append(ids, primitives.ParaID(firstPara+i))
	}
	var paras []spec.Para
	for i, id := range ids {
		var peers []primitives.ParaID
		peers = append(append(peers, ids[:i]...), ids[i+1:]...)
		chain, err := spec.CoinSpec(id, max(s.collators, 1), peers)
		if err != nil {
			t.Fatal(err)
		}
		para, err := chain.Registration(code)
		if err != nil {
			t.Fatal(err)
		}
		text, err := chain.JSON()
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(n.dir, fmt.Sprintf("%d.json", id))
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		paras, n.chains = append(paras, para), append(n.chains, file)
	}
	return paras
}

// node returns a node of the network, not started.
func (n *network) node(t *testing.T, name string, flags ...string) *process {
	t.Helper()
	args := []string{"node", "--chain", n.file, "--no-mdns", "--no-prometheus", "--listen-addr", "/ip4/127.0.0.1/tcp/0"}
	p := newProcess(t, name, filepath.Join(n.dir, name), append(args, flags...)...)
	if len(n.validators) > 0 {
		p.args = append(p.args, "--bootnodes", *n.validators[0].address.Load())
	}
	return p
}

// collator returns a collator of the chain with the index, not started.
func (n *network) collator(t *testing.T, chain int, key string) *process {
	t.Helper()
	name := fmt.Sprintf("%s-%d", key, firstPara+chain)
	args := []string{"collator", "--no-prometheus", "--chain", n.chains[chain], "--relay-chain", n.file, "--" + key, "--no-mdns",
		"--listen-addr", "/ip4/127.0.0.1/tcp/0", "--relay-listen-addr", "/ip4/127.0.0.1/tcp/0"}
	if len(n.chains) > 1 {
		args = append(args, "--pay", strconv.Itoa(firstPara+(chain+1)%len(n.chains)))
	}
	for _, v := range n.validators {
		args = append(args, "--relay-bootnodes", *v.address.Load())
	}
	return newProcess(t, name, filepath.Join(n.dir, name), args...)
}

// all returns every process.
func (n *network) all() []*process {
	return append(append([]*process{}, n.validators...), n.collators...)
}

// refusedStart starts another process with the arguments, which must end by
// itself with the exit code, saying want.
func refusedStart(t *testing.T, code int, want string, args ...string) {
	t.Helper()
	command := exec.Command(os.Args[0], args...)
	command.Env = append(os.Environ(), actAsRampart+"=1")
	out, err := command.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != code || !strings.Contains(string(out), want) {
		t.Errorf("process %q ended with %v, want exit code %d and %q:\n%s", args, err, code, want, out)
	}
}
