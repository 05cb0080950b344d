package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// TestPolkadotCommandLine starts two validators as zombienet starts polkadot, which
// must finalize together: the keys are in files, peers are reached over WebSocket, and
// the network has a fork id.
func TestPolkadotCommandLine(t *testing.T) {
	if testing.Short() {
		t.Skip("a network of processes")
	}
	dir := t.TempDir()
	chain, err := spec.Preset("local", spec.Options{Validators: 2, SlotDuration: uint64(killSlot.Milliseconds()), NetworkID: primitives.Blake2b256([]byte(dir))})
	if err != nil {
		t.Fatal(err)
	}
	chain.ForkID = "a fork"
	text, err := chain.JSON()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "spec.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	var nodes []*process
	for i := range 2 {
		name := spec.ValidatorName(i)
		base := filepath.Join(dir, name)
		insertKeys(t, node.PathsOf(base, chain.ID).Keystore, "//"+name)
		args := strings.Fields(fmt.Sprintf("--chain %s --name %s --rpc-cors all --rpc-methods unsafe --no-mdns --node-key %064x --no-telemetry --prometheus-external"+
			" --validator --insecure-validator-i-know-what-i-do --prometheus-port 0 --rpc-port 0 --listen-addr /ip4/127.0.0.1/tcp/0/ws --execution wasm", file, name, i+1))
		if i > 0 {
			nobody := "/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp"
			args = append(args, "--bootnodes", nobody, *nodes[0].address.Load())
		}
		p := newProcess(t, name, base, args...)
		p.start(t)
		await(t, 20*time.Second, name+" listening", func() bool { return p.address.Load() != nil })
		nodes = append(nodes, p)
	}
	for _, p := range nodes {
		await(t, 60*time.Second, p.name+" finalizing block 3", func() bool { return p.finalized.Load() >= 3 })
		if text, err := os.ReadFile(p.output.Name()); err != nil || !strings.Contains(string(text), `these flags change nothing here	{"flags": ["--execution"]}`) {
			t.Errorf("%s does not say which flags it ignores: %v", p.name, err)
		}
	}
}

// insertKeys writes key files of all types into a keystore.
func insertKeys(t *testing.T, dir, uri string) {
	t.Helper()
	store, err := signer.OpenKeystore(signer.KeystoreConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range signer.KeyTypes() {
		scheme := keys.SchemeSr25519
		if kind == signer.GRANDPA {
			scheme = keys.SchemeEd25519
		}
		if _, _, err := store.InsertFile(kind, scheme, uri); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDev runs the chain of --dev, which leaves nothing behind.
func TestDev(t *testing.T) {
	if testing.Short() {
		t.Skip("a process")
	}
	dir := t.TempDir()
	p := newProcess(t, "dev", dir)
	p.args = strings.Fields("--dev --listen-addr /ip4/127.0.0.1/tcp/0 --rpc-port 0 --no-prometheus")
	p.start(t, "TMPDIR="+dir)
	await(t, 60*time.Second, "final block 2", func() bool { return p.finalized.Load() >= 2 })
	if kept, err := os.ReadDir(dir); err != nil || len(kept) != 1 {
		t.Errorf("%d directories while it runs, want one: %v", len(kept), err)
	}
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.gone:
	case <-time.After(20 * time.Second):
		t.Fatal("it runs 20 s after it was told to end")
	}
	if kept, err := os.ReadDir(dir); err != nil || len(kept) != 0 || p.command.ProcessState.ExitCode() != 0 {
		t.Errorf("it left %v behind and ended with code %d: %v", kept, p.command.ProcessState.ExitCode(), err)
	}
}
