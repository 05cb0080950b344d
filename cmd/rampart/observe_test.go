package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/rampart-chain/rampart/parachain/collator"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/telemetry"
	"github.com/rampart-chain/rampart/testnet/spec"
)

var rewriteDocs = flag.Bool("rewrite-metrics", false, "write docs/operations/metrics.md anew")

// described is a Registerer that writes down what is registered.
type described map[string][3]string // name → type, labels, help

var description = regexp.MustCompile(`^Desc\{fqName: "([^"]*)", help: "([^"]*)", unit: "[^"]*", constLabels: \{([^}]*)\}, variableLabels: \{([^}]*)\}`)

func (d described) Register(c prometheus.Collector) error {
	descs := make(chan *prometheus.Desc, 8)
	c.Describe(descs)
	close(descs)
	kind := "gauge"
	switch t := strings.ToLower(fmt.Sprintf("%T", c)); {
	case strings.Contains(t, "histogram"):
		kind = "histogram"
	case strings.Contains(t, "counter"):
		kind = "counter"
	}
	for desc := range descs {
		m := description.FindStringSubmatch(desc.String())
		if m == nil {
			return fmt.Errorf("cannot read %s", desc)
		}
		if kind == "gauge" && strings.HasSuffix(m[1], "_total") {
			kind = "counter" // a function
		}
		labels := []string{}
		for _, label := range strings.Split(m[3]+","+m[4], ",") {
			if name, _, _ := strings.Cut(label, "="); name != "" {
				labels = append(labels, "`"+name+"`")
			}
		}
		d[m[1]] = [3]string{kind, strings.Join(labels, " "), m[2]}
	}
	return nil
}

func (d described) MustRegister(cs ...prometheus.Collector) {
	for _, c := range cs {
		if err := d.Register(c); err != nil {
			panic(err)
		}
	}
}

func (d described) Unregister(prometheus.Collector) bool { return false }

// table is what the document holds about the metrics in d.
func (d described) table() string {
	var out strings.Builder
	out.WriteString("| name | type | labels | meaning | name of |\n|---|---|---|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(d)) {
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s | %s |\n", name, d[name][0], d[name][1], d[name][2], origin(name))
	}
	return out.String()
}

// origin says whose a name is.
func origin(name string) string {
	switch head, _, _ := strings.Cut(name, "_"); head {
	case "substrate":
		return "Substrate"
	case "polkadot":
		return "Polkadot"
	}
	return "Rampart"
}

func noPeers(primitives.SessionIndex, primitives.ValidatorIndex) (peer.ID, bool) { return "", false }

// devNode returns the configuration of a validator of a preset.
func devNode(t *testing.T, preset string, o spec.Options, r prometheus.Registerer) node.Config {
	t.Helper()
	s, err := spec.Preset(preset, o)
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Build()
	if err != nil {
		t.Fatal(err)
	}
	return node.Config{
		Name: "alice", BasePath: filepath.Join(t.TempDir(), "alice"), Genesis: g, Validator: true, WorkerPath: os.Args[0], DevKeys: []string{"//Alice"},
		Network: node.Network{Listen: []string{"/ip4/127.0.0.1/tcp/0"}}, RPC: rpc.Endpoint{Listen: []string{"127.0.0.1:0"}}, Registerer: r,
	}
}

// TestMetricsAreDocumented holds the tables of docs/operations/metrics.md against
// what a validator and a collator register. -rewrite-metrics writes them anew.
func TestMetricsAreDocumented(t *testing.T) {
	ofNode, ofCollator := described{}, described{}
	n, err := node.New(devNode(t, "dev", spec.Options{}, ofNode))
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if _, err := n.Recovery(noPeers); err != nil {
		t.Fatal(err)
	}
	para, err := spec.CoinSpec(2000, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := collator.Config{Para: 2000, BasePath: t.TempDir(), Registerer: ofCollator}
	if c.Chain, err = para.Chain(); err != nil {
		t.Fatal(err)
	}
	if c.Block0, err = para.Build(); err != nil {
		t.Fatal(err)
	}
	if c.Key, err = keys.Sr25519("//Alice"); err != nil {
		t.Fatal(err)
	}
	if c.Network.Key, err = node.NodeKey(filepath.Join(c.BasePath, "node.key")); err != nil {
		t.Fatal(err)
	}
	running, err := collator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	for name := range ofCollator {
		if _, shared := ofNode[name]; shared && ofNode[name] == ofCollator[name] {
			delete(ofCollator, name)
		}
	}
	const file = "../../docs/operations/metrics.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	for section, table := range map[string]string{"node": ofNode.table(), "collator": ofCollator.table()} {
		begin, end := "<!-- metrics of a "+section+" -->\n", "<!-- end -->"
		head, rest, ok := strings.Cut(got, begin)
		written, tail, closed := strings.Cut(rest, end)
		if !ok || !closed {
			t.Fatalf("%s has no section %q", file, begin)
		}
		if written != table && !*rewriteDocs {
			t.Errorf("%s does not list the metrics of a %s as they are; go test ./cmd/rampart -run TestMetricsAreDocumented -rewrite-metrics writes it:\n%s", file, section, table)
		}
		got = head + begin + table + end + tail
	}
	if *rewriteDocs {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// observing returns flags about metrics as a command line gives them.
func observing(t *testing.T, args ...string) observeFlags {
	t.Helper()
	var o observeFlags
	c := &cobra.Command{}
	o.add(c)
	if err := c.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	return o
}

// fetch asks a server of this machine.
func fetch(t *testing.T, address, path string) (int, string) {
	t.Helper()
	answer, err := http.Get("http://" + address + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// TestMetricsOfARunningNode scrapes a node that makes blocks, with the names that
// dashboards, alerts and test tools of Substrate look for.
func TestMetricsOfARunningNode(t *testing.T) {
	address := runningNode(t)
	status, body := fetch(t, address, "/metrics")
	if status != http.StatusOK {
		t.Fatalf("/metrics: status %d", status)
	}
	for _, want := range []string{
		`substrate_block_height\{chain="rampart_dev",status="best"\} [1-9]`, `substrate_block_height\{chain="rampart_dev",status="finalized"\} [1-9]`,
		`substrate_block_height\{chain="rampart_dev",status="sync_target"\} [1-9]`, `substrate_node_roles\{chain="rampart_dev"\} 4`,
		`substrate_process_start_time_seconds\{chain="rampart_dev"\} 1.\d+e\+09`, `process_start_time_seconds 1.\d+e\+09`,
		`substrate_build_info\{chain="rampart_dev",name="alice",version="[^"]+"\} 1`,
		`substrate_sub_libp2p_peers_count\{chain="rampart_dev"\} 0`, `substrate_sub_libp2p_is_major_syncing\{chain="rampart_dev"\} 0`,
		`substrate_finality_grandpa_round\{chain="rampart_dev"\} [1-9]`, `substrate_finality_grandpa_precommits_total\{chain="rampart_dev"\} [1-9]`,
		`substrate_proposer_block_constructed_count\{chain="rampart_dev"\} [1-9]`, `substrate_block_verification_and_import_time_bucket\{chain="rampart_dev",le="0.001"\} \d`,
		`polkadot_pvf_execution_time_bucket\{chain="rampart_dev",le="0.1"\} 0`, `polkadot_node_is_active_validator\{chain="rampart_dev"\} 1`,
		`substrate_proposer_end_proposal_reason\{chain="rampart_dev",reason="no_more_transactions"\} [1-9]`, `substrate_sync_fork_targets\{chain="rampart_dev"\} 0`,
		`polkadot_parachain_collator_peer_count\{chain="rampart_dev"\} 0`, `relay_worker_resident_bytes\{chain="rampart_dev"\} \d`,
		`relay_store_free_bytes\{chain="rampart_dev"\} [1-9]`, `relay_signer_foreign_total\{chain="rampart_dev",key_type="babe"\} 0`,
		`relay_loop_silence_seconds\{chain="rampart_dev",loop="chain"\} \d`, `go_goroutines \d`, `process_open_fds \d`, `process_resident_memory_bytes \d`,
	} {
		if !regexp.MustCompile(`(?m)^` + want).MatchString(body) {
			t.Errorf("no %s in the metrics", want)
		}
	}
	status, body = fetch(t, address, "/health")
	var h node.Health
	if err := json.Unmarshal([]byte(body), &h); err != nil || status != http.StatusOK || h.Finalized < 3 || h.ShouldHavePeers || len(h.Subsystems) < 10 || len(h.Reasons) != 0 {
		t.Errorf("/health: status %d, %s", status, body)
	}
}

// runningNode runs the one validator of a chain until the test ends, and returns,
// when three blocks are final, where its metrics are.
func runningNode(t *testing.T) (address string) {
	t.Helper()
	var n *node.Node
	watched, err := observing(t, "--prometheus-port", "0").open(zap.NewNop(), func() telemetry.Health { return healthOf(n) })
	if err != nil {
		t.Fatal(err)
	}
	if n, err = node.New(devNode(t, "dev", spec.Options{SlotDuration: 300}, watched.registerer("rampart_dev"))); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a collator recovers once for each missing block
		if _, err := n.Recovery(noPeers); err != nil {
			t.Error(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- watched.run(ctx, n.Run) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	await(t, 20*time.Second, "three finalized blocks", func() bool { return n.Status().Finalized.Number >= 3 })
	return watched.servers[0].Address()
}

// A validator that is alone although there are others is unwell.
func TestHealthWithoutPeers(t *testing.T) {
	c := devNode(t, "dev", spec.Options{Validators: 2}, nil)
	n, err := node.New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if h := healthOf(n); h.Well || !slices.Equal(h.Body.(node.Health).Reasons, []string{"no peers"}) {
		t.Errorf("health %+v, want unwell for want of peers", h)
	}
}

func TestPortOfMetricsInUse(t *testing.T) {
	health := func() telemetry.Health { return telemetry.Health{} }
	first, err := observing(t, "--prometheus-port", "0").open(zap.NewNop(), health)
	if err != nil {
		t.Fatal(err)
	}
	defer first.close()
	taken := strings.TrimPrefix(first.servers[0].Address(), "127.0.0.1:")
	_, err = observing(t, "--prometheus-port", taken).open(zap.NewNop(), health)
	if err == nil || !strings.Contains(err.Error(), "127.0.0.1:"+taken+": port is in use") {
		t.Errorf("a port that was asked for and is taken: %v", err)
	}
	// The default port that is taken is no reason not to start.
	core, logs := observer.New(zapcore.InfoLevel)
	o := observing(t)
	fmt.Sscan(taken, &o.port)
	other, err := o.open(zap.New(core), health)
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	if err := other.run(t.Context(), func(context.Context) error { return nil }); err != nil {
		t.Error(err)
	}
	if other.servers[0].Address() == first.servers[0].Address() || logs.FilterMessageSnippet("is in use").Len() != 1 {
		t.Errorf("listens on %s, and says %v", other.servers[0].Address(), logs.All())
	}
	// Without metrics there is no listener, and no meters.
	none, err := observing(t, "--no-prometheus").open(zap.NewNop(), health)
	if err != nil || len(none.servers) != 0 || none.registerer("x") != nil {
		t.Errorf("--no-prometheus: %v, %d listeners", err, len(none.servers))
	}
}
