package scheduler_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestVectorsRotation compares with GroupRotationInfo of polkadot-primitives.
func TestVectorsRotation(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/rotation.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases [][7]uint32 }
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	for _, c := range file.Cases {
		at, core := primitives.BlockNumber(c[2]), primitives.CoreIndex(c[4])
		group, next := primitives.GroupIndex(c[5]), primitives.BlockNumber(c[6])
		r := scheduler.Rotation{SessionStart: primitives.BlockNumber(c[0]), Frequency: primitives.BlockNumber(c[1]), Groups: int(c[3]), Cores: int(c[3])}
		if got, ok := r.GroupForCore(core, at); !ok || got != group {
			t.Errorf("%+v: group %d (%t) serves core %d at %d, want %d", r, got, ok, core, at, group)
		}
		if got := r.CoresForGroup(group, at); !slices.Equal(got, []primitives.CoreIndex{core}) {
			t.Errorf("%+v: group %d serves %d at %d, want %d", r, group, got, at, core)
		}
		if got := r.NextRotation(at); got != next {
			t.Errorf("%+v: groups move at %d after %d, want %d", r, got, at, next)
		}
	}
}
