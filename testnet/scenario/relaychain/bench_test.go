//go:build unix

package relaychain

import (
	"syscall"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// BenchmarkThirtyNodes reports how many virtual seconds of thirty validators one
// CPU second gives; the goal is 15.
func BenchmarkThirtyNodes(b *testing.B) {
	s := New(Config{Seed: 1, Nodes: 30, Fail: func(reason string) { b.Fatal(reason) }})
	s.Run(10 * SlotMillis)
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	const step = primitives.Millis(30_000)
	before := used()
	for b.Loop() {
		s.Run(step)
	}
	virtual := float64(b.N) * float64(step) / 1000
	b.ReportMetric(virtual/(used()-before).Seconds(), "virtual-s/cpu-s")
	b.ReportMetric(0, "ns/op")
}
