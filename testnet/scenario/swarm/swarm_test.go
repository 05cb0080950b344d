package swarm

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

var (
	seeds = flag.Uint64("seeds", 20, "how many seeds to run")
	first = flag.Uint64("seed", 1, "the first of them")
)

// rare are events that a swarm of the usual size must meet.
var rare = []string{
	"reorg depth >= 2", "set change in partition", "guard refusal", "crash between write and sync", "catch-up used",
	"orphan", "vote equivocation", "block equivocation", "vote evidence", "block evidence", "process exit",
	"justification asked for", "transaction final", "rejected encoding",
	"candidate backed", "enacted in two forks", "channel full", "recovered from exactly f+1 chunks",
}

func TestSwarm(t *testing.T) {
	sum := engine.Sometimes{}
	virtual := 0.0
	for seed := *first; seed < *first+*seeds; seed++ {
		if testing.Short() && seed >= *first+3 {
			return
		}
		p := Draw(seed, engine.Long())
		r := Run(p)
		sum.Merge(r.Sometimes)
		virtual += float64(r.Virtual) / 1000
		if r.Failure == "" {
			continue
		}
		report(t, p, r)
	}
	t.Logf("%d seeds, %.0f virtual seconds; %s", *seeds, virtual, sum)
	if never := sum.Never(rare...); *seeds >= 20 && len(never) > 0 {
		t.Errorf("never happened: %q", never)
	}
}

// report fails the test with what is needed to run a plan again, the smallest
// one that fails, and whether it fails again in the same way.
func report(t *testing.T, p Plan, r Result) {
	t.Helper()
	again := Run(p)
	if again.Trace != r.Trace || again.Failure != r.Failure {
		t.Errorf("I-25: SEED=%d runs in two ways: %d and %d", p.Seed, r.Trace, again.Trace)
	}
	t.Errorf("SEED=%d: %s\nagain: %s", p.Seed, r.Failure, command(p.Seed))
	if !testing.Short() {
		small := Shrink(p, 40, func(q Plan) bool { return kind(Run(q).Failure) == kind(r.Failure) })
		t.Logf("smallest: %s%s", small, Run(small).Failure)
	}
}

// kind returns what of a failure stays the same when the plan is smaller.
func kind(failure string) string {
	if _, what, ok := strings.Cut(failure, ": "); ok {
		failure = what
	}
	what, _, _ := strings.Cut(failure, ":")
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) && !strings.HasPrefix(what, "I-") {
			return -1
		}
		return r
	}, what)
}

func command(seed uint64) string {
	long := ""
	if engine.Long() {
		long = " -long"
	}
	return fmt.Sprintf("go test ./testnet/scenario/swarm -run TestSwarm -seeds 1 -seed %d%s", seed, long)
}

// The seeds that once found something find nothing any more.
func TestSavedSeeds(t *testing.T) {
	file, err := os.Open("testdata/seeds.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var seed uint64
		var size string
		if _, err := fmt.Sscan(line, &seed, &size); err != nil || size != "short" && size != "long" {
			t.Fatalf("line %q: %v", line, err)
		}
		if size == "long" && !engine.Long() {
			continue
		}
		p := Draw(seed, size == "long")
		if r := Run(p); r.Failure != "" {
			report(t, p, r)
		}
	}
}

// I-25: the same seed gives the same run.
func TestReplay(t *testing.T) {
	p := Draw(3, false)
	a, b := Run(p), Run(p)
	if a.Trace != b.Trace || a.Handled != b.Handled || a.Handled == 0 {
		t.Errorf("two runs of a seed: %d inputs, trace %d; %d, %d", a.Handled, a.Trace, b.Handled, b.Trace)
	}
}

// A plan fails as long as one crash of node 2 and one loss are in it.
func TestShrink(t *testing.T) {
	var p Plan
	for seed := uint64(1); len(p.Faults) < 12; seed++ {
		p = Draw(seed, false)
	}
	p.Network.Nodes = 10
	p.Faults = append(p.Faults, Fault{Class: Crash, Nodes: []engine.NodeID{1, 2}})
	p.Faults = append([]Fault{{Class: Loss}}, p.Faults...)
	asked := 0
	fails := func(q Plan) bool {
		asked++
		crash, loss := false, false
		for _, f := range q.Faults {
			for _, id := range f.Nodes {
				crash = crash || f.Class == Crash && id == 2
			}
			loss = loss || f.Class == Loss
		}
		return crash && loss && q.Safety > 20_000 && q.Network.Nodes >= 5
	}
	small := Shrink(p, 200, fails)
	if !fails(small) || len(small.Faults) != 2 || small.Network.Nodes != 5 || small.Safety > 40_000 {
		t.Errorf("shrunk to %s", small)
	}
	asked = 0
	if Shrink(p, 10, fails); asked > 10 {
		t.Errorf("asked %d times", asked)
	}
}
