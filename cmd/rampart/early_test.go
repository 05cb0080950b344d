package main

import (
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/telemetry"
)

// Metrics are there while the process is still opening what it runs.
func TestMetricsBeforeTheNode(t *testing.T) {
	o, err := observing(t, "--prometheus-port", "0").open(zap.NewNop(), func() telemetry.Health { panic("asked before run") })
	if err != nil {
		t.Fatal(err)
	}
	defer o.close()
	if status, body := fetch(t, o.servers[0].Address(), "/metrics"); status != http.StatusOK || !strings.Contains(body, "go_goroutines") {
		t.Errorf("/metrics: status %d, %s", status, body)
	}
	if status, body := fetch(t, o.servers[0].Address(), "/health"); status != http.StatusServiceUnavailable || !strings.Contains(body, `"starting"`) {
		t.Errorf("/health: status %d, %s", status, body)
	}
}
