package utility_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/pallet/utility"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

var pallets = frame.Pallets{{Index: 0, Pallet: system.Pallet}, {Index: 3, Pallet: timestamp.Pallet}, {Index: 5, Pallet: balances.Pallet}, {Index: 26, Pallet: utility.Pallet}}

var alice, bob = primitives.AccountID{1}, primitives.AccountID{2}

func newContext(t *testing.T) *frame.Context {
	t.Helper()
	c := &frame.Context{State: frame.NewState(frame.Memory{}), Pallets: pallets, Phase: frame.ApplyExtrinsic{}}
	if err := balances.Mint(c, alice, primitives.NewBalance(1e12)); err != nil {
		t.Fatal(err)
	}
	c.Events = nil
	return c
}

func free(c *frame.Context, who primitives.AccountID) uint64 {
	return system.Account.Get(c.State, who).Data.Free.Lo
}

func pay(value uint64) frame.Call {
	return balances.TransferKeepAlive{Dest: primitives.AddressID{ID: bob}, Value: primitives.NewBalance(value)}
}

func nested(calls ...frame.Call) (out []frame.RuntimeCall) {
	for _, call := range calls {
		out = append(out, pallets.Nested(call))
	}
	return out
}

// kinds returns the names of the events.
func kinds(c *frame.Context) (names string) {
	for _, record := range c.Events {
		names += fmt.Sprintf(" %T", record.Event)[1:] + " "
	}
	return names
}

// TestBatches makes one call that succeeds, one that fails after it moved funds,
// and one more.
func TestBatches(t *testing.T) {
	inner := nested(pay(3e11), utility.BatchAll{Calls: nested(pay(4e11), pay(1e12))}, pay(1e11))
	failure := frame.Token{Reason: frame.FundsUnavailable}
	for name, test := range map[string]struct {
		call   frame.Measured
		paid   uint64
		err    error
		made   int // of the three
		events string
	}{
		"batch": {utility.Batch{Calls: inner}, 3e11, nil, 2, "utility.ItemCompleted utility.BatchInterrupted "},
		"all":   {utility.BatchAll{Calls: nested(pay(3e11), utility.Batch{Calls: nested(utility.BatchAll{Calls: nil})}, pay(1e12))}, 0, failure, 3, ""},
		"force": {utility.ForceBatch{Calls: inner}, 4e11, nil, 3, "utility.ItemCompleted utility.ItemFailed utility.ItemCompleted utility.BatchCompletedWithErrors "},
		"empty": {utility.Batch{}, 0, nil, 0, "utility.BatchCompleted "},
	} {
		t.Run(name, func(t *testing.T) {
			c := newContext(t)
			info, err := c.Make(frame.Signed{Account: alice}, test.call)
			if !errors.Is(err, test.err) || free(c, alice) != 1e12-test.paid || free(c, bob) != test.paid {
				t.Fatalf("alice %d, bob %d, %v", free(c, alice), free(c, bob), err)
			}
			var own []frame.EventRecord
			for _, record := range c.Events {
				if record.Event.ID().Pallet == "Utility" {
					own = append(own, record)
				}
			}
			c.Events = own
			if got := kinds(c); got != test.events {
				t.Errorf("events %s, want %s", got, test.events)
			}
			declared := test.call.Info()
			if !info.Weight.Within(declared.Weight) || test.made == 3 != (info.Weight.RefTime > declared.Weight.RefTime*9/10) && test.made != 0 {
				t.Errorf("weight %v of %v", info.Weight, declared.Weight)
			}
		})
	}
}

// TestWeightsAddUp counts what a batch declares, and what it gives back when it
// stops early.
func TestWeightsAddUp(t *testing.T) {
	c := newContext(t)
	call := utility.Batch{Calls: nested(pay(1), pay(1e13), pay(2), pay(3))}
	each, empty, one := pay(1).Info().Weight.RefTime, utility.Batch{}.Info().Weight.RefTime, utility.Batch{Calls: nested(system.Remark{})}.Info().Weight.RefTime
	item := one - empty - system.Remark{}.Info().Weight.RefTime
	if got, want := call.Info().Weight.RefTime, empty+4*(each+item); got != want || item == 0 {
		t.Errorf("declared %d, want %d", got, want)
	}
	// The first transfer creates bob with less than the deposit, so it fails.
	info, err := c.Make(frame.Signed{Account: alice}, call)
	if got, want := info.Weight.RefTime, empty+each+item; got != want || err != nil {
		t.Errorf("used %d, want %d (%v)", got, want, err)
	}
	for class, calls := range map[frame.DispatchClass][]frame.RuntimeCall{frame.Normal: nested(timestamp.Set{}, pay(1)), frame.Operational: nested(timestamp.Set{})} {
		if got := (utility.BatchAll{Calls: calls}).Info().Class; got != class {
			t.Errorf("class %d, want %d", got, class)
		}
	}
}

// TestWhoMayCall tries every call by every origin.
func TestWhoMayCall(t *testing.T) {
	remarks := nested(system.RemarkWithEvent{})
	times := nested(timestamp.Set{Now: 1})
	many := make([]frame.RuntimeCall, utility.BatchedCallsLimit+1)
	for i := range many {
		many[i] = remarks[0]
	}
	onlyRemarks := &frame.Filter{Allows: func(call frame.Call) bool { return call.ID().Pallet != "Balances" }}
	signed := frame.Signed{Account: alice}
	for name, test := range map[string]struct {
		origin frame.Origin
		call   frame.Call
		want   error
	}{
		"batch by nobody":             {frame.None{}, utility.Batch{Calls: remarks}, frame.BadOrigin{}},
		"batch of all by nobody":      {frame.None{}, utility.BatchAll{}, frame.BadOrigin{}},
		"forced batch by nobody":      {frame.None{}, utility.ForceBatch{}, frame.BadOrigin{}},
		"derivative by nobody":        {frame.None{}, utility.AsDerivative{Call: remarks[0]}, frame.BadOrigin{}},
		"derivative by root":          {frame.Root{}, utility.AsDerivative{Call: remarks[0]}, frame.BadOrigin{}},
		"inherent in a batch":         {signed, utility.BatchAll{Calls: times}, frame.BadOrigin{}},
		"inherent by root":            {frame.Root{}, utility.BatchAll{Calls: times}, frame.BadOrigin{}},
		"inherent by derivative":      {signed, utility.AsDerivative{Call: times[0]}, frame.BadOrigin{}},
		"remark":                      {signed, utility.BatchAll{Calls: remarks}, nil},
		"remark by derivative":        {signed, utility.AsDerivative{Call: remarks[0]}, nil},
		"too many":                    {signed, utility.Batch{Calls: many}, utility.ErrTooManyCalls},
		"as many as may be":           {signed, utility.Batch{Calls: many[1:]}, nil},
		"nested batch of all":         {signed, utility.BatchAll{Calls: nested(utility.BatchAll{})}, system.ErrCallFiltered},
		"nested deeper":               {signed, utility.BatchAll{Calls: nested(utility.AsDerivative{Call: pallets.Nested(utility.BatchAll{})})}, system.ErrCallFiltered},
		"nested batch of all by root": {frame.Root{}, utility.BatchAll{Calls: nested(utility.BatchAll{})}, nil},
		"filtered":                    {frame.Signed{Account: alice, Filter: onlyRemarks}, utility.BatchAll{Calls: nested(pay(1))}, system.ErrCallFiltered},
		"filtered by derivative":      {frame.Signed{Account: alice, Filter: onlyRemarks}, utility.AsDerivative{Call: pallets.Nested(pay(1))}, system.ErrCallFiltered},
		"not filtered":                {frame.Signed{Account: alice, Filter: onlyRemarks}, utility.BatchAll{Calls: remarks}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := newContext(t).Make(test.origin, test.call); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestDerivativeSpendsItsOwn(t *testing.T) {
	c := newContext(t)
	id := utility.Derivative(alice, 7)
	if err := balances.Mint(c, id, primitives.NewBalance(1e12)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Make(frame.Signed{Account: alice}, utility.AsDerivative{Index: 7, Call: pallets.Nested(pay(4e11))}); err != nil {
		t.Fatal(err)
	}
	if free(c, alice) != 1e12 || free(c, id) != 6e11 || free(c, bob) != 4e11 {
		t.Errorf("alice %d, derived %d, bob %d", free(c, alice), free(c, id), free(c, bob))
	}
}

// TestVectorsDerivative compares with @polkadot/util-crypto.
func TestVectorsDerivative(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/derivative.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Accounts []struct {
			Who, Want string
			Index     uint16
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Accounts {
		who, err := hex.DecodeString(v.Who)
		if err != nil {
			t.Fatal(err)
		}
		if got := utility.Derivative(primitives.AccountID(who), v.Index); hex.EncodeToString(got[:]) != v.Want {
			t.Errorf("%s %d: %s, want %s", v.Who, v.Index, got, v.Want)
		}
	}
	if len(file.Accounts) == 0 {
		t.Error("no vectors")
	}
}

// TestNestingIsBounded decodes calls in calls: as deep as a decoder goes, no
// deeper, and never by calls without their runtime.
func TestNestingIsBounded(t *testing.T) {
	var call frame.Call = system.Remark{Remark: []byte("hi")}
	for depth := range scale.MaxDepth + 1 {
		encoded := pallets.AppendCall(nil, call)
		decoded, err := pallets.DecodeCall(encoded)
		if depth > scale.MaxDepth != (err != nil) {
			t.Fatalf("depth %d: %v", depth, err)
		}
		if err == nil && !bytes.Equal(pallets.AppendCall(nil, decoded), encoded) {
			t.Fatalf("depth %d: it encodes to something else", depth)
		}
		if err == nil && decoded.Info() != call.Info() {
			t.Fatalf("depth %d: info %v, want %v", depth, decoded.Info(), call.Info())
		}
		call = utility.AsDerivative{Call: pallets.Nested(call)}
	}
	if _, err := pallets.DecodeCall(pallets.AppendCall(nil, call)); !errors.Is(err, scale.ErrDepth) {
		t.Errorf("depth %d: %v", scale.MaxDepth+1, err)
	}
	var bare utility.AsDerivative
	if err := scale.Unmarshal(utility.AsDerivative{Call: pallets.Nested(system.Remark{})}.AppendSCALE(nil), &bare); !errors.Is(err, scale.ErrVariant) {
		t.Errorf("without a runtime: %v", err)
	}
}
