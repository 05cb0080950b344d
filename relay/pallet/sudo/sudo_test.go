package sudo_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// rootOnly is a call that only the chain itself may make.
type rootOnly struct{ fails bool }

func (r rootOnly) AppendSCALE(b []byte) []byte { return scale.AppendBool(b, r.fails) }
func (rootOnly) ID() frame.CallID              { return frame.CallID{Pallet: "Test", Index: 0} }
func (rootOnly) Info() frame.DispatchInfo {
	return frame.DispatchInfo{Weight: frame.Weight{RefTime: 100}, Class: frame.Operational}
}

func (r rootOnly) Dispatch(c *frame.Context, origin frame.Origin) error {
	if err := frame.EnsureRoot(origin); err != nil {
		return err
	}
	system.Number.Put(c.State, 77)
	if r.fails {
		return frame.Exhausted{}
	}
	return nil
}

var pallets = frame.Pallets{{Index: 0, Pallet: system.Pallet}, {Index: 5, Pallet: balances.Pallet}, {Index: 99, Pallet: frame.Pallet{Name: "Test"}}, {Index: 255, Pallet: sudo.Pallet}}

var alice, bob = primitives.AccountID{1}, primitives.AccountID{2}

func newContext() *frame.Context {
	return &frame.Context{State: frame.NewState(frame.Memory{}), Pallets: pallets, Phase: frame.ApplyExtrinsic{}}
}

func calls() map[string]frame.Measured {
	to := primitives.AddressID{ID: bob}
	return map[string]frame.Measured{
		"sudo": sudo.Sudo{Call: pallets.Nested(rootOnly{})}, "unchecked": sudo.SudoUncheckedWeight{Call: pallets.Nested(rootOnly{}), Weight: frame.Weight{RefTime: 5}},
		"set key": sudo.SetKey{New: to}, "as": sudo.SudoAs{Who: to, Call: pallets.Nested(system.RemarkWithEvent{})}, "remove key": sudo.RemoveKey{},
	}
}

func TestOnlyTheHolderMay(t *testing.T) {
	for name, call := range calls() {
		for _, test := range []struct {
			name   string
			key    *primitives.AccountID
			origin frame.Origin
			want   error
		}{
			{"no key", nil, frame.Signed{Account: alice}, sudo.ErrRequireSudo},
			{"no key, account 0", nil, frame.Signed{}, sudo.ErrRequireSudo},
			{"other key", &bob, frame.Signed{Account: alice}, sudo.ErrRequireSudo},
			{"nobody", &alice, frame.None{}, frame.BadOrigin{}},
			{"holder", &alice, frame.Signed{Account: alice}, nil},
			{"root", nil, frame.Root{}, nil},
		} {
			c := newContext()
			if test.key != nil {
				sudo.Key.Put(c.State, *test.key)
			}
			info, err := c.Make(test.origin, call)
			if !errors.Is(err, test.want) || (err == nil) != (info.PaysFee == frame.PaysNo) || (err == nil) != (len(c.Events) > 0) {
				t.Errorf("%s, %s: %v, pays %d, %d events", name, test.name, err, info.PaysFee, len(c.Events))
			}
			if declared := call.Info(); declared.PaysFee != frame.PaysYes || info.Weight != declared.Weight || info.Class != declared.Class {
				t.Errorf("%s, %s: %+v, declared %+v", name, test.name, info, declared)
			}
		}
	}
}

func TestEffects(t *testing.T) {
	for name, test := range map[string]struct {
		call   frame.Call
		key    *primitives.AccountID // afterwards
		number primitives.BlockNumber
		last   frame.Event
	}{
		"sudo":           {calls()["sudo"], &alice, 77, sudo.Sudid{SudoResult: frame.Succeeded{}}},
		"sudo unchecked": {calls()["unchecked"], &alice, 77, sudo.Sudid{SudoResult: frame.Succeeded{}}},
		"sudo fails":     {sudo.Sudo{Call: pallets.Nested(rootOnly{true})}, &alice, 0, sudo.Sudid{SudoResult: frame.Failed{Error: frame.Exhausted{}}}},
		"as":             {calls()["as"], &alice, 0, sudo.SudoAsDone{SudoResult: frame.Succeeded{}}},
		"as fails":       {sudo.SudoAs{Who: primitives.AddressID{ID: bob}, Call: pallets.Nested(rootOnly{})}, &alice, 0, sudo.SudoAsDone{SudoResult: frame.Failed{Error: frame.BadOrigin{}}}},
		"set key":        {calls()["set key"], &bob, 0, sudo.KeyChanged{Old: &alice, New: bob}},
		"remove key":     {calls()["remove key"], nil, 0, sudo.KeyRemoved{}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newContext()
			sudo.Key.Put(c.State, alice)
			if _, err := c.Make(frame.Signed{Account: alice}, test.call); err != nil {
				t.Fatal(err)
			}
			key, ok := sudo.Key.Lookup(c.State)
			if ok != (test.key != nil) || ok && key != *test.key || system.Number.Get(c.State) != test.number {
				t.Errorf("key %s %t, number %d", key, ok, system.Number.Get(c.State))
			}
			if last := c.Events[len(c.Events)-1].Event; !reflect.DeepEqual(last, test.last) {
				t.Errorf("last event %+v, want %+v", last, test.last)
			}
			if remark, ok := c.Events[0].Event.(system.Remarked); name == "as" && (!ok || remark.Sender != bob) {
				t.Errorf("first event %+v", c.Events[0].Event)
			}
		})
	}
	c := newContext()
	sudo.Key.Put(c.State, alice)
	for _, call := range []frame.Call{sudo.SetKey{New: primitives.AddressRaw{}}, sudo.SudoAs{Who: primitives.AddressRaw{}, Call: pallets.Nested(system.Remark{})}} {
		if _, err := c.Make(frame.Signed{Account: alice}, call); !errors.Is(err, frame.CannotLookup{}) {
			t.Errorf("address of nobody: %v", err)
		}
	}
}
