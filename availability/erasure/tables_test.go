package erasure

import (
	"errors"
	"math/bits"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/reedsolomon"
)

// TestMaxSmallField derives the bound: GF(2^8) has points for n validators as
// long as k + m ≤ 256, up to the bound and never after it.
func TestMaxSmallField(t *testing.T) {
	for n := 2; n <= MaxValidators; n++ {
		k := (n-1)/3 + 1
		m := 1 << bits.Len(uint(n-k-1))
		if fits := k+m <= 256; fits != (n <= maxSmallField) {
			t.Fatalf("n=%d: %d+%d points, the bound is %d", n, k, m, maxSmallField)
		}
	}
	k := maxSmallField/3 + 1
	if _, err := reedsolomon.New(k, maxSmallField+1-k, reedsolomon.WithLeopardGF(true)); !errors.Is(err, reedsolomon.ErrInvShardCombo) {
		t.Errorf("the library accepts n=%d over GF(2^8): %v", maxSmallField+1, err)
	}
}

// tablesFor tells a process of this test for how many validators it is to code.
const tablesFor = "ERASURE_TABLES_FOR"

// TestTables: what a process keeps after it coded for up to maxSmallField
// validators is small. The tables of GF(2^16), 72 MB, come with one validator more.
func TestTables(t *testing.T) {
	if n, err := strconv.Atoi(os.Getenv(tablesFor)); err == nil {
		t.Logf("kept=%d", kept(t, n))
		return
	}
	const limit = 4 << 20
	for n, small := range map[int]bool{2: true, maxSmallField: true, maxSmallField + 1: false} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestTables$", "-test.v")
		cmd.Env = append(os.Environ(), tablesFor+"="+strconv.Itoa(n))
		out, err := cmd.CombinedOutput()
		_, text, found := strings.Cut(string(out), "kept=")
		if err != nil || !found {
			t.Fatalf("n=%d: %v\n%s", n, err, out)
		}
		text, _, _ = strings.Cut(text, "\n")
		bytes, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		if (bytes <= limit) != small {
			t.Errorf("n=%d: a process keeps %d bytes, the limit of a small field is %d", n, bytes, limit)
		}
	}
}

// kept returns by how many bytes the live heap grows when shards of n validators
// are made and parity alone is turned back into the payload.
func kept(t *testing.T, n int) int64 {
	before := liveHeap()
	shards, err := Encode(pattern(100*n, 1), n)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Reconstruct(numbered(shards)[n-(n-1)/3-1:], n); err != nil {
		t.Fatal(err)
	}
	return liveHeap() - before
}

// liveHeap returns the bytes of all objects that can be reached. Pools keep what
// they hold for one collection.
func liveHeap() int64 {
	var stats runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
