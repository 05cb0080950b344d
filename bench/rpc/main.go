// Command rpc measures what JSON-RPC clients cost a validator: how long it takes to
// take in a block, and whether slots go empty, idle and under a flood of cheap
// calls, in alternation.
//
//	go run ./bench/rpc -rampart bin/rampart [-rounds 7] [-window 30s] [-rate 10000]
//
// It starts two validators with slots of one second on loopback; this process is the
// clients of the first. At the end a third node, with a rate limit, is flooded, to
// see what the excess is answered.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"
)

// slot is how long a slot of the network is.
const slot = time.Second

func main() {
	rampart := flag.String("rampart", "", "path of the rampart binary")
	rounds := flag.Int("rounds", 7, "rounds, each idle and loaded")
	window := flag.Duration("window", 30*time.Second, "time measured")
	rate := flag.Int("rate", 10_000, "calls a second")
	clients := flag.Int("clients", 50, "connections")
	flag.Parse()
	if *rampart == "" || *rounds < 1 || *window < 5*time.Second || *rate < *clients || *clients < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*rampart, *rounds, *window, load{rate: *rate, clients: *clients}); err != nil {
		fmt.Fprintln(os.Stderr, "rpc:", err)
		os.Exit(1)
	}
}

// sample is what was seen in one window.
type sample struct {
	imports []time.Duration // of blocks taken in
	empty   int             // slots without a block
	answers answers
}

func run(rampart string, rounds int, window time.Duration, l load) error {
	network, err := start(rampart)
	if err != nil {
		return err
	}
	defer network.stop()
	if err := network.await(10); err != nil { // blocks, so that both are there
		return err
	}
	var idle, loaded sample
	for round := range rounds {
		a, err := network.measure(window, nil)
		if err != nil {
			return err
		}
		b, err := network.measure(window, &l)
		if err != nil {
			return err
		}
		fmt.Printf("round %d: idle %s; loaded %s\n", round+1, a, b)
		idle.add(a)
		loaded.add(b)
	}
	fmt.Printf("\nidle    %s\nloaded  %s\n", idle, loaded)
	fmt.Printf("loaded / idle: median %.2f, p99 %.2f\n", ratio(loaded, idle, 0.5), ratio(loaded, idle, 0.99))
	return network.flood(rampart)
}

func (s *sample) add(more sample) {
	s.imports = append(s.imports, more.imports...)
	s.empty += more.empty
	s.answers.add(more.answers)
}

func (s sample) String() string {
	text := fmt.Sprintf("%d blocks, %d empty slots, import median %s, p99 %s", len(s.imports), s.empty, rounded(quantile(s.imports, 0.5)), rounded(quantile(s.imports, 0.99)))
	if s.answers.good+s.answers.bad() == 0 {
		return text
	}
	return text + fmt.Sprintf(", %.0f calls/s answered, %d refused, latency median %s, p99 %s",
		float64(s.answers.good)/s.answers.took.Seconds(), s.answers.bad(), rounded(quantile(s.answers.latency, 0.5)), rounded(quantile(s.answers.latency, 0.99)))
}

func rounded(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

func ratio(a, b sample, q float64) float64 {
	return float64(quantile(a.imports, q)) / float64(max(quantile(b.imports, q), 1))
}

// quantile returns the value below which a part q of all lies, 0 of none.
func quantile(all []time.Duration, q float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.SortedFunc(slices.Values(all), cmp.Compare)
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
