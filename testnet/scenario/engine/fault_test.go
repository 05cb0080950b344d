package engine_test

import (
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// ticker notes the time of each input, and wants to be woken every 100 ms of its
// own clock.
type ticker struct {
	next primitives.Millis
	seen *[]primitives.Millis
}

func (k *ticker) Next() (primitives.Millis, bool) { return k.next, true }

func (k *ticker) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	*k.seen = append(*k.seen, now)
	for k.next <= now {
		k.next += 100
	}
	return nil
}

func tick(config engine.Config) (*engine.Engine, []*[]primitives.Millis) {
	seen := make([]*[]primitives.Millis, config.Nodes)
	for i := range seen {
		seen[i] = new([]primitives.Millis)
	}
	config.Start = 1_000_000
	config.Boot = func(id engine.NodeID, _ *engine.Disk) engine.Node { return &ticker{seen: seen[id]} }
	return engine.New(config), seen
}

func TestClocks(t *testing.T) {
	t.Parallel()
	e, seen := tick(engine.Config{Nodes: 3})
	e.SetClock(1, 500, 0)
	e.SetClock(2, 0, 100_000) // a tenth too fast
	e.Run(1_010_000)
	last := func(id int) primitives.Millis { return (*seen[id])[len(*seen[id])-1] }
	if got := last(0); got < 1_009_900 || got > 1_010_000 {
		t.Errorf("a good clock shows %d", got)
	}
	if got := last(1); got < 1_010_400 || got > 1_010_500 {
		t.Errorf("a clock half a second ahead shows %d", got)
	}
	if got, n := last(2), len(*seen[2]); got < 1_010_800 || got > 1_011_000 || n < 108 {
		t.Errorf("a clock that is too fast shows %d after %d ticks", got, n)
	}
	e.StepClock(1, -3000)
	before := last(1)
	e.Run(1_012_000)
	if got := last(1); got != before {
		t.Errorf("a clock that was set back shows %d, %d before", got, before)
	}
	e.Run(1_016_000)
	if got := last(1); got < 1_013_400 || got > 1_013_500 {
		t.Errorf("a clock that was set back shows %d later", got)
	}
	for id, times := range seen {
		if !slices.IsSorted(*times) {
			t.Errorf("the clock of node %d went back", id)
		}
	}
}

func TestSuspendedNodesGetEverythingLater(t *testing.T) {
	t.Parallel()
	plan := []engine.Output{engine.Send{To: 1, Data: []byte("a")}, engine.Send{To: 1, Data: []byte("b")}}
	e, log := run(engine.Config{Nodes: 2}, plan...)
	e.Suspend(1)
	e.Run(5000)
	if got := (*log)[1]; len(got) != 0 {
		t.Errorf("a suspended node handled %d inputs", len(got))
	}
	e.Resume(1)
	e.Run(5001)
	if got := deliveries((*log)[1]); len(got) != 2 || (*log)[1][1].now < 5000 {
		t.Errorf("heard %q", got)
	}
}

func TestSlowNodesTakeTheirTime(t *testing.T) {
	t.Parallel()
	var plan []engine.Output
	for i := range 10 {
		plan = append(plan, engine.Send{To: 1, Data: []byte{byte(i)}})
	}
	e, log := run(engine.Config{Nodes: 2, Cost: func(engine.Input) uint64 { return 10_000 }}, plan...)
	e.Slow(1, 10)
	e.Run(600)
	few := len(deliveries((*log)[1]))
	e.Run(10_000)
	all := deliveries((*log)[1])
	if few == 0 || few > 6 || len(all) != 10 {
		t.Errorf("handled %d in half a second and %d at last, at 100 ms each", few, len(all))
	}
}

func TestBandwidth(t *testing.T) {
	t.Parallel()
	var plan []engine.Output
	for i := range 40 {
		plan = append(plan, engine.Send{To: 1, Data: append(make([]byte, 999), byte(i))})
	}
	e, log := run(engine.Config{Nodes: 2}, plan...)
	e.SetBandwidth(0, 1000)
	e.Run(5000)
	few := len(deliveries((*log)[1]))
	e.Run(100_000)
	all := len(deliveries((*log)[1]))
	if few < 3 || few > 5 || all < 30 || all > 32 || e.Dropped() != uint64(40-all) {
		t.Errorf("%d kB in 5 s and %d at last, at 1 kB a second; %d dropped", few, all, e.Dropped())
	}
}

func TestLateMessagesOvertakeNobodyElse(t *testing.T) {
	t.Parallel()
	var plan []engine.Output
	for i := range 100 {
		plan = append(plan, engine.Send{To: 1, Data: []byte{byte(i)}})
	}
	e, log := run(engine.Config{Nodes: 2, Jitter: 1}, plan...)
	e.SetLinks(engine.Link{Late: 300_000, LateBy: 60_000})
	e.Run(1000)
	soon := len(deliveries((*log)[1]))
	e.Run(70_000)
	if all := len(deliveries((*log)[1])); all != 100 || soon < 55 || soon > 85 {
		t.Errorf("%d of %d messages came at once", soon, all)
	}
}

func TestFlappingSplitsAndHeals(t *testing.T) {
	t.Parallel()
	e, _ := tick(engine.Config{Nodes: 5})
	splits := 0
	e.Flap(1000, 3000, func(larger []engine.NodeID) {
		splits++
		if len(larger) < 2 || !e.Parted() {
			t.Errorf("a group of %d, parted %t", len(larger), e.Parted())
		}
	})
	e.Run(1_030_000)
	e.Heal()
	if e.Parted() || splits < 10 || splits > 31 {
		t.Errorf("%d splits in 30 s, parted %t", splits, e.Parted())
	}
	e.Run(1_060_000)
	if e.Parted() {
		t.Error("it flaps on after Heal")
	}
}

// writer puts and syncs when told.
type writer struct {
	disk *engine.Disk
	out  []engine.Output
}

func (w *writer) Next() (primitives.Millis, bool) { return 0, false }
func (w *writer) Interrupted() []engine.Output    { return w.out }
func (w *writer) emit(what string)                { w.out = append(w.out, engine.Note{Payload: what}) }
func (w *writer) Handle(_ primitives.Millis, in engine.Input) []engine.Output {
	w.out = nil
	if _, ok := in.(engine.Local); ok {
		w.emit("begin")
		w.disk.Put("a", []byte("1"))
		w.emit("written")
		w.disk.Sync()
		w.emit("synced")
	}
	return w.out
}

func TestDiskFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults engine.DiskFaults
		notes  []any
		kept   bool // for certain, or for certain not
	}{
		"none":       {engine.DiskFaults{}, []any{"begin", "written", "synced"}, true},
		"full":       {engine.DiskFaults{Full: true}, []any{"begin", engine.Exited{Reason: "disk full"}}, false},
		"sync fails": {engine.DiskFaults{FailSyncs: 1}, []any{"begin", "written", engine.Exited{Reason: "sync failed"}}, false},
		"before":     {engine.DiskFaults{StopAt: func(op string) bool { return op == "put a" }}, []any{"begin", engine.Exited{Reason: "killed at put a"}}, false},
		"after":      {engine.DiskFaults{StopAt: func(op string) bool { return op == "synced a" }}, []any{"begin", "written", engine.Exited{Reason: "killed at synced a"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var notes []any
			e := engine.New(engine.Config{
				Nodes: 1, Boot: func(_ engine.NodeID, d *engine.Disk) engine.Node { return &writer{disk: d} },
				Observe: func(_ primitives.Millis, _ engine.NodeID, note any) { notes = append(notes, note) },
			})
			e.Run(10)
			e.Disk(0).SetFaults(test.faults)
			e.Tell(0, "write")
			e.Run(20)
			if !slices.Equal(notes, test.notes) {
				t.Errorf("notes %v, want %v", notes, test.notes)
			}
			_, exited := notes[len(notes)-1].(engine.Exited)
			if running := e.Node(0) != nil; running == exited {
				t.Errorf("running %t after %v", running, notes)
			}
			if name == "sync fails" {
				return // what was written may have reached the disk, or not
			}
			e.PowerLoss(0)
			if got := e.Disk(0).Get("a") != nil; got != test.kept {
				t.Errorf("kept %t, want %t", got, test.kept)
			}
		})
	}
}

// A power loss keeps any subset of what was not synced, of a batch all or
// nothing.
func TestPowerLossKeepsAnySubset(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for seed := range uint64(200) {
		e, _ := tick(engine.Config{Nodes: 1, Seed: seed})
		d := e.Disk(0)
		d.Put("a", []byte("1"))
		d.Batch(engine.Value{Key: "b", Data: []byte("1")}, engine.Value{Key: "c", Data: []byte("1")})
		e.PowerLoss(0)
		found[string(d.Get("a"))+","+string(d.Get("b"))+","+string(d.Get("c"))] = true
	}
	if len(found) != 4 || !found["1,,"] || !found[",1,1"] || !found["1,1,1"] || !found[",,"] {
		t.Errorf("found %v", found)
	}
}

func TestSlowSyncKeepsTheNodeBusy(t *testing.T) {
	t.Parallel()
	var at []primitives.Millis
	e := engine.New(engine.Config{
		Nodes: 1, Boot: func(_ engine.NodeID, d *engine.Disk) engine.Node { return &writer{disk: d} },
		Observe: func(now primitives.Millis, _ engine.NodeID, note any) {
			if note == "begin" {
				at = append(at, now)
			}
		},
	})
	e.Run(10)
	e.Disk(0).SetFaults(engine.DiskFaults{SlowMin: 1000, SlowMax: 2000})
	for range 3 {
		e.Tell(0, "write")
	}
	e.Run(10_000)
	if len(at) != 3 || at[0] < 1010 || at[1] < at[0]+1000 || at[2] < at[1]+1000 || at[2] > 6020 {
		t.Errorf("writes are done at %v", at)
	}
}

// orderly notes what it is told, and syncs its disk before if that is "slow".
type orderly struct{ disk *engine.Disk }

func (orderly) Next() (primitives.Millis, bool) { return 0, false }
func (orderly) Interrupted() []engine.Output    { return nil }
func (o orderly) Handle(_ primitives.Millis, in engine.Input) []engine.Output {
	told, ok := in.(engine.Local)
	if !ok {
		return nil
	}
	if told.Payload == "slow" {
		o.disk.Put("a", []byte("1"))
		o.disk.Sync()
	}
	return []engine.Output{engine.Note(told)}
}

// A process that is stopped while it waits for its disk ends that first.
func TestStoppedWhileBusyKeepsTheOrder(t *testing.T) {
	t.Parallel()
	var notes []any
	e := engine.New(engine.Config{
		Nodes: 1, Boot: func(_ engine.NodeID, d *engine.Disk) engine.Node { return orderly{d} },
		Observe: func(_ primitives.Millis, _ engine.NodeID, note any) { notes = append(notes, note) },
	})
	e.Disk(0).SetFaults(engine.DiskFaults{SlowMin: 1000, SlowMax: 2000})
	e.Tell(0, "slow")
	e.Run(10)
	e.Suspend(0)
	e.Tell(0, "quick")
	e.Run(5000)
	e.Resume(0)
	e.Run(10_000)
	if !slices.Equal(notes, []any{"slow", "quick"}) {
		t.Errorf("done in the order %q", notes)
	}
}

func TestStreamsAndCounters(t *testing.T) {
	t.Parallel()
	seen := map[uint64]bool{}
	for id := range engine.NodeID(4) {
		for _, purpose := range []string{"disk", "network"} {
			a, b := engine.Stream(7, id, purpose).Uint64(), engine.Stream(7, id, purpose).Uint64()
			if a != b || seen[a] {
				t.Errorf("stream of node %d for %s: %d and %d", id, purpose, a, b)
			}
			seen[a] = true
		}
	}
	s := engine.Sometimes{}
	s.Add("a")
	s.Merge(engine.Sometimes{"a": 2, "b": 1})
	if got := s.Never("a", "c", "b"); s["a"] != 3 || !slices.Equal(got, []string{"c"}) || s.String() != "a 3, b 1" {
		t.Errorf("%v, never %q", s, got)
	}
}
