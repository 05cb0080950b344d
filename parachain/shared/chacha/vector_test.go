package chacha_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/parachain/shared/chacha"
)

// vectors is testdata/vectors/rand.json, made with the Rust crates.
type vectors struct {
	Words []struct {
		Seed  string
		Words []uint32
	}
	Ranges []struct {
		Seed   string
		Below  uint32
		Values []uint32
		After  uint32
	}
	Shuffles []struct {
		Seed  string
		N     int
		Order []int
		After uint32
	}
	Partial []struct {
		Seed      string
		N, Amount int
		Picked    []int
		After     uint32
	}
}

func read(t *testing.T) vectors {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors/rand.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Words) == 0 || len(v.Ranges) == 0 || len(v.Shuffles) == 0 || len(v.Partial) == 0 {
		t.Fatal("a part of the vectors is missing")
	}
	return v
}

func rand(t *testing.T, seed string) *chacha.Rand {
	t.Helper()
	raw, err := hex.DecodeString(seed)
	if err != nil || len(raw) != 32 {
		t.Fatalf("seed %q", seed)
	}
	return chacha.New([32]byte(raw))
}

func TestVectors(t *testing.T) {
	v := read(t)
	for _, c := range v.Words {
		r := rand(t, c.Seed)
		for i, want := range c.Words {
			if got := r.Uint32(); got != want {
				t.Fatalf("word %d of %s: got %d want %d", i, c.Seed, got, want)
			}
		}
	}
	for _, c := range v.Ranges {
		r := rand(t, c.Seed)
		for i, want := range c.Values {
			if got := r.Below(c.Below); got != want {
				t.Fatalf("below %d, value %d: got %d want %d", c.Below, i, got, want)
			}
		}
		after(t, r, c.After, fmt.Sprintf("below %d", c.Below))
	}
	for _, c := range v.Shuffles {
		r, got := rand(t, c.Seed), identity(c.N)
		r.Shuffle(c.N, func(i, j int) { got[i], got[j] = got[j], got[i] })
		if !slices.Equal(got, c.Order) {
			t.Fatalf("shuffle of %d: got %v want %v", c.N, got, c.Order)
		}
		after(t, r, c.After, fmt.Sprintf("shuffle of %d", c.N))
	}
	for _, c := range v.Partial {
		r, all := rand(t, c.Seed), identity(c.N)
		r.PartialShuffle(c.N, c.Amount, func(i, j int) { all[i], all[j] = all[j], all[i] })
		if got := all[c.N-min(c.Amount, c.N):]; !slices.Equal(got, c.Picked) {
			t.Fatalf("%d of %d: got %v want %v", c.Amount, c.N, got, c.Picked)
		}
		after(t, r, c.After, fmt.Sprintf("%d of %d", c.Amount, c.N))
	}
}

// after checks that as many words were taken as in the reference.
func after(t *testing.T, r *chacha.Rand, want uint32, what string) {
	t.Helper()
	if got := r.Uint32(); got != want {
		t.Fatalf("%s: next word is %d, want %d", what, got, want)
	}
}

func identity(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func ExampleRand_Shuffle() {
	order := []string{"Alice", "Bob", "Charlie", "Dave"}
	chacha.New([32]byte{1}).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	fmt.Println(order)
	// Output: [Alice Dave Bob Charlie]
}
