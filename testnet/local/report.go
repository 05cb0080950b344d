package local

import (
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Report is the state of a network at its end. Its JSON form is a contract:
// fields are only added.
type Report struct {
	Relay      RelayReport       `json:"relay"`
	Parachains []ParachainReport `json:"parachains"`
	Messages   MessagesReport    `json:"messages"`
	Process    ProcessReport     `json:"process"`
	// Seconds is how long the network ran, CPUSeconds how much processor time
	// it used, worker processes included.
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"`
	// Failures say what went wrong, empty if nothing did.
	Failures []string `json:"failures"`
}

// RelayReport is the relay chain as its nodes see it.
type RelayReport struct {
	// Best is the highest best block of any node, Finalized the lowest
	// finalized one.
	Best      uint64       `json:"best"`
	Finalized uint64       `json:"finalized"`
	Nodes     []NodeReport `json:"nodes"`
	Lag       LagReport    `json:"lag"`
}

// NodeReport is one relay node.
type NodeReport struct {
	Name      string `json:"name"`
	Best      uint64 `json:"best"`
	Finalized uint64 `json:"finalized"`
	Peers     int    `json:"peers"`
	DBBytes   int64  `json:"db_bytes"`
}

// ParachainReport is one chain, as the relay chain's finalized state has it.
type ParachainReport struct {
	ID            uint32 `json:"id"`
	Backed        uint64 `json:"backed"`
	Included      uint64 `json:"included"`
	FinalizedHead uint64 `json:"finalized_head"`
	// LeastIn30 is the least number of blocks included in any 30 consecutive
	// relay blocks since the first inclusion; absent before there were 30.
	LeastIn30 *uint64 `json:"least_in_30,omitempty"`
}

// MessagesReport counts messages between chains.
type MessagesReport struct {
	Sent      uint64 `json:"sent"`
	Delivered uint64 `json:"delivered"`
}

// ProcessReport is what the network costs this machine.
type ProcessReport struct {
	RSSBytes        int64 `json:"rss_bytes"`
	HeapBytes       int64 `json:"heap_bytes"`
	Goroutines      int   `json:"goroutines"`
	WorkersRSSBytes int64 `json:"workers_rss_bytes"`
}

// process measures this process.
func process() ProcessReport {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return ProcessReport{RSSBytes: residentBytes(), HeapBytes: int64(sample[0].Value.Uint64()), Goroutines: runtime.NumGoroutine()}
}

// residentBytes returns the resident memory of this process; 0 where /proc does
// not tell.
func residentBytes() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// cpuSeconds returns the processor time of this process and of its children
// that have ended.
func cpuSeconds() float64 {
	total := time.Duration(0)
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var usage syscall.Rusage
		if syscall.Getrusage(who, &usage) == nil {
			total += time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
		}
	}
	return total.Seconds()
}
