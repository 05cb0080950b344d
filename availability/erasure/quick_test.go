package erasure

import (
	"bytes"
	"errors"
	"math/bits"
	"testing"

	"pgregory.net/rapid"
)

// counts are the validator counts recovery is tried for.
func counts(short bool) []int {
	out := []int{100, maxSmallField, maxSmallField + 1, 300, 1000}
	if short {
		out = out[:3]
	}
	for n := 1; n <= 40; n++ {
		out = append(out, n)
	}
	return out
}

// TestQuickReconstruct: any k shards give the payload and zeros, k−1 do not,
// and shards that were given are not changed.
func TestQuickReconstruct(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(counts(testing.Short())).Draw(t, "n")
		k := (n-1)/3 + 1
		payload := pattern(rapid.IntRange(0, 300*k).Draw(t, "len"), rapid.Uint64().Draw(t, "seed"))
		shards, err := Encode(payload, n)
		if err != nil {
			t.Fatal(err)
		}
		subset := rapid.Permutation(numbered(shards)).Draw(t, "order")
		count := rapid.IntRange(k, n).Draw(t, "count")
		if rapid.Bool().Draw(t, "exact") {
			count = k
		}
		before := bytes.Join(shards, nil)
		padded, err := Reconstruct(subset[:count], n)
		if err != nil {
			t.Fatal(err)
		}
		if len(padded) != k*len(shards[0]) || !bytes.Equal(padded, before[:len(padded)]) {
			t.Fatalf("n=%d: payload differs", n)
		}
		if !bytes.Equal(bytes.Join(shards, nil), before) {
			t.Fatal("a given shard was changed")
		}
		again, err := Extend(padded, n)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytes.Join(again, nil), before) {
			t.Fatal("extending gives other shards")
		}
		if _, err := Reconstruct(subset[:k-1], n); !errors.Is(err, ErrTooFew) {
			t.Fatalf("k-1 shards: got %v, want %v", err, ErrTooFew)
		}
	})
}

// TestEverySubset tries all subsets of k shards for small n.
func TestEverySubset(t *testing.T) {
	largest := 11
	if testing.Short() {
		largest = 8
	}
	for n := 1; n <= largest; n++ {
		k := (n-1)/3 + 1
		shards, err := Encode(pattern(k*50, uint64(n)), n)
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.Join(shards[:k], nil)
		for set := range 1 << n {
			if bits.OnesCount(uint(set)) != k {
				continue
			}
			var some []Shard
			for i, s := range numbered(shards) {
				if set>>i&1 == 1 {
					some = append(some, s)
				}
			}
			if got, err := Reconstruct(some, n); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("n=%d set=%b: wrong payload, %v", n, set, err)
			}
		}
	}
}
