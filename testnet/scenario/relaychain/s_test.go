package relaychain

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

func containsText(text, part string) bool { return strings.Contains(text, part) }

var digits = regexp.MustCompile(`[0-9]+`)

// points returns the names of all disk operations of a short run, without the
// numbers in them.
func points(t *testing.T, n int) []string {
	t.Helper()
	s := run(t, Config{Seed: 1, Nodes: n})
	found := map[string]bool{}
	note := func(operation string) bool {
		found[digits.ReplaceAllString(operation, "")] = true
		return false
	}
	s.Disk(0).SetFaults(engine.DiskFaults{StopAt: note})
	s.Run(2 * EpochSlots * SlotMillis)
	s.Crash(0)
	s.Restart(0)
	s.Run(EpochSlots * SlotMillis)
	return slices.Sorted(maps.Keys(found))
}

// S01: a process ends at every named point of its writes, in turn: before a
// write, between write and sync, and after the sync before anything was sent.
func TestSimS01CrashAtEveryPoint(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		all := points(t, n)
		if len(all) < 15 {
			t.Fatalf("only %d points: %q", len(all), all)
		}
		s := begin(t, Config{Seed: 101, Nodes: n, Eager: true})
		s.Run(10 * SlotMillis)
		runs, hit := 1, map[string]bool{}
		if engine.Long() {
			runs = 20
		}
		for range runs {
			for _, point := range all {
				id := engine.NodeID(s.Random().Below(uint64(n)))
				left := s.Random().Below(3)
				s.Disk(id).SetFaults(engine.DiskFaults{StopAt: func(operation string) bool {
					if digits.ReplaceAllString(operation, "") != point {
						return false
					}
					if left > 0 {
						left--
						return false
					}
					hit[point] = true
					s.Disk(id).SetFaults(engine.DiskFaults{})
					return true
				}})
				if strings.Contains(point, "create") || strings.Contains(point, "rename") || strings.Contains(point, "names") {
					s.Crash(id) // these happen at a start
					s.Restart(id)
				}
				for range 8 {
					if s.Run(SlotMillis); s.Node(id) == nil {
						break
					}
				}
				s.Disk(id).SetFaults(engine.DiskFaults{})
				s.Run(primitives.Millis(s.Random().Below(100)))
				s.Restart(id)
			}
		}
		if len(hit)*10 < len(all)*7 {
			s.fail("of %d points only %d were hit", len(all), len(hit))
		}
		ends(s)
		t.Logf("%d points, %d hit; %s", len(all), len(hit), s.Sometimes)
	})
}

// S02: power fails for some nodes, or all, at any time: what was not synced is
// gone in part.
func TestSimS02PowerLoss(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 102, Nodes: n, Eager: true})
		s.Run(10 * SlotMillis)
		for i := range int(lasting(12, 500)) {
			s.Run(primitives.Millis(s.Random().Below(5 * SlotMillis)))
			k := 1 + int(s.Random().Below(uint64(n)))
			if i%4 == 0 {
				k = n
			}
			down := some(s, n, k)
			for _, id := range down {
				s.PowerLoss(id)
			}
			for _, id := range down {
				s.Run(primitives.Millis(s.Random().Below(500)))
				s.Restart(id)
			}
		}
		ends(s)
	})
}

// S05 and S06: disks that are full, or whose sync fails once or for ever: the
// process ends, and starts again when the disk is well.
func TestSimS06DiskFails(t *testing.T) {
	for name, faults := range map[string]engine.DiskFaults{"full": {Full: true}, "sync once": {FailSyncs: 1}, "sync": {FailSyncs: -1}} {
		t.Run(name, func(t *testing.T) {
			forSizes(t, func(t *testing.T, n int) {
				s := begin(t, Config{Seed: 106, Nodes: n})
				s.Run(10 * SlotMillis)
				for _, id := range some(s, n, faulty(n)) {
					s.Disk(id).SetFaults(faults)
					s.Run(5 * SlotMillis)
					if s.Node(id) != nil {
						s.fail("node %d goes on with a disk that fails", id)
					}
					s.Restart(id)
					s.Run(2 * SlotMillis)
					s.Disk(id).SetFaults(engine.DiskFaults{})
					s.PowerLoss(id)
					s.Restart(id)
				}
				ends(s)
			})
		})
	}
}

// S08: a sync takes seconds on some nodes. They miss slots, and contradict
// nothing.
func TestSimS08SlowDisk(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 108, Nodes: n})
		slow := some(s, n, faulty(n))
		for _, id := range slow {
			s.Disk(id).SetFaults(engine.DiskFaults{SlowMin: 1000, SlowMax: 5000})
		}
		before := s.top
		s.Run(lasting(2*minute, hour))
		if s.top < before+30 {
			s.fail("finalized %d, %d before", s.top, before)
		}
		for _, id := range slow {
			s.Disk(id).SetFaults(engine.DiskFaults{})
			s.Crash(id)
			s.Restart(id)
		}
		ends(s)
	})
}

// S13: nodes crash around the change of a session.
func TestSimS13CrashAtSessionChange(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 113, Nodes: n, Eager: true})
		session := primitives.Millis(EpochSlots * SlotMillis)
		for range int(lasting(4, 100)) {
			s.Run(session - (s.Now()-Start)%session - 2*SlotMillis)
			for range 8 {
				s.Run(primitives.Millis(s.Random().Below(SlotMillis)))
				id := engine.NodeID(s.Random().Below(uint64(n)))
				s.PowerLoss(id)
				s.Run(primitives.Millis(s.Random().Below(200)))
				s.Restart(id)
			}
		}
		ends(s)
		s.Proven()
	})
}

// S14: the clock is an hour back when a node starts again. It makes no block for
// a slot that is over.
func TestSimS14ClockBackAtRestart(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 114, Nodes: n, Eager: true})
		s.Run(minute)
		for _, id := range some(s, n, faulty(n)) {
			s.Crash(id)
			s.StepClock(id, -3_600_000)
			s.Restart(id)
			made := len(s.wire.seen)
			s.Run(minute)
			for key := range s.wire.sealed {
				if key.author == int(id) && primitives.Millis(key.slot)*SlotMillis < s.Now()-3_000_000 {
					s.fail("node %d made a block for slot %d", id, key.slot)
				}
			}
			if len(s.wire.seen) == made {
				s.fail("nobody makes blocks")
			}
			s.SetClock(id, 0, 0)
		}
		ends(s)
	})
}

// S01 for a validator that is alone: nobody else has what it loses. Its process
// ends each time a block becomes final, before that is written, in particular
// where a set ends.
func TestSimS01AloneBeforeFinal(t *testing.T) {
	t.Parallel()
	s := begin(t, Config{Seed: 201, Nodes: 1, Eager: true})
	stops, passed := 0, 0
	s.Disk(0).SetFaults(engine.DiskFaults{StopAt: func(operation string) bool {
		if operation != "put final" {
			return false
		}
		if passed++; passed%2 == 0 {
			return false
		}
		stops++
		return true
	}})
	for range 5 * EpochSlots {
		s.Run(SlotMillis)
		s.Restart(0)
	}
	s.Disk(0).SetFaults(engine.DiskFaults{})
	s.Restart(0)
	s.Recovers()
	s.Proven()
	if stops < 10 {
		s.fail("stopped %d times", stops)
	}
}
