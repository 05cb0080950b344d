package frame_test

import (
	"math"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
)

// TestCost adds costs up, and does not let them wrap around.
func TestCost(t *testing.T) {
	base, each := frame.Cost{Time: 100, Reads: 1, Proof: 7}, frame.Cost{Time: 10, Writes: 2, Proof: 1}
	want := frame.Weight{RefTime: 130 + frame.ReadTime + 6*frame.WriteTime, ProofSize: 10}
	if got := base.Plus(3, each).Weight(); got != want {
		t.Errorf("weight %+v, want %+v", got, want)
	}
	if got := base.Plus(-1, each); got != base {
		t.Errorf("less than none: %+v", got)
	}
	most := frame.Cost{Time: math.MaxUint64, Reads: math.MaxUint64, Writes: math.MaxUint64, Proof: math.MaxUint64}
	if got := most.Plus(math.MaxInt, most).Weight(); got != (frame.Weight{RefTime: math.MaxUint64, ProofSize: math.MaxUint64}) {
		t.Errorf("the most: %+v", got)
	}
}
