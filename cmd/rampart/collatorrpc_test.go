package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/testnet/spec"
)

var (
	walletsOfChain = regexp.MustCompile(`wallets reach the chain at\t.*"ws://([^"]+)"`)
	walletsOfRelay = regexp.MustCompile(`wallets reach the relay chain at\t.*"ws://([^"]+)"`)
)

// rpcAddress waits until the process has said where it answers, in a line.
func rpcAddress(t *testing.T, p *process, line *regexp.Regexp) string {
	t.Helper()
	var found []string
	await(t, 30*time.Second, "address in the log of "+p.name, func() bool {
		found = line.FindStringSubmatch(p.said())
		return found != nil || !p.running()
	})
	if found == nil {
		t.Fatalf("%s has ended", p.name)
	}
	return found[1]
}

// askAs returns the status and the text of the answer to a call without parameters, from
// a page of the origin if it is not empty.
func askAs(t *testing.T, origin, address, method string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+address, strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"`+method+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// collatorSpecs writes the chain specs of a parachain and of its relay chain.
func collatorSpecs(t *testing.T, dir string) (para, relay string) {
	t.Helper()
	coin, err := spec.CoinSpec(firstPara, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	local, err := spec.Preset("local", spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	para, relay = filepath.Join(dir, "coin.json"), filepath.Join(dir, "relay.json")
	for file, encode := range map[string]func() ([]byte, error){para: coin.JSON, relay: local.JSON} {
		text, err := encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return para, relay
}

// TestCollatorRPC: a collator answers wallets by its own flags, and the relay node
// beside it by those behind --.
func TestCollatorRPC(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	para, relay := collatorSpecs(t, dir)
	const wallet, unsafe = "https://wallet.example", "RPC call is unsafe"
	command := func(base, own, behind string) []string {
		return strings.Fields(fmt.Sprintf("collator --chain %s --alice --base-path %s --listen-addr /ip4/127.0.0.1/tcp/0 --no-prometheus %s -- --chain %s --listen-addr /ip4/127.0.0.1/tcp/0 --no-mdns %s",
			para, filepath.Join(dir, base), own, relay, behind))
	}
	p := newProcess(t, "collator", filepath.Join(dir, "collator"))
	p.args = command("base", "--rpc-port 0 --rpc-methods safe --rpc-cors "+wallet, "--experimental-rpc-endpoint listen-addr=127.0.0.1:0,methods=auto")
	p.start(t)
	ofChain, ofRelay := rpcAddress(t, p, walletsOfChain), rpcAddress(t, p, walletsOfRelay)
	for _, each := range []struct {
		origin, address, method string
		status                  int
		want                    string
	}{
		{"", ofChain, "system_chain", 200, `"Coin 2000"`},
		{"", ofChain, "chain_getHeader", 200, `"number":"0x0"`},
		{"", ofChain, "state_getKeys", 200, unsafe},
		{wallet, ofChain, "system_chain", 200, `"Coin 2000"`},
		{"https://polkadot.js.org", ofChain, "system_chain", 403, "pages of this origin"},
		{"", ofRelay, "system_chain", 200, `"Rampart Local Testnet"`},
		{"", ofRelay, "chain_getHeader", 200, `"number":"0x0"`},
		{"", ofRelay, "system_peers", 200, `"result":[]`},
		{"https://polkadot.js.org", ofRelay, "system_chain", 200, `"Rampart Local Testnet"`},
		{wallet, ofRelay, "system_chain", 403, "pages of this origin"},
	} {
		if status, text := askAs(t, each.origin, each.address, each.method); status != each.status || !strings.Contains(text, each.want) {
			t.Errorf("%s of %s, page %q: %d %s, want %d and %s", each.method, each.address, each.origin, status, text, each.status, each.want)
		}
	}
	port := ofChain[strings.LastIndexByte(ofChain, ':')+1:]
	refusedStart(t, exitUsage, "JSON-RPC: listen tcp 127.0.0.1:"+port, command("other", "--rpc-port "+port, "")...)
	refusedStart(t, exitUsage, "JSON-RPC: listen tcp 127.0.0.1:"+port, command("other", "--rpc-port 0", "--rpc-port "+port)...)
	p.kill()

	// Without a flag for it the relay node answers nobody; the port is the one given.
	p = newProcess(t, "collator again", filepath.Join(dir, "again"))
	p.args = command("base", "--rpc-port "+port, "")
	p.start(t)
	if got := rpcAddress(t, p, walletsOfChain); got != ofChain {
		t.Errorf("answers at %s, want %s", got, ofChain)
	}
	if _, text := askAs(t, "", ofChain, "state_getKeys"); strings.Contains(text, unsafe) {
		t.Errorf("an unsafe method over loopback: %s", text)
	}
	if walletsOfRelay.MatchString(p.said()) {
		t.Error("the relay node answers wallets unasked")
	}
}
