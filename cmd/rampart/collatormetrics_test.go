package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	metricsOfCollator = regexp.MustCompile(`INFO\tmetrics and health\t.*"address": "([^"]+)"`)
	metricsOfRelay    = regexp.MustCompile(`INFO\trelay\tmetrics and health\t.*"address": "([^"]+)"`)
)

// TestCollatorMetrics starts a collator with the command line of polkadot-parachain:
// with a port of its own the relay node shows its metrics there and nowhere else,
// without one beside those of the collator.
func TestCollatorMetrics(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	para, relay := collatorSpecs(t, dir)
	ofPara := []string{`substrate_block_height{chain="coin_2000",status="best"} 0`, `substrate_node_roles{chain="coin_2000"} 4`, `substrate_process_start_time_seconds{chain="coin_2000"} 1`}
	ofRelay := []string{`substrate_block_height{chain="rampart_local",status="best"} 0`, `substrate_node_roles{chain="rampart_local"} 1`, `substrate_process_start_time_seconds{chain="rampart_local"} 1`}
	start := func(name string, behind ...string) *process {
		p := newProcess(t, name, filepath.Join(dir, name))
		p.args = append([]string{"--chain", para, "--base-path", filepath.Join(dir, name), "--listen-addr", "/ip4/127.0.0.1/tcp/0/ws", "--rpc-port", "0",
			"--prometheus-port", "0", "--collator", "--alice", "--", "--chain", relay, "--execution", "wasm", "--port", "0", "--no-mdns"}, behind...)
		p.start(t)
		return p
	}
	holds := func(address string, want, without []string) {
		t.Helper()
		status, text := fetch(t, address, "/metrics")
		for _, line := range want {
			if !strings.Contains(text, "\n"+line) {
				t.Errorf("status %d, no %s", status, line)
			}
		}
		for _, line := range without {
			if strings.Contains(text, "\n"+line) {
				t.Errorf("%s is there", line)
			}
		}
	}
	p := start("apart", "--prometheus-port", "0")
	holds(rpcAddress(t, p, metricsOfCollator), ofPara, ofRelay)
	holds(rpcAddress(t, p, metricsOfRelay), ofRelay, ofPara)
	p.kill()
	p = start("together")
	holds(rpcAddress(t, p, metricsOfCollator), append(ofPara, ofRelay...), nil)
	if metricsOfRelay.MatchString(p.said()) {
		t.Error("the relay node shows metrics of its own unasked")
	}
}
