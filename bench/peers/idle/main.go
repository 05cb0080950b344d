// Command idle measures what a network costs that has nothing to do: CPU time
// per block and node, and resident memory per node, of `rampart testnet` (four
// validators, two chains) and of four CometBFT validators with its kvstore at
// the same block interval, in alternation.
//
//	go run ./idle -rampart ../../bin/rampart [-cometbft path] [-rounds 7] [-warm 40s] [-window 40s]
//
// Without -cometbft it is built from the Go module proxy.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// cometVersion is what is built.
const cometVersion = "github.com/cometbft/cometbft/cmd/cometbft@v0.38.19"

// nodes is the number of validators of both networks.
const nodes = 4

// network is one that runs.
type network interface {
	// height is that of the best block.
	height() (int, error)
	// processes are the roots of its processes.
	processes() []int
	stop()
}

// cost is what a network used over a window.
type cost struct {
	cpu    time.Duration // per block and node
	rss    int           // per node, in KiB
	blocks int
}

func main() {
	rampart := flag.String("rampart", "", "path of the rampart binary")
	comet := flag.String("cometbft", "", "path of the cometbft binary")
	rounds := flag.Int("rounds", 7, "rounds")
	warm := flag.Duration("warm", 40*time.Second, "time before measuring")
	window := flag.Duration("window", 40*time.Second, "time measured")
	flag.Parse()
	if *rampart == "" || *rounds < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*rampart, *comet, *rounds, *warm, *window); err != nil {
		fmt.Fprintln(os.Stderr, "idle:", err)
		os.Exit(1)
	}
}

func run(rampart, comet string, rounds int, warm, window time.Duration) error {
	dir, err := os.MkdirTemp("", "idle")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if comet == "" {
		if comet, err = build(dir); err != nil {
			return err
		}
	}
	var ours, theirs []cost
	for round := range rounds {
		a, err := measure(func() (network, error) { return startRampart(rampart) }, warm, window)
		if err != nil {
			return fmt.Errorf("rampart: %w", err)
		}
		b, err := measure(func() (network, error) {
			return startComet(comet, filepath.Join(dir, fmt.Sprint(round)))
		}, warm/2, window)
		if err != nil {
			return fmt.Errorf("cometbft: %w", err)
		}
		ours, theirs = append(ours, a), append(theirs, b)
		fmt.Fprintf(os.Stderr, "round %d: rampart %.1f ms, %d MiB, %d blocks; cometbft %.1f ms, %d MiB, %d blocks\n", round+1,
			ms(a.cpu), a.rss>>10, a.blocks, ms(b.cpu), b.rss>>10, b.blocks)
	}
	print("CPU per block and validator, ms", ours, theirs, func(c cost) float64 { return ms(c.cpu) })
	print("memory per validator, MiB", ours, theirs, func(c cost) float64 { return float64(c.rss) / 1024 })
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// print writes the medians, and the median of the rounds' ratios.
func print(what string, ours, theirs []cost, of func(cost) float64) {
	var a, b, ratios []float64
	for i := range ours {
		x, y := of(ours[i]), of(theirs[i])
		a, b, ratios = append(a, x), append(b, y), append(ratios, x/y)
	}
	for _, v := range [][]float64{a, b, ratios} {
		slices.Sort(v)
	}
	m := len(a) / 2
	fmt.Printf("| %s | %.1f | %.1f | %.2f (%.2f–%.2f) |\n", what, a[m], b[m], ratios[m], ratios[0], ratios[len(ratios)-1])
}

// build installs cometbft in dir.
func build(dir string) (string, error) {
	c := exec.Command("go", "install", cometVersion)
	c.Env = append(os.Environ(), "GOBIN="+dir, "GOFLAGS=-mod=mod")
	c.Stderr = os.Stderr
	return filepath.Join(dir, "cometbft"), c.Run()
}

// measure starts a network, lets it warm up, and measures it over window.
func measure(start func() (network, error), warm, window time.Duration) (cost, error) {
	n, err := start()
	if err != nil {
		return cost{}, err
	}
	defer n.stop()
	time.Sleep(warm)
	from, err := n.height()
	if err != nil {
		return cost{}, err
	}
	before, _, err := usage(n.processes())
	if err != nil {
		return cost{}, err
	}
	time.Sleep(window)
	to, err := n.height()
	if err != nil {
		return cost{}, err
	}
	after, rss, err := usage(n.processes())
	if err != nil {
		return cost{}, err
	}
	if to <= from {
		return cost{}, errors.New("no block was made")
	}
	blocks := to - from
	return cost{cpu: (after - before) / time.Duration(blocks*nodes), rss: rss / nodes, blocks: blocks}, nil
}
