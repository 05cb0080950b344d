package runtime_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/runtime/benchmark"
)

// TestLargeExtrinsicsDoNotKeepOthersOut offers what never fits, and what does not
// fit any more, before small ones. The first extrinsic without room once ended
// the block, each time anew.
func TestLargeExtrinsicsDoNotKeepOthersOut(t *testing.T) {
	c := newChain(t)
	remark := func(who byte, nonce primitives.Nonce, length int) primitives.Extrinsic {
		return c.signed(account(who), nonce, 0, system.Remark{Remark: make([]byte, length)})
	}
	block := c.grow(1, 0,
		remark(1, 0, 4<<20), // never fits
		remark(1, 0, 3<<20), // fits
		remark(1, 1, 2<<20), // does not any more
		remark(2, 0, 1000),
	)
	if len(block.Extrinsics) != 4 || len(c.refused) != 2 || !errors.Is(c.refused[0], executive.ErrOversize) || !errors.Is(c.refused[1], executive.ErrExhaustsResources) {
		t.Errorf("%d extrinsics, refused %v", len(block.Extrinsics), c.refused)
	}
	var many []primitives.Extrinsic
	many = append(many, remark(1, 1, 3<<20))
	for range 20 {
		many = append(many, remark(1, 2, 3<<20))
	}
	c.grow(1, 0, many...)
	if len(c.refused) != 8 {
		t.Errorf("%d extrinsics without room were tried, want 8", len(c.refused))
	}
}

// mandatory returns what the next block weighs without signed extrinsics.
func (c *chain) mandatory() uint64 {
	c.t.Helper()
	block, outcome := c.build(1, 0)
	after := &memoryView{maps.Clone(c.view.Memory), map[string][]byte{}}
	after.Memory.Apply(outcome.Changes)
	weights := system.BlockWeight.Get(runtime.NewQuery(after).State())
	if len(block.Extrinsics) != 2 || weights.Mandatory.RefTime <= frame.BlockTime {
		c.t.Errorf("a block with %d inherents weighs %+v", len(block.Extrinsics), weights)
	}
	return weights.Mandatory.RefTime
}

// TestBlockWeightIsBounded offers more calls than fit the time of a slot.
func TestBlockWeightIsBounded(t *testing.T) {
	c := newChain(t)
	call := balances.TransferKeepAlive{Dest: primitives.AddressID{ID: account(2)}, Value: primitives.NewBalance(1)}
	const slot = slotDuration * 1_000_000_000 // picoseconds
	var many []primitives.Extrinsic
	for n := range primitives.Nonce(2 * slot / 3 / executive.SignedWeight) {
		many = append(many, c.signed(account(1), n, 0, call))
	}
	block := c.grow(1, 0, many...)
	inherents := c.mandatory()
	want := int((slot/3/4*3-inherents)/(call.Info().Weight.RefTime+executive.SignedWeight)) + 2
	if got := len(block.Extrinsics); got != want {
		t.Errorf("%d extrinsics, want %d", got, want)
	}
	block.Extrinsics = append(block.Extrinsics, many[want-2])
	block.Header.ExtrinsicsRoot = executive.ExtrinsicsRoot(block.Extrinsics)
	other := newChain(t)
	if _, err := other.runtime.Execute(other.view, other.head, block); !errors.Is(err, executive.ErrExhaustsResources) {
		t.Errorf("a block with one more: %v, want %v", err, executive.ErrExhaustsResources)
	}
}

// TestEndOfASessionCounts offers the same calls to a block that ends a session, and to
// one that does not.
func TestEndOfASessionCounts(t *testing.T) {
	c := newChain(t)
	c.grow(1, 0)
	table, err := benchmark.InForce()
	if err != nil {
		t.Fatal(err)
	}
	call := system.Remark{}
	var many []primitives.Extrinsic
	const slot = slotDuration * 1_000_000_000 // picoseconds
	for n := range primitives.Nonce(slot / 3 / executive.SignedWeight) {
		many = append(many, c.signed(account(1), n, 0, call))
	}
	fill := func(skip primitives.Slot) (signed int, weights system.ConsumedWeight) {
		block, outcome := c.build(skip, 0, many...)
		after := &memoryView{maps.Clone(c.view.Memory), map[string][]byte{}}
		after.Memory.Apply(outcome.Changes)
		return len(block.Extrinsics) - 2, system.BlockWeight.Get(runtime.NewQuery(after).State())
	}
	usual, before := fill(1)
	fewer, ending := fill(5)
	end := table.Entry("Runtime", "EndSession").At([]int{3, 0}).Weight()
	if got := before.Mandatory.Add(end); got != ending.Mandatory {
		t.Errorf("a block that ends a session weighs %+v besides extrinsics, want %+v", ending.Mandatory, got)
	}
	room := func(mandatory uint64) int {
		return int((slot/3/4*3 - mandatory) / (call.Info().Weight.RefTime + executive.SignedWeight))
	}
	if usual != room(before.Mandatory.RefTime) || fewer != room(ending.Mandatory.RefTime) || fewer >= usual {
		t.Errorf("%d extrinsics, and %d in a block that ends a session", usual, fewer)
	}
	c.grow(5, 0, many[:10]...)
	if again, weights := fill(1); weights.Mandatory != before.Mandatory {
		t.Errorf("the block after it has %d extrinsics and weighs %+v besides, want %+v", again, weights.Mandatory, before.Mandatory)
	}
}

// FuzzExtrinsic applies any bytes as an extrinsic: it is refused without a trace,
// or it is in the block.
func FuzzExtrinsic(f *testing.F) {
	c := newChain(f)
	for _, call := range []frame.Call{system.Remark{Remark: []byte("hi")}, balances.TransferAll{Dest: primitives.AddressID{ID: account(2)}}} {
		f.Add([]byte(c.signed(account(1), 0, 5, call)))
		f.Add([]byte(runtime.Bare(call)))
	}
	empty, _ := c.build(1, 0)
	for _, x := range empty.Extrinsics {
		f.Add([]byte(x))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c := *c // the state is not changed
		c.t = t
		x := primitives.Extrinsic(data)
		block, outcome := c.build(1, 0, x)
		if len(c.refused) == 0 {
			if len(block.Extrinsics) != len(empty.Extrinsics)+1 {
				t.Fatalf("%x is neither in the block nor refused", data)
			}
			if executed, err := c.runtime.Execute(c.view, c.head, block); err != nil || executed.Root != outcome.Root {
				t.Fatalf("the block with %x does not execute as it was built: %v", data, err)
			}
			return
		}
		if fmt.Sprint(block) != fmt.Sprint(empty) {
			t.Fatalf("%x was refused (%v), but changed the block", data, c.refused)
		}
	})
}

// TestBuildingLeavesTheViewAlone builds a block and throws it away.
func TestBuildingLeavesTheViewAlone(t *testing.T) {
	c := newChain(t)
	before := maps.Clone(c.view.Memory)
	c.build(1, 0, c.signed(account(1), 0, 0, system.Remark{}))
	if fmt.Sprint(before) != fmt.Sprint(c.view.Memory) {
		t.Error("the view changed")
	}
}

// TestDividedRoot builds and executes a block that changes many accounts, with the
// work on its root divided: it is the same block with the same outcome.
func TestDividedRoot(t *testing.T) {
	c := newChain(t)
	var extrinsics []primitives.Extrinsic
	for i := range byte(80) {
		call := balances.TransferKeepAlive{Dest: primitives.AddressID{ID: account(100 + i)}, Value: primitives.NewBalance(1e12)}
		extrinsics = append(extrinsics, c.signed(account(1), primitives.Nonce(i), 0, call))
	}
	block, want := c.build(1, 0, extrinsics...)
	pieces := 0
	c.runtime = c.runtime.WithEach(func(n int, work func(i int)) {
		pieces += n
		for i := n - 1; i >= 0; i-- {
			work(i)
		}
	})
	same, built := c.build(1, 0, extrinsics...)
	if pieces == 0 {
		t.Error("building divided nothing")
	}
	pieces = 0
	executed, err := c.runtime.Execute(c.view, c.head, block)
	if err != nil || pieces == 0 {
		t.Errorf("executing divided the root into %d pieces: %v", pieces, err)
	}
	if !reflect.DeepEqual(same, block) || !reflect.DeepEqual(built, want) || !reflect.DeepEqual(executed, want) {
		t.Error("another block or outcome")
	}
}
