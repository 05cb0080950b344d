package runtime_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/multisig"
	"github.com/rampart-chain/rampart/relay/pallet/proxy"
	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/pallet/utility"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
)

func nested(call frame.Call) frame.RuntimeCall { return runtime.Pallets().Nested(call) }

// TestInherentsInsideOfCalls puts inherents into every call that takes calls: none
// of them may pass, not signed, and not as an inherent either.
func TestInherentsInsideOfCalls(t *testing.T) {
	config := testConfig()
	holder := account(1)
	config.Sudo = &holder
	c := newChainOf(t, config)
	self := primitives.AddressID{ID: account(1)}
	for name, call := range map[string]frame.Call{"time": timestamp.Set{Now: 1}, "parachains": inherent.Enter{Data: primitives.ParachainsInherentData{ParentHeader: c.head}}} {
		calls := []frame.RuntimeCall{nested(call)}
		for _, outer := range []frame.Call{
			utility.Batch{Calls: calls}, utility.BatchAll{Calls: calls}, utility.ForceBatch{Calls: calls}, utility.AsDerivative{Call: calls[0]},
			multisig.AsMultiThreshold1{OtherSignatories: []primitives.AccountID{account(2)}, Call: calls[0]}, proxy.ByProxy{Real: self, Call: calls[0]},
			sudo.Sudo{Call: calls[0]}, sudo.SudoUncheckedWeight{Call: calls[0]}, sudo.SudoAs{Who: self, Call: calls[0]},
		} {
			grown := newChainOf(t, config)
			grown.grow(1, 0, grown.signed(account(1), 0, 0, outer))
			state := runtime.NewQuery(grown.view).State()
			if got, want := timestamp.Now.Get(state), primitives.Millis(grown.slot)*slotDuration; got != want {
				t.Errorf("%s in %T: it is %d, want %d", name, outer, got, want)
			}
			if len(grown.refused) > 0 && !errors.Is(grown.refused[0], executive.ErrMandatory) && !errors.Is(grown.refused[0], executive.ErrOversize) {
				t.Errorf("%s in %T, signed: %v", name, outer, grown.refused)
			}
			c.build(1, 0, runtime.Bare(outer))
			if len(c.refused) != 1 || !errors.Is(c.refused[0], executive.ErrUnsigned) && !errors.Is(c.refused[0], executive.ErrInherentFailed) {
				t.Errorf("%s in %T, not signed: %v", name, outer, c.refused)
			}
		}
	}
}

// TestDeepestNesting makes the deepest call that decodes, and refuses one deeper.
func TestDeepestNesting(t *testing.T) {
	c := newChain(t)
	who := account(1)
	var call frame.Call = system.RemarkWithEvent{Remark: []byte("deep")}
	for range scale.MaxDepth {
		call = utility.Batch{Calls: []frame.RuntimeCall{nested(call)}}
	}
	c.grow(1, 0, c.signed(who, 0, 0, call), c.signed(who, 1, 0, utility.AsDerivative{Call: nested(call)}))
	if len(c.refused) != 1 || !errors.Is(c.refused[0], executive.ErrCall) || c.account(who).Nonce != 1 {
		t.Errorf("refused %v", c.refused)
	}
	if got, want := int(system.EventCount.Get(runtime.NewQuery(c.view).State())), 1+2*scale.MaxDepth; got < want {
		t.Errorf("%d events, want at least %d", got, want)
	}
}

// TestBatchesPayForWhatTheyHold compares fees of a batch with what it declares, and
// refuses one for which no block has the time.
func TestBatchesPayForWhatTheyHold(t *testing.T) {
	c := newChain(t)
	pay := balances.TransferKeepAlive{Dest: primitives.AddressID{ID: account(2)}, Value: primitives.NewBalance(1)}
	batch := func(n int) frame.Call {
		var b utility.Batch
		for range n {
			b.Calls = append(b.Calls, nested(pay))
		}
		return b
	}
	const slot = slotDuration * 1_000_000_000
	most := slot/3/4*3 - c.mandatory() - executive.SignedWeight - batch(0).Info().Weight.RefTime
	fits := int(most / (batch(2).Info().Weight.RefTime - batch(1).Info().Weight.RefTime))
	c.grow(1, 0, c.signed(account(1), 0, 0, batch(slot/executive.SignedWeight)), c.signed(account(1), 0, 0, batch(fits-1)))
	if len(c.refused) != 1 || !errors.Is(c.refused[0], executive.ErrOversize) {
		t.Errorf("refused %v", c.refused)
	}
	state := runtime.NewQuery(c.view).State()
	weights := system.BlockWeight.Get(state)
	if want := batch(fits-1).Info().Weight.RefTime + executive.SignedWeight; weights.Normal.RefTime != want {
		t.Errorf("the block weighs %d, want %d", weights.Normal.RefTime, want)
	}
	if got := c.account(account(2)).Data.Free; got != primitives.NewBalance(1e15).SaturatingAdd(primitives.NewBalance(uint64(fits-1))) {
		t.Errorf("the receiver has %s", got)
	}
}

// TestFullBlocksRaiseFees fills a block, then leaves some empty: what an extrinsic
// costs by its weight follows.
func TestFullBlocksRaiseFees(t *testing.T) {
	c := newChain(t)
	multiplier := func() primitives.Balance {
		return primitives.Balance(transactionpayment.FeeMultiplier(runtime.NewQuery(c.view).State()))
	}
	if got := multiplier(); got != primitives.NewBalance(1e18) {
		t.Fatalf("the chain begins with %s", got)
	}
	var many utility.Batch
	pay := nested(balances.TransferKeepAlive{Dest: primitives.AddressID{ID: account(2)}, Value: primitives.NewBalance(1)})
	const normal = slotDuration * 1_000_000_000 / 4 // picoseconds: three quarters of a third of a slot
	for many.Info().Weight.RefTime < normal-c.mandatory()-executive.SignedWeight-1e9 {
		for range 10 {
			many.Calls = append(many.Calls, pay)
		}
	}
	c.grow(1, 0, c.signed(account(1), 0, 0, many))
	full := multiplier()
	if len(c.refused) != 0 || !primitives.NewBalance(1_000_040e12).Less(full) || primitives.NewBalance(1_000_060e12).Less(full) {
		t.Errorf("refused %v, after a full block %s", c.refused, full)
	}
	c.grow(1, 0)
	if got := multiplier(); !got.Less(full) || got.Less(primitives.NewBalance(1_000_020e12)) {
		t.Errorf("after an empty one %s", got)
	}
}

// TestSudoOfTheChain makes calls with the key of genesis, and gives it up.
func TestSudoOfTheChain(t *testing.T) {
	config := testConfig()
	holder := account(1)
	config.Sudo = &holder
	c := newChainOf(t, config)
	pay := nested(balances.TransferAllowDeath{Dest: primitives.AddressID{ID: account(9)}, Value: primitives.NewBalance(5e14)})
	as := sudo.SudoAs{Who: primitives.AddressID{ID: account(3)}, Call: pay}
	c.grow(1, 1, c.signed(account(2), 0, 0, as), c.signed(holder, 0, 0, as))
	if got := c.account(account(9)).Data.Free; got != primitives.NewBalance(5e14) {
		t.Errorf("receiver has %s", got)
	}
	if got := c.account(holder).Data.Free; got != primitives.NewBalance(1e15) {
		t.Errorf("the holder of the key paid: has %s", got)
	}
	c.grow(1, 1, c.signed(holder, 1, 0, sudo.RemoveKey{}), c.signed(holder, 2, 0, as))
	if got := c.account(account(9)).Data.Free; got != primitives.NewBalance(5e14) {
		t.Errorf("without a key: receiver has %s", got)
	}
}
