package benchmark

import (
	"math"
	"slices"
	"testing"
)

// TestFit fits lines that are known, with and without errors.
func TestFit(t *testing.T) {
	points := [][]int{{0, 0}, {10, 0}, {20, 0}, {0, 5}, {0, 9}, {20, 9}}
	for name, test := range map[string]struct {
		f    func(a, b float64) float64
		want []float64
	}{
		"line":                  {func(a, b float64) float64 { return 7 + 3*a + 100*b }, []float64{7, 3, 100}},
		"constant":              {func(_, _ float64) float64 { return 1e12 }, []float64{1e12, 0, 0}},
		"nothing":               {func(_, _ float64) float64 { return 0 }, []float64{0, 0, 0}},
		"falling is not fitted": {func(a, _ float64) float64 { return 1000 - a }, []float64{990, 0}},
		"base below zero":       {func(a, b float64) float64 { return max(a+b-1, 0) }, nil},
	} {
		var y []float64
		for _, p := range points {
			y = append(y, test.f(float64(p[0]), float64(p[1])))
		}
		got := fit(points, y)
		if slices.ContainsFunc(got, func(v float64) bool { return v < 0 || math.IsNaN(v) }) {
			t.Errorf("%s: %v", name, got)
		}
		for i, want := range test.want {
			if math.Abs(got[i]-want) > 1e-3+want*0.01 {
				t.Errorf("%s: %v, want %v", name, got, test.want)
				break
			}
		}
	}
	// Nothing varies: the second column has no say.
	if got := fit([][]int{{5}, {5}}, []float64{10, 10}); math.Abs(got[0]+5*got[1]-10) > 1e-6 {
		t.Errorf("one amount: %v", got)
	}
}

func TestRounded(t *testing.T) {
	for v, want := range map[float64]uint64{0: 0, 0.2: 1, 999: 999, 999.5: 1000, 1001: 1010, 123456: 124000, 1e12: 1e12} {
		if got := rounded(v); got != want {
			t.Errorf("%v becomes %d, want %d", v, got, want)
		}
	}
	for n, want := range map[uint64]string{0: "0", 9999: "9999", 12345: "12_345", 1000000: "1_000_000"} {
		if got := number(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}
