package benchmark

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
)

// Table is what everything costs.
type Table struct {
	// Machine says what it was measured on.
	Machine  string
	Overhead Overhead
	// Calls has an entry per call, in the order of Cases.
	Calls []Entry
}

// TablePath is where the table in force is, from the root of the module.
const TablePath = "relay/runtime/benchmark/weights.json"

//go:embed weights.json
var inForce []byte

// InForce returns the table that the rules of the relay chain have.
func InForce() (Table, error) { return table(inForce) }

// ReadTable reads a table from a file, as Encode writes it.
func ReadTable(path string) (Table, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Table{}, err
	}
	return table(text)
}

func table(text []byte) (Table, error) {
	var t Table
	if err := json.Unmarshal(text, &t); err != nil {
		return Table{}, fmt.Errorf("table of weights: %w", err)
	}
	return t, nil
}

// Encode returns t as JSON.
func (t Table) Encode() []byte {
	text, err := json.MarshalIndent(t, "", " ")
	if err != nil {
		panic(err) // numbers and strings only
	}
	return append(text, '\n')
}

// Entry returns the entry of a call; nil if there is none.
func (t *Table) Entry(pallet, call string) *Entry {
	for i := range t.Calls {
		if e := &t.Calls[i]; e.Pallet == pallet && e.Call == call {
			return e
		}
	}
	return nil
}

// Add puts the entry of a case into t: in place of an older one of the call if
// first, else the most of both.
func (t *Table) Add(e Entry, first bool) {
	switch old := t.Entry(e.Pallet, e.Call); {
	case old == nil:
		t.Calls = append(t.Calls, e)
	case first:
		*old = e
	default:
		*old = old.max(e)
	}
}

// Measure measures cases and returns a Table of their calls alone, without
// overhead. progress is told of each case.
func Measure(cases []Case, config Config, progress func(name string)) (Table, error) {
	t, err := counted(cases)
	if err != nil {
		return t, err
	}
	small := worlds{accounts: fewAccounts} // time is measured in a small heap
	for i, c := range cases {
		progress(c.Name())
		times, err := small.time(c, config)
		if err != nil {
			return t, err
		}
		t.Calls[i].Base.Time = times[0]
		for j := range t.Calls[i].Each {
			t.Calls[i].Each[j].Time = times[j+1]
		}
		t.Calls[i] = c.told(t.Calls[i])
	}
	return t.merged(), nil
}

// Count returns a Table without times.
func Count(cases []Case) (Table, error) {
	t, err := counted(cases)
	return t.merged(), err
}

// counted returns a Table without times, with an entry per case.
func counted(cases []Case) (t Table, err error) {
	large := worlds{accounts: Accounts}
	for _, c := range cases {
		e, err := large.count(c)
		if err != nil {
			return t, err
		}
		t.Calls = append(t.Calls, e)
	}
	return t, nil
}

// merged returns t with one entry per call, the most of its cases.
func (t Table) merged() Table {
	out := t
	out.Calls = nil
	for _, e := range t.Calls {
		out.Add(e, false)
	}
	return out
}

// Difference says in what a fresh measurement differs from the table in force.
type Difference struct {
	Call string
	// What differs: reads, writes, proof, or time.
	What       string
	Old, Fresh uint64
}

// Counts returns what of fresh differs from t in keys and proofs.
func (t *Table) Counts(fresh Table) []Difference {
	var out []Difference
	for _, e := range fresh.Calls {
		old := t.Entry(e.Pallet, e.Call)
		if old == nil || !slices.Equal(old.Components, e.Components) {
			out = append(out, Difference{Call: e.Pallet + "." + e.Call, What: "components"})
			continue
		}
		for i, part := range append([]frame.Cost{e.Base}, e.Each...) {
			was := append([]frame.Cost{old.Base}, old.Each...)[i]
			name := e.Pallet + "." + e.Call
			if i > 0 {
				name += " per " + e.Components[i-1]
			}
			for _, c := range []Difference{{name, "reads", was.Reads, part.Reads}, {name, "writes", was.Writes, part.Writes}, {name, "proof", was.Proof, part.Proof}} {
				if c.Old != c.Fresh {
					out = append(out, c)
				}
			}
		}
	}
	return out
}

// Times returns what of fresh takes more than factor times as long as t says, or less
// than a factor-th, at the greatest amounts of the cases.
func (t *Table) Times(fresh Table, cases []Case, factor float64) []Difference {
	var out []Difference
	compare := func(name string, old, now uint64) {
		if float64(now) > factor*float64(old) || float64(old) > factor*float64(now) {
			out = append(out, Difference{name, "time", old, now})
		}
	}
	for _, e := range fresh.Calls {
		i := slices.IndexFunc(cases, func(c Case) bool { return c.Pallet == e.Pallet && c.Call == e.Call })
		old := t.Entry(e.Pallet, e.Call)
		if old == nil || i < 0 || len(old.Each) != len(e.Each) {
			continue // told by Counts
		}
		var low, high []int
		for _, component := range cases[i].Components {
			low, high = append(low, component.Low), append(high, component.High)
		}
		compare(e.Pallet+"."+e.Call+" with the least", old.At(low).Time, e.At(low).Time)
		if len(high) > 0 {
			compare(e.Pallet+"."+e.Call+" with the most", old.At(high).Time, e.At(high).Time)
		}
	}
	if o := fresh.Overhead; o != (Overhead{}) {
		compare("a read", t.Overhead.Read, o.Read)
		compare("a write", t.Overhead.Write, o.Write)
		compare("a block", t.Overhead.Block, o.Block)
		compare("an extrinsic", t.Overhead.Extrinsic, o.Extrinsic)
	}
	return out
}
