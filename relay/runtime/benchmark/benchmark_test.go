package benchmark_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/runtime/benchmark"
)

const root = "../../../"

func inForce(t *testing.T) benchmark.Table {
	t.Helper()
	table, err := benchmark.InForce()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestGeneratedFiles compares the generated files with the table, and the table with
// its own encoding.
func TestGeneratedFiles(t *testing.T) {
	table := inForce(t)
	files, err := table.Files()
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, benchmark.File{Path: benchmark.TablePath, Content: table.Encode()})
	for _, f := range files {
		content, err := os.ReadFile(root + filepath.FromSlash(f.Path))
		if err != nil || !bytes.Equal(content, f.Content) {
			t.Errorf("%s is not what rampart benchmark --write makes of the table (%v)", f.Path, err)
		}
	}
}

// unmeasured are the calls without a case, with the reason.
var unmeasured = map[string]string{
	"Sudo.sudo_unchecked_weight": "it weighs what its caller says",
}

// TestEveryCallIsMeasured compares the cases with the metadata of the relay chain and
// of a coin chain.
func TestEveryCallIsMeasured(t *testing.T) {
	names := map[string]int{}
	for _, c := range benchmark.Cases() {
		names[c.Pallet+"."+c.Call]++
	}
	measured := map[string]int{}
	for name := range names {
		pallet, _, _ := bytes.Cut([]byte(name), []byte("."))
		measured[string(pallet)]++
	}
	for _, entry := range slices.Concat(runtime.Pallets(), coin.Chain().Pallets()) {
		calls := 0
		for _, call := range entry.Pallet.Metadata().Calls {
			if unmeasured[entry.Pallet.Name+"."+call.Name] == "" {
				calls++
			}
		}
		if got := measured[entry.Pallet.Name]; got != calls {
			t.Errorf("%d calls of %s are measured, it has %d", got, entry.Pallet.Name, calls)
		}
	}
	table := inForce(t)
	if len(table.Calls) != len(names) {
		t.Errorf("%d calls in the table, %d have cases", len(table.Calls), len(names))
	}
}

// TestCounts counts keys and proofs of every call anew. They are the same on every
// machine.
func TestCounts(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a state of 100,000 accounts")
	}
	fresh, err := benchmark.Count(benchmark.Cases())
	if err != nil {
		t.Fatal(err)
	}
	table := inForce(t)
	for _, d := range table.Counts(fresh) {
		t.Errorf("%s: %s are %d, the table has %d", d.Call, d.What, d.Fresh, d.Old)
	}
}

// TestTablesAreCompared changes a part of a table, and finds it again.
func TestTablesAreCompared(t *testing.T) {
	cases := benchmark.Select(benchmark.Cases(), "multisig", "as_multi")
	if len(cases) != 2 || len(benchmark.Select(benchmark.Cases(), "Multisig", "approve")) != 0 {
		t.Fatalf("selected %v", benchmark.Names(cases))
	}
	table, fresh := inForce(t), inForce(t)
	fresh.Calls = slices.Clone(fresh.Calls)
	if d := append(table.Counts(fresh), table.Times(fresh, benchmark.Cases(), 1.01)...); len(d) != 0 {
		t.Errorf("a table differs from itself: %v", d)
	}
	entry := fresh.Entry("Multisig", "AsMulti")
	entry.Base.Reads++
	entry.Each = slices.Clone(entry.Each)
	entry.Each[0].Proof += 2
	entry.Each[1].Time *= 10
	if d := table.Counts(fresh); len(d) != 2 || d[0].What != "reads" || d[1].Call != "Multisig.AsMulti per signatories" {
		t.Errorf("counts: %v", d)
	}
	if d := table.Times(fresh, cases, 4); len(d) != 1 || d[0].Call != "Multisig.AsMulti with the most" {
		t.Errorf("times: %v", d)
	}
	fresh.Overhead.Read *= 5
	if d := table.Times(fresh, cases, 4); len(d) != 2 {
		t.Errorf("times: %v", d)
	}
}

// TestMeasure measures a call in a chain of few accounts: longer remarks take longer.
func TestMeasure(t *testing.T) {
	c := benchmark.Select(benchmark.Cases(), "system", "remark_with_event")[0]
	times, err := benchmark.Time(c, benchmark.Config{Steps: 2, Repeat: 3})
	if err != nil || len(times) != 2 || times[1] == 0 {
		t.Errorf("%v, %v", times, err)
	}
}
