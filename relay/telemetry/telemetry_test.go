package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
)

// TestMain lets net/http linger for the half second that it gives a client to
// read why it was refused.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// start runs s until the end of the test.
func start(t *testing.T, s *Server, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return s.Address()
}

// get asks with the given name of the host, if any.
func get(t *testing.T, address, path, host string, header ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest("GET", "http://"+address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(r)
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

func TestMetricsOfTwoChains(t *testing.T) {
	r := Registry()
	for _, chain := range []string{"relay", "coin"} {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "substrate_block_height", Help: "h"})
		ForChain(r, chain).MustRegister(g)
		g.Set(float64(len(chain)))
	}
	s, err := Listen("127.0.0.1:0", Config{Gatherer: r, Health: func() Health { return Health{} }})
	address := start(t, s, err)
	status, body := get(t, address, "/metrics", "")
	for _, want := range []string{
		`substrate_block_height{chain="relay"} 5`, `substrate_block_height{chain="coin"} 4`,
		"\ngo_goroutines ", "\nprocess_open_fds ", "\nprocess_resident_memory_bytes ", "\nprocess_start_time_seconds ",
	} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("status %d, no %q in the metrics", status, want)
		}
	}
	if status, _ := get(t, address, "/debug/pprof/", ""); status != http.StatusNotFound {
		t.Errorf("profiles beside metrics: status %d, want 404", status)
	}
}

func TestHealthGoesUnwell(t *testing.T) {
	var well atomic.Bool
	well.Store(true)
	s, err := Listen("127.0.0.1:0", Config{Gatherer: Registry(), Health: func() Health {
		return Health{Well: well.Load(), Body: map[string]int{"peers": 3}}
	}})
	address := start(t, s, err)
	if status, body := get(t, address, "/health", ""); status != http.StatusOK || body != "{\"peers\":3}\n" {
		t.Errorf("status %d %q, want 200 with the body", status, body)
	}
	well.Store(false)
	if status, body := get(t, address, "/health", ""); status != http.StatusServiceUnavailable || body != "{\"peers\":3}\n" {
		t.Errorf("status %d %q, want 503 with the body", status, body)
	}
}

func TestHeadersAreBounded(t *testing.T) {
	s, err := Listen("127.0.0.1:0", Config{Gatherer: Registry(), Health: func() Health { return Health{Well: true} }})
	address := start(t, s, err)
	status, _ := get(t, address, "/health", "", "X-Long", strings.Repeat("a", 64<<10))
	if status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("64 KiB of headers: status %d, want 431", status)
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = Listen(l.Addr().String(), Config{Gatherer: Registry()})
	if !errors.Is(err, ErrPortInUse) || !strings.Contains(fmt.Sprint(err), l.Addr().String()) {
		t.Errorf("got %v, want ErrPortInUse with the address", err)
	}
}

func TestProfilesAreLocal(t *testing.T) {
	s, err := ListenProfiles(0)
	address := start(t, s, err)
	host, port, _ := net.SplitHostPort(address)
	if host != "127.0.0.1" {
		t.Errorf("listens on %s, want 127.0.0.1", host)
	}
	if n, err := strconv.Atoi(port); err != nil || n == 0 {
		t.Errorf("port %q", port)
	}
	for name, want := range map[string]int{"": 200, "localhost:" + port: 200, "127.0.0.1": 200, "[::1]:80": 200, "evil.example": 403, "10.0.0.1:" + port: 403} {
		if status, _ := get(t, address, "/debug/pprof/cmdline", name); want == 200 && status != 200 && status != 404 || want == 403 && status != 403 {
			t.Errorf("asked as %q: status %d, want %d", name, status, want)
		}
	}
	if status, body := get(t, address, "/debug/pprof/goroutine?debug=1", "localhost"); status != 200 || !strings.Contains(body, "goroutine profile") {
		t.Errorf("goroutine profile: status %d", status)
	}
}
