package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/testnet/spec"
)

var walletsOfNode = regexp.MustCompile(`JSON-RPC\t.*"address": "ws://([^"]+)"`)

// serving waits until the process, which was just started, answers wallets, and
// returns where.
func (p *process) serving(t *testing.T, starts int) string {
	t.Helper()
	var found [][]byte
	await(t, 20*time.Second, p.name+" answering", func() bool {
		text, err := os.ReadFile(p.output.Name())
		if err != nil {
			t.Fatal(err)
		}
		found = nil
		for _, m := range walletsOfNode.FindAllSubmatch(text, -1) {
			found = append(found, m[1])
		}
		return len(found) == starts
	})
	return string(found[starts-1])
}

// ask calls a method of the node that answers at the address.
func ask(t *testing.T, address, method string, params ...any) (result any, fault string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": append([]any{}, params...)})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post("http://"+address, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Result any
		Error  json.RawMessage
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.Result, string(answer.Error)
}

// isAnswer fails unless a call succeeds with this result.
func isAnswer(t *testing.T, want any, address, method string, params ...any) {
	t.Helper()
	if got, fault := ask(t, address, method, params...); got != want || fault != "" {
		t.Errorf("%s %v: %v %s, want %v", method, params, got, fault, want)
	}
}

// TestKeysOverRPC starts a validator that has no keys, as an operator does who gets
// them from it: they are in its keystore, and still there after the node was killed.
// Then it is told of another node to be connected to.
func TestKeysOverRPC(t *testing.T) {
	if testing.Short() {
		t.Skip("processes")
	}
	dir := t.TempDir()
	flags := strings.Fields("--chain local --no-mdns --no-prometheus --listen-addr /ip4/127.0.0.1/tcp/0 --rpc-port 0")
	p := newProcess(t, "validator", filepath.Join(dir, "validator"), append(flags, "--validator")...)
	p.start(t)
	address := p.serving(t, 1)
	if text := p.said(); !strings.Contains(text, "no BABE key") {
		t.Errorf("a validator without keys does not say so:\n%s", text)
	}
	rotated, fault := ask(t, address, "author_rotateKeys")
	if text, ok := rotated.(string); !ok || len(text) != 2+2*5*32 || fault != "" {
		t.Fatalf("rotated keys %v %s, want five keys of 32 bytes", rotated, fault)
	}
	alice, words := "0x"+aliceKey, "bottom drive obey lake curtain smoke basket hold race lonely fit walk//Alice"
	isAnswer(t, nil, address, "author_insertKey", "imon", words, alice)
	if _, fault := ask(t, address, "author_insertKey", "babe", "//Bob", alice); !strings.Contains(fault, "public key is not that of the secret URI") {
		t.Errorf("key of another: %q", fault)
	}
	p.kill()
	checkKeyFiles(t, filepath.Join(dir, "validator"), rotated.(string)[2:])
	p.start(t)
	address = p.serving(t, 2)
	isAnswer(t, true, address, "author_hasSessionKeys", rotated)
	isAnswer(t, true, address, "author_hasKey", alice, "imon")
	isAnswer(t, false, address, "author_hasKey", alice, "babe")

	other := newProcess(t, "other", filepath.Join(dir, "other"), append(flags, "--out-peers", "0")...)
	other.start(t)
	elsewhere := other.serving(t, 1)
	if _, fault := ask(t, elsewhere, "author_rotateKeys"); !strings.Contains(fault, "Method not found") {
		t.Errorf("a node that is no validator makes keys: %s", fault)
	}
	await(t, 20*time.Second, "address", func() bool { return other.address.Load() != nil })
	where := *other.address.Load()
	id := where[strings.LastIndex(where, "/")+1:]
	isAnswer(t, nil, address, "system_addReservedPeer", where)
	if got, _ := ask(t, address, "system_reservedPeers"); !slices.Equal(got.([]any), []any{id}) {
		t.Errorf("reserved %v, want %s", got, id)
	}
	await(t, 20*time.Second, "reserved peer", func() bool {
		peers, _ := ask(t, address, "system_peers")
		return len(peers.([]any)) == 1 && peers.([]any)[0].(map[string]any)["peerId"] == id
	})
	isAnswer(t, nil, address, "system_removeReservedPeer", id)
	if got, _ := ask(t, address, "system_reservedPeers"); len(got.([]any)) != 0 {
		t.Errorf("reserved %v after it was removed", got)
	}
	if _, fault := ask(t, address, "system_addReservedPeer", "/ip4/127.0.0.1/tcp/1"); !strings.Contains(fault, "p2p") {
		t.Errorf("address without peer id: %q", fault)
	}
}

// aliceKey is the sr25519 key of //Alice.
const aliceKey = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"

// checkKeyFiles checks that a keystore has private files of these session keys, and of
// the key that was inserted, under the names that Substrate gives them.
func checkKeyFiles(t *testing.T, base, rotated string) {
	t.Helper()
	chain, err := spec.Preset("local", spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"696d6f6e" + aliceKey} // imon
	for i, kind := range []string{"6772616e", "62616265", "70617261", "6173676e", "61756469"} {
		want = append(want, kind+rotated[64*i:64*(i+1)])
	}
	slices.Sort(want)
	files, err := os.ReadDir(node.PathsOf(base, chain.ID).Keystore)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Name())
		if info, err := f.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v", f.Name(), info, err)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("keystore has %q, want %q", got, want)
	}
}
