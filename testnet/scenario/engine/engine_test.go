package engine_test

import (
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// echo notes what it receives, forwards gossip, and does what it is told through
// plan when first woken.
type echo struct {
	id   engine.NodeID
	plan []engine.Output
}

type heard struct {
	input engine.Input
	now   primitives.Millis
}

func (e *echo) Next() (primitives.Millis, bool) { return 0, false }

func (e *echo) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	out := []engine.Output{engine.Note{Payload: heard{in, now}}}
	switch in.(type) {
	case engine.Wake:
		out = append(out, e.plan...)
	case engine.Delivered:
		out = append(out, engine.Forward{})
	}
	return out
}

// run starts nodes, node 0 with plan, and returns what each heard.
func run(config engine.Config, plan ...engine.Output) (*engine.Engine, *[][]heard) {
	log := make([][]heard, config.Nodes)
	config.Boot = func(id engine.NodeID, _ *engine.Disk) engine.Node {
		if id == 0 {
			return &echo{id, plan}
		}
		return &echo{id, nil}
	}
	config.Observe = func(_ primitives.Millis, id engine.NodeID, note any) {
		log[id] = append(log[id], note.(heard))
	}
	return engine.New(config), &log
}

func deliveries(log []heard) (out []string) {
	for _, h := range log {
		if d, ok := h.input.(engine.Delivered); ok {
			out = append(out, d.Topic+":"+string(d.Data))
		}
	}
	return out
}

func TestGossipReachesEveryNodeOnce(t *testing.T) {
	t.Parallel()
	plan := []engine.Output{engine.Publish{Topic: "t", Data: []byte("a")}, engine.Publish{Topic: "t", Data: []byte("a")}, engine.Send{To: 2, Data: []byte("b")}}
	e, log := run(engine.Config{Nodes: 4, Duplicate: 1_000_000}, plan...)
	e.Run(10_000)
	for id, want := range [][]string{nil, {"t:a"}, {"t:a", ":b", ":b"}, {"t:a"}} {
		got := deliveries((*log)[id])
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("node %d heard %q, want %q", id, got, want)
		}
	}
}

func TestGossipIsForgotten(t *testing.T) {
	t.Parallel()
	again := engine.Publish{Topic: "t", Data: []byte("a")}
	e, log := run(engine.Config{Nodes: 2, Seen: 1000}, again)
	for _, at := range []primitives.Millis{500, 3000} {
		// The first restart of node 0 comes while node 1 remembers, the second
		// when it has forgotten.
		e.At(at, func() { e.Crash(0); e.Restart(0) })
	}
	e.Run(10_000)
	if got := deliveries((*log)[1]); len(got) != 2 {
		t.Errorf("heard %d times, want 2", len(got))
	}
}

func TestCutLossAndHeal(t *testing.T) {
	t.Parallel()
	connected := func(log []heard) (at []primitives.Millis) {
		for _, h := range log {
			if _, ok := h.input.(engine.Connected); ok {
				at = append(at, h.now)
			}
		}
		return at
	}
	send := engine.Send{To: 1, Data: []byte("x")}
	e, log := run(engine.Config{Nodes: 2}, send)
	e.Split([]engine.NodeID{0}, []engine.NodeID{1})
	e.Run(5000)
	if len(deliveries((*log)[1])) != 0 || len(connected((*log)[1])) != 0 {
		t.Error("heard something over a cut link")
	}
	e.Heal()
	e.Run(10_000)
	if at := connected((*log)[1]); len(at) != 1 || at[0] < 5000 {
		t.Errorf("connected at %v", at)
	}
	lossy, log := run(engine.Config{Nodes: 2, Loss: 1_000_000}, send)
	lossy.Run(5000)
	if len(deliveries((*log)[1])) != 0 {
		t.Error("nothing was lost")
	}
}

func TestCrashLosesMemoryTimersAndUnsyncedWrites(t *testing.T) {
	t.Parallel()
	var disk *engine.Disk
	woken := 0
	e := engine.New(engine.Config{
		Nodes: 1,
		Boot: func(id engine.NodeID, d *engine.Disk) engine.Node {
			disk = d
			return &echo{id, []engine.Output{engine.After{Delay: 1000, Payload: "timer"}}}
		},
		Observe: func(_ primitives.Millis, _ engine.NodeID, note any) {
			if _, ok := note.(heard).input.(engine.Local); ok {
				woken++
			}
		},
	})
	e.Run(10)
	disk.Put("kept", []byte("1"))
	disk.Sync()
	disk.Put("kept", []byte("2"))
	disk.Put("new", []byte("3"))
	e.Crash(0)
	if e.Node(0) != nil {
		t.Error("a crashed node is there")
	}
	kept, fresh := string(disk.Get("kept")), disk.Get("new")
	if kept == "" || kept == "1" && fresh != nil {
		t.Errorf("kept %q, new %q: not a prefix of the writes", kept, fresh)
	}
	e.Run(2000)
	if woken != 0 {
		t.Error("a timer survived the crash")
	}
	e.Restart(0)
	e.Run(4000)
	if woken != 1 {
		t.Errorf("%d timers after the restart", woken)
	}
}
