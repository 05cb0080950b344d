package benchmark

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/rampart-chain/rampart/relay/frame"
)

// Config is how thoroughly to measure.
type Config struct {
	// Steps is how many amounts of each component are measured. Default 6.
	Steps int
	// Repeat is how often each is; the least counts. Default 10.
	Repeat int
}

func (c Config) orDefault() Config {
	if c.Steps == 0 {
		c.Steps = 6
	}
	if c.Repeat == 0 {
		c.Repeat = 10
	}
	return c
}

// sample is how long one sample takes at least.
const sample = 3 * time.Millisecond

// Entry is what a call costs: Base, and Each of its components.
type Entry struct {
	Pallet, Call string
	Components   []string `json:",omitempty"`
	Base         frame.Cost
	Each         []frame.Cost `json:",omitempty"`
}

// count returns the keys and the bytes of proof of a case; its times are 0. The
// result is the same on every machine.
func (w *worlds) count(c Case) (Entry, error) {
	const steps = 3 // a line has no more to tell
	points := c.Points(steps)
	var reads, writes, proofs []float64
	for i := range points {
		t, err := w.trial(c, points, i)
		if err != nil {
			return Entry{}, err
		}
		cost, err := t.count()
		if err != nil {
			return Entry{}, err
		}
		reads, writes, proofs = append(reads, float64(cost.Reads)), append(writes, float64(cost.Writes)), append(proofs, float64(cost.Proof))
	}
	e := Entry{Pallet: c.Pallet, Call: c.Call, Each: make([]frame.Cost, len(c.Components))}
	for _, component := range c.Components {
		e.Components = append(e.Components, component.Name)
	}
	parts := [][]float64{fit(points, reads), fit(points, writes), fit(points, proofs)}
	part := func(i int) frame.Cost {
		return frame.Cost{Reads: above(parts[0][i]), Writes: above(parts[1][i]), Proof: above(parts[2][i])}
	}
	e.Base = part(0)
	for i := range e.Each {
		e.Each[i] = part(i + 1)
	}
	for i, amounts := range points {
		if total := e.At(amounts); float64(total.Reads) < reads[i] || float64(total.Writes) < writes[i] {
			return Entry{}, fmt.Errorf("%s at %v touches %v and %v keys, more than a base and a part for each", c.Name(), amounts, reads[i], writes[i])
		}
	}
	return c.told(e), nil
}

// told returns e without what the case does not tell.
func (c Case) told(e Entry) Entry {
	if c.only == nil {
		return e
	}
	e.Base = frame.Cost{}
	for i, component := range c.Components {
		if !slices.Contains(c.only, component.Name) {
			e.Each[i] = frame.Cost{}
		}
	}
	return e
}

// trial returns the trial of c at points[i], which it makes the amounts of its
// components.
func (w *worlds) trial(c Case, points [][]int, i int) (*trial, error) {
	g := c.ground
	if c.sized != nil {
		g = c.sized(points[i])
	}
	world, err := w.of(g)
	if err != nil {
		return nil, err
	}
	t, err := world.trial(c, points[i])
	if err == nil && c.amounts != nil {
		points[i] = c.amounts(t.call)
	}
	return t, err
}

// Time returns how long a case takes in a chain of few accounts: the base, and a part
// for each component, in picoseconds.
func Time(c Case, config Config) ([]uint64, error) {
	return (&worlds{accounts: fewAccounts}).time(c, config)
}

// time returns how long a case takes: the base, and a part for each component, in
// picoseconds.
func (w *worlds) time(c Case, config Config) ([]uint64, error) {
	config = config.orDefault()
	yard := newYardstick()
	points := c.Points(config.Steps)
	times := make([]float64, len(points))
	for i := range points {
		t, err := w.trial(c, points, i)
		if err != nil {
			return nil, err
		}
		scale := yard.scale()
		times[i] = float64(measure(config.Repeat, sample, func() { _, _ = t.make() })) * scale
	}
	var out []uint64
	for _, part := range fit(points, times) {
		out = append(out, rounded(part))
	}
	return out, nil
}

// At returns what the call costs with amounts of its components.
func (e Entry) At(amounts []int) frame.Cost {
	total := e.Base
	for i, n := range amounts {
		total = total.Plus(n, e.Each[i])
	}
	return total
}

// max returns the most of both in every part. Both are of one call.
func (e Entry) max(other Entry) Entry {
	e.Base = most(e.Base, other.Base)
	for i := range e.Each {
		e.Each[i] = most(e.Each[i], other.Each[i])
	}
	return e
}

func most(a, b frame.Cost) frame.Cost {
	return frame.Cost{Time: max(a.Time, b.Time), Reads: max(a.Reads, b.Reads), Writes: max(a.Writes, b.Writes), Proof: max(a.Proof, b.Proof)}
}

// above returns the least whole number that is not below v but for errors of
// computing.
func above(v float64) uint64 { return uint64(math.Ceil(math.Max(v-1e-3, 0))) }

// rounded returns v, rounded up to three digits.
func rounded(v float64) uint64 {
	n := uint64(math.Ceil(v))
	unit := uint64(1)
	for n/unit >= 1000 {
		unit *= 10
	}
	return (n + unit - 1) / unit * unit
}
