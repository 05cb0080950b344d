package scheduler_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
)

func known(primitives.ParaID) bool { return true }

func state(t *testing.T, cores ...[]primitives.ParaID) (*frame.State, configuration.SchedulerParams) {
	t.Helper()
	s := frame.NewState(frame.Memory{})
	config := configuration.Local()
	config.SchedulerParams.NumCores = uint32(len(cores))
	if err := configuration.Genesis(s, config); err != nil {
		t.Fatal(err)
	}
	if err := scheduler.Genesis(s, cores, known); err != nil {
		t.Fatal(err)
	}
	return s, config.SchedulerParams
}

func TestGenesisReasons(t *testing.T) {
	s, _ := state(t, []primitives.ParaID{1})
	if err := scheduler.Genesis(s, nil, known); !errors.Is(err, scheduler.ErrCores) {
		t.Errorf("got %v", err)
	}
	if err := scheduler.Genesis(s, [][]primitives.ParaID{{2}}, func(primitives.ParaID) bool { return false }); !errors.Is(err, scheduler.ErrPara) {
		t.Errorf("got %v", err)
	}
}

// Groups partition the validators; sizes differ by one at most and none is
// empty.
func TestQuickGroups(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n, cores := rapid.IntRange(0, 300).Draw(r, "validators"), rapid.IntRange(0, 100).Draw(r, "cores")
		groups := scheduler.Groups(n, cores)
		if len(groups) != min(n, cores) {
			r.Fatalf("%d groups", len(groups))
		}
		if len(groups) == 0 {
			return
		}
		all := slices.Concat(groups...)
		if len(all) != n {
			r.Fatalf("%d validators in groups", len(all))
		}
		for i, v := range all {
			if int(v) != i {
				r.Fatalf("validator %d at position %d", v, i)
			}
		}
		if first, last := len(groups[0]), len(groups[len(groups)-1]); last == 0 || first-last > 1 {
			r.Fatalf("groups of %d and %d", first, last)
		}
	})
}

func TestCoreCount(t *testing.T) {
	five := uint32(5)
	for _, c := range []struct {
		assigned, n int
		limit       *uint32
		want        int
	}{{3, 100, nil, 3}, {3, 100, &five, 20}, {30, 100, &five, 30}, {3, 9, &five, 3}, {3, 9999, &five, 256}} {
		if got := scheduler.CoreCount(c.assigned, c.n, configuration.SchedulerParams{MaxValidatorsPerCore: c.limit}); got != c.want {
			t.Errorf("%+v: got %d", c, got)
		}
	}
}

// Every group serves every core in turn; the inverse agrees.
//
// Source: polkadot-sdk primitives/src/v8, GroupRotationInfo.
func TestQuickRotation(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rotation := scheduler.Rotation{
			SessionStart: primitives.BlockNumber(rapid.Uint32Range(0, 1000).Draw(r, "start")),
			Frequency:    primitives.BlockNumber(rapid.Uint32Range(1, 20).Draw(r, "frequency")),
			Groups:       rapid.IntRange(1, 20).Draw(r, "groups"),
		}
		rotation.Cores = rotation.Groups + rapid.IntRange(0, 5).Draw(r, "more cores")
		at := rotation.SessionStart + primitives.BlockNumber(rapid.Uint32Range(0, 1000).Draw(r, "at"))
		turns := int(at-rotation.SessionStart) / int(rotation.Frequency)
		for core := range primitives.CoreIndex(rotation.Cores) {
			group, ok := rotation.GroupForCore(core, at)
			if want := (int(core) + turns) % rotation.Groups; !ok || int(group) != want {
				r.Fatalf("core %d: got group %d %v want %d", core, group, ok, want)
			}
			if !slices.Contains(rotation.CoresForGroup(group, at), core) {
				r.Fatalf("core %d is not among those of group %d", core, group)
			}
		}
		if rotation.Cores == rotation.Groups {
			group := rapid.IntRange(0, rotation.Groups-1).Draw(r, "group")
			want := (group + rotation.Groups - turns%rotation.Groups) % rotation.Groups
			if got := rotation.CoresForGroup(primitives.GroupIndex(group), at); len(got) != 1 || int(got[0]) != want {
				r.Fatalf("group %d: got cores %v want %d", group, got, want)
			}
		}
		next := rotation.NextRotation(at)
		before, _ := rotation.GroupForCore(0, next-1)
		after, _ := rotation.GroupForCore(0, next)
		now, _ := rotation.GroupForCore(0, at)
		if next <= at || before != now || rotation.Groups > 1 && after == now {
			r.Fatalf("next rotation after %d is %d", at, next)
		}
	})
}

func TestRotationBounds(t *testing.T) {
	rotation := scheduler.Rotation{SessionStart: 10, Frequency: 4, Groups: 2, Cores: 2}
	if _, ok := rotation.GroupForCore(0, 9); ok {
		t.Error("group before the session")
	}
	if _, ok := rotation.GroupForCore(2, 10); ok {
		t.Error("group of a core that is not")
	}
	if _, ok := (scheduler.Rotation{Frequency: 4, Cores: 2}).GroupForCore(0, 10); ok {
		t.Error("group where there is none")
	}
}

func TestClaimQueue(t *testing.T) {
	s, params := state(t, []primitives.ParaID{2000}, []primitives.ParaID{2001, 2002}, nil)
	scheduler.BeginSession(s, 4, 1, params)
	expect := func(want string) {
		t.Helper()
		if got := fmt.Sprint(scheduler.ClaimQueue.Get(s)); got != want {
			t.Errorf("got %s want %s", got, want)
		}
	}
	expect("[[2000 2000 2000] [2001 2002 2001] []]")
	scheduler.Advance(s, func(primitives.CoreIndex) bool { return true }, params.Lookahead)
	expect("[[2000 2000 2000] [2002 2001 2002] []]")
	scheduler.Advance(s, func(core primitives.CoreIndex) bool { return core != 1 }, params.Lookahead)
	expect("[[2000 2000 2000] [2002 2001 2002] []]")
	params.Lookahead = 1
	scheduler.BeginSession(s, 4, 9, params) // claims go on
	expect("[[2000] [2002] []]")
	queue := [][]primitives.ParaID{{1, 2}, {2, 1}, {1}}
	for _, c := range []struct {
		para   primitives.ParaID
		offset uint8
		want   []primitives.CoreIndex
	}{{1, 0, []primitives.CoreIndex{0, 2}}, {2, 1, []primitives.CoreIndex{0}}, {1, 1, []primitives.CoreIndex{1}}, {1, 2, nil}, {3, 0, nil}} {
		if got := scheduler.CoresOf(queue, c.para, c.offset); !slices.Equal(got, c.want) {
			t.Errorf("cores of %d at %d: %v", c.para, c.offset, got)
		}
	}
}
