package babe

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestQuickThreshold checks what defines the threshold: the probabilities to
// lose multiply, so that splitting weight among keys gains nothing.
func TestQuickThreshold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.Uint64Range(2, 1<<63).Draw(t, "den")
		c := [2]uint64{rapid.Uint64Range(1, den-1).Draw(t, "num"), den}
		total := rapid.Uint64Range(2, 1<<62).Draw(t, "total")
		sum := rapid.Uint64Range(2, total).Draw(t, "sum")
		part := rapid.Uint64Range(1, sum-1).Draw(t, "part")

		lose := func(weight uint64) *big.Int {
			return new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 128), PrimaryThreshold(c, weight, total).big())
		}
		joint := new(big.Int).Mul(lose(part), lose(sum-part))
		joint.Rsh(joint, 128)
		if diff := joint.Sub(joint, lose(sum)); diff.CmpAbs(big.NewInt(8)) > 0 {
			t.Fatalf("c %v, weights %d + %d of %d: chances to lose differ by %d·2^−128", c, part, sum-part, total, diff)
		}
	})
}

// TestThresholdExact checks thresholds that are known exactly.
func TestThresholdExact(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		c             [2]uint64
		weight, total uint64
		num, den      int64 // of the probability
	}{
		{[2]uint64{1, 4}, 1, 1, 1, 4},
		{[2]uint64{3, 4}, 1, 2, 1, 2},
		{[2]uint64{7, 8}, 1, 3, 1, 2},
		{[2]uint64{7, 8}, 2, 3, 3, 4},
		{[2]uint64{5, 9}, 1, 2, 1, 3},
		{[2]uint64{19, 100}, 1, 2, 1, 10},
		{[2]uint64{1, 1}, 1, 5, 1, 1},
	} {
		want := new(big.Int).Lsh(big.NewInt(x.num), 128)
		want.Quo(want, big.NewInt(x.den))
		got := PrimaryThreshold(x.c, x.weight, x.total).big()
		if diff := new(big.Int).Sub(want, got); diff.CmpAbs(big.NewInt(1)) > 0 {
			t.Errorf("c %v, weight %d of %d: %d, want %d", x.c, x.weight, x.total, got, want)
		}
	}
}

func BenchmarkPrimaryThreshold(b *testing.B) {
	for b.Loop() {
		PrimaryThreshold([2]uint64{1, 4}, 1, 297)
	}
}
