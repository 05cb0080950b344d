package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"
	"time"
)

// comparison is one figure: our way of doing a thing and a peer's, on the same
// data, in the same process.
type comparison struct {
	name string
	// peer says what ours is measured against.
	peer string
	// goal is the ratio wanted: peer's time over ours, or its inverse where less
	// is all that can be asked.
	goal float64
	// make builds the data and returns both. Each call does the work once.
	make func() (ours, theirs func())
}

// window is how long one side runs in a round.
const window = 80 * time.Millisecond

// result is a comparison measured.
type result struct {
	comparison
	ours, theirs time.Duration // median for one call
	ratio        float64       // median of the rounds' ratios
	low, high    float64       // of the rounds' ratios
	allocs       float64       // of ours, for one call
}

// measure runs both sides in alternation, ABAB with the first side changing
// each round, and takes the median of the ratios within the rounds: what slows
// the machine down for a while slows both. Each side begins with a collected heap, so
// none pays for the other's garbage.
func measure(c comparison, rounds int) result {
	ours, theirs := c.make()
	ours() // caches warm, lazy tables built
	theirs()
	r := result{comparison: c, allocs: testing.AllocsPerRun(3, ours)}
	var a, b []time.Duration
	var ratios []float64
	for round := range rounds {
		var x, y time.Duration
		if round%2 == 0 {
			x = perCall(ours)
			y = perCall(theirs)
		} else {
			y = perCall(theirs)
			x = perCall(ours)
		}
		a, b, ratios = append(a, x), append(b, y), append(ratios, float64(y)/float64(x))
	}
	r.ours, r.theirs, r.ratio = median(a), median(b), median(ratios)
	r.low, r.high = slices.Min(ratios), slices.Max(ratios)
	return r
}

// perCall returns the mean time of f over about one window, after what was before is
// collected.
func perCall(f func()) time.Duration {
	runtime.GC()
	for n := 1; ; {
		begin := time.Now()
		for range n {
			f()
		}
		took := max(1, time.Since(begin))
		if took >= window {
			return max(1, took/time.Duration(n))
		}
		n = min(100*n, 1+int(time.Duration(n)*window/took*6/5))
	}
}

func median[T int | float64 | time.Duration](v []T) T {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}

// print writes the result as a row of a Markdown table.
func (r result) print(w io.Writer) {
	fmt.Fprintf(w, "| %s | %s | %s | %s | **%.2f** (%.2f–%.2f) | %.2f | %.0f |\n",
		r.name, show(r.ours), r.peer, show(r.theirs), r.ratio, r.low, r.high, r.goal, r.allocs)
}

// show writes a duration with three digits.
func show(d time.Duration) string {
	switch {
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g us", float64(d.Nanoseconds())/1e3)
	}
	return fmt.Sprintf("%.3g ms", float64(d.Nanoseconds())/1e6)
}

// must ends the program: what is measured does not fail.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
