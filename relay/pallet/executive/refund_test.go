package executive_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// TestUnusedWeightIsGivenBack makes calls that use less than they declared: the fee
// is that of what they used, and the block has room for others.
func TestUnusedWeightIsGivenBack(t *testing.T) {
	const declared = 10 * executive.SignedWeight
	for name, test := range map[string]struct {
		call modest
		used uint64
	}{
		"all":            {modest{used: declared}, declared},
		"nothing":        {modest{}, 0},
		"some":           {modest{used: 12345}, 12345},
		"some, but free": {modest{used: 12345, free: true}, 12345},
		"some, and fail": {modest{used: 12345, fails: true}, 12345},
		"more than said": {modest{used: declared + 1}, declared},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			x := c.signed(transaction{signer: 1, tip: 7, call: test.call})
			info := frame.DispatchInfo{Weight: frame.Weight{RefTime: test.used}}
			if test.call.free {
				info.PaysFee = frame.PaysNo
			}
			fee := transactionpayment.Fee(frame.NewState(c.state), uint64(len(scale.AppendBytes(nil, x))), info, primitives.NewBalance(7)).Lo
			events := c.block(x)
			if got := 1e13 - c.account(1).Data.Free.Lo; got != fee || c.account(9).Data.Free.Lo != 1e13+fee {
				t.Errorf("paid %d, want %d, the author has %d", got, fee, c.account(9).Data.Free.Lo)
			}
			var told frame.DispatchInfo
			switch last := events[len(events)-1].Event.(type) {
			case system.ExtrinsicSuccess:
				told = last.DispatchInfo
			case system.ExtrinsicFailed:
				told = last.DispatchInfo
			}
			if told != info {
				t.Errorf("told %+v, want %+v", told, info)
			}
			paid := events[len(events)-2].Event
			if want := (transactionpayment.TransactionFeePaid{Who: account(1), ActualFee: primitives.NewBalance(fee), Tip: primitives.NewBalance(7)}); paid != want {
				t.Errorf("told %+v, want %+v", paid, want)
			}
			weights := system.BlockWeight.Get(frame.NewState(c.state))
			if want := test.used + executive.SignedWeight; weights.Normal.RefTime != want || weights.Operational.RefTime != 0 || weights.Mandatory != (timestamp.Set{}).Info().Weight {
				t.Errorf("the block weighs %+v, want %d", weights, want)
			}
		})
	}
	c := newChain(t)
	c.runtime.MaxLength = 1 << 20
	n, err := fill(c, func(nonce primitives.Nonce) primitives.Extrinsic {
		return c.signed(transaction{signer: 1, nonce: nonce, call: modest{}})
	})
	if want := 20; n != want || !errors.Is(err, executive.ErrExhaustsResources) { // 20 used 20 of 30, the next declares 11
		t.Errorf("%d calls (%v), want %d", n, err, want)
	}
	x, _ := newChain(t).open()
	if err := x.Apply(c.signed(transaction{signer: 1, call: heavy{math.MaxUint64}})); !errors.Is(err, executive.ErrOversize) {
		t.Errorf("the greatest weight: %v", err)
	}
}

// TestRulesAreNoted follows a chain through a change of its rules.
func TestRulesAreNoted(t *testing.T) {
	c := newChain(t)
	c.block()
	state := func() *frame.State { return frame.NewState(c.state) }
	if _, ok := system.LastRuntimeUpgrade.Lookup(state()); ok || state().Get([]byte(system.Code)) != nil {
		t.Error("rules without a name are noted")
	}
	for version := uint32(5); version < 7; version++ {
		c.runtime.SpecName, c.runtime.SpecVersion, c.runtime.Code = "rules", version, fmt.Sprint("marker ", version)
		for first := range 2 {
			c.block()
			want := system.LastRuntimeUpgradeInfo{SpecVersion: version, SpecName: "rules"}
			if got := system.LastRuntimeUpgrade.Get(state()); got != want || string(state().Get([]byte(system.Code))) != c.runtime.Code {
				t.Errorf("version %d: %+v", version, got)
			}
			_, told := append(system.Digest.Get(state()), nil)[0].(primitives.RuntimeEnvironmentUpdated)
			if told != (first == 0) {
				t.Errorf("version %d, block %d: told in the digest: %t", version, first, told)
			}
		}
	}
}
