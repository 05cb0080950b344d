package local_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/relay/telemetry"
	"github.com/rampart-chain/rampart/testnet/local"
)

// watched is a Progress that hands its text over when a slot has passed.
type watched struct {
	text  strings.Builder
	slots chan string // capacity 1
}

func (w *watched) Write(line []byte) (int, error) {
	w.text.Write(line)
	if strings.Contains(string(line), "  best #") {
		select {
		case w.slots <- w.text.String():
		default:
		}
	}
	return len(line), nil
}

// begin runs a network until the test ends, and returns what it said in the first
// slot.
func begin(t *testing.T, c local.Config) string {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{slots: make(chan string, 1)}
	c.WorkerPath, c.BasePath, c.Slot, c.Progress = binary, t.TempDir(), 300*time.Millisecond, w
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		_, err := local.Run(ctx, c)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case text := <-w.slots:
		return text
	case err := <-ended:
		ended <- err
		t.Fatal("the network ended before its first slot")
	case <-time.After(2 * time.Minute):
		t.Fatal("no slot in two minutes")
	}
	return ""
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second}
	answer, err := client.Get(url)
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

var metricsLine = regexp.MustCompile(`(?m)^(\S+) +http://(\S+)/metrics$`)

// TestMetrics asks every node and collator for its meters and its health.
func TestMetrics(t *testing.T) {
	chains := 1
	if testing.Short() {
		chains = 0 // building a validation function takes long
	}
	said := begin(t, local.Config{Validators: 2, Parachains: chains})
	lines := metricsLine.FindAllStringSubmatch(said, -1)
	if wallets := strings.Count(said, " ws://"); len(lines) != 2+chains || wallets != 2+chains {
		t.Fatalf("%d addresses of metrics and %d of wallets, want %d:\n%s", len(lines), wallets, 2+chains, said)
	}
	for i, name := range []string{"alice", "bob", "coin-2000-alice"}[:2+chains] {
		if lines[i][1] != name {
			t.Errorf("metrics of %s, want %s", lines[i][1], name)
		}
		status, text := get(t, "http://"+lines[i][2]+"/metrics")
		want := []string{`substrate_block_height{chain="rampart_local",status="best"}`, "process_resident_memory_bytes", `substrate_node_roles{chain="rampart_local"}`}
		if i == 2 {
			want = append(want, `chain="coin_2000"`)
		}
		for _, each := range want {
			if status != http.StatusOK || !strings.Contains(text, each) {
				t.Errorf("%s: status %d without %s", name, status, each)
			}
		}
		_, text = get(t, "http://"+lines[i][2]+"/health")
		var health struct{ Subsystems map[string]float64 }
		if err := json.Unmarshal([]byte(text), &health); err != nil {
			t.Errorf("%s: health %s: %v", name, text, err)
		}
		if _, beside := health.Subsystems["parachain: collator"]; len(health.Subsystems) < 5 || beside != (i == 2) {
			t.Errorf("%s: health of %v", name, health.Subsystems)
		}
	}
}

// TestPortsOfMetrics has the port that the second node would have taken by others.
func TestPortsOfMetrics(t *testing.T) {
	var taken net.Listener
	port := 0
	for port == 0 { // two free ports, one after the other
		first, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port = first.Addr().(*net.TCPAddr).Port
		taken, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+1))
		first.Close()
		if err != nil {
			port = 0
		}
	}
	defer taken.Close()
	// The first node is opened, the second cannot be: nothing may be left behind.
	_, err := local.Run(t.Context(), local.Config{Validators: 2, BasePath: t.TempDir(), WorkerPath: os.Args[0], MetricsPort: port, Timeout: 5 * time.Second})
	if !errors.Is(err, telemetry.ErrPortInUse) || !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Errorf("a port in use that was asked for: %v", err)
	}
	said := begin(t, local.Config{Validators: 2, MetricsPort: port, MetricsAnyPort: true})
	lines := metricsLine.FindAllStringSubmatch(said, -1)
	if len(lines) != 2 || lines[0][2] != fmt.Sprintf("127.0.0.1:%d", port) || lines[1][2] == taken.Addr().String() {
		t.Errorf("metrics %q, want the first at port %d and the other not at the next", lines, port)
	}
}

func TestNoMetrics(t *testing.T) {
	said := begin(t, local.Config{Validators: 1, NoMetrics: true})
	if strings.Contains(said, "http://") || strings.Count(said, " ws://") != 1 {
		t.Errorf("a node without metrics says:\n%s", said)
	}
}
