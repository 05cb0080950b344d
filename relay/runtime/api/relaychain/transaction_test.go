package relaychain_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/scale"
)

var remark = system.Remark{Remark: []byte("hi")}

func nonce(n primitives.Nonce) primitives.SignedExtra { return primitives.SignedExtra{Nonce: n} }

// decode reads a result, all of it.
func decode[T any](t testing.TB, result []byte, read func(*scale.Decoder) T) T {
	t.Helper()
	d := scale.NewDecoder(result)
	value := read(d)
	if err := d.Finish(); err != nil {
		t.Fatalf("%x: %v", result, err)
	}
	return value
}

func (c *chain) validate(x primitives.Extrinsic) api.TransactionValidity {
	c.Helper()
	return decode(c, c.ask("TaggedTransactionQueue_validate_transaction", raw{2}, opaque(x), raw(make([]byte, 32))), api.DecodeTransactionValidity)
}

func (c *chain) try(x primitives.Extrinsic) api.ApplyExtrinsicResult {
	c.Helper()
	return decode(c, c.ask("BlockBuilder_apply_extrinsic", opaque(x)), api.DecodeApplyExtrinsicResult)
}

// TestValidity asks about extrinsics that a block takes now, later and never.
func TestValidity(t *testing.T) {
	c := newChain(t)
	for n := range primitives.Nonce(2) {
		c.grow(signed(account(1), nonce(n), remark))
	}
	forged := signed(account(1), nonce(2), remark)
	forged[40] ^= 1
	ancient := primitives.SignedExtra{Nonce: 2, Era: primitives.Era{Period: 4, Phase: 3}} // began at the next block, which has no hash yet
	for name, test := range map[string]struct {
		x    primitives.Extrinsic
		want api.TransactionValidity
	}{
		"used nonce":            {signed(account(1), nonce(1), remark), invalid(api.InvalidTransactionStale)},
		"last nonce":            {signed(account(1), nonce(math.MaxUint32), remark), invalid(api.InvalidTransactionFuture)},
		"false signature":       {forged, invalid(api.InvalidTransactionBadProof)},
		"unknown account":       {signed(account(9), nonce(0), remark), invalid(api.InvalidTransactionPayment)},
		"tip beyond balance":    {signed(account(1), primitives.SignedExtra{Nonce: 2, Tip: primitives.NewBalance(2e15)}, remark), invalid(api.InvalidTransactionPayment)},
		"era to come":           {signed(account(1), ancient, remark), invalid(api.InvalidTransactionAncientBirthBlock)},
		"too long":              {signed(account(1), nonce(2), system.Remark{Remark: make([]byte, 4<<20)}), invalid(api.InvalidTransactionExhaustsResources)},
		"garbage":               {primitives.Extrinsic{4, 99}, invalid(api.InvalidTransactionCall)},
		"empty":                 {primitives.Extrinsic{}, invalid(api.InvalidTransactionCall)},
		"inherent":              {runtime.Bare(timestamp.Set{Now: 1}), invalid(api.InvalidTransactionMandatoryValidation)},
		"signed inherent":       {signed(account(1), nonce(2), timestamp.Set{Now: 1}), invalid(api.InvalidTransactionBadMandatory)},
		"unsigned":              {runtime.Bare(remark), unknown(api.UnknownTransactionNoUnsignedValidator)},
		"signer without a name": {signed(account(0), nonce(0), remark), unknown(api.UnknownTransactionCannotLookup)},
		"metadata hash":         {signed(account(1), primitives.SignedExtra{Nonce: 2, MetadataMode: 1}, remark), unknown(api.UnknownTransactionCannotLookup)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.validate(test.x); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestValidTransactions looks at what a pool is told.
func TestValidTransactions(t *testing.T) {
	c := newChain(t)
	c.grow(signed(account(1), nonce(0), remark))
	provided := func(n uint32) []byte { who := account(1); return scale.AppendU32(who[:], n) }
	next := c.validate(signed(account(1), nonce(1), remark)).(api.Valid).Transaction
	if len(next.Requires) != 0 || len(next.Provides) != 1 || !bytes.Equal(next.Provides[0], provided(1)) || next.Longevity != math.MaxUint64 || !next.Propagate || next.Priority == 0 {
		t.Errorf("the next: %+v", next)
	}
	ahead := c.validate(signed(account(1), nonce(7), remark)).(api.Valid).Transaction
	if len(ahead.Requires) != 1 || !bytes.Equal(ahead.Requires[0], provided(6)) || !bytes.Equal(ahead.Provides[0], provided(7)) {
		t.Errorf("one that is ahead: %+v", ahead)
	}
	era := primitives.MortalEra(8, c.Header.Number)
	mortal := c.validate(signed(account(1), primitives.SignedExtra{Nonce: 1, Era: era}, remark)).(api.Valid).Transaction
	if want := uint64(era.Death(c.Header.Number+1) - c.Header.Number - 1); mortal.Longevity != want || want != 7 {
		t.Errorf("a mortal one lives for %d blocks, want %d", mortal.Longevity, want)
	}
	tipped := c.validate(signed(account(1), primitives.SignedExtra{Nonce: 1, Tip: primitives.NewBalance(9)}, remark)).(api.Valid).Transaction
	if tipped.Priority != 10*next.Priority {
		t.Errorf("priority %d with a tip of 9, %d without", tipped.Priority, next.Priority)
	}
	long := c.validate(signed(account(1), nonce(1), system.Remark{Remark: make([]byte, 1<<20)})).(api.Valid).Transaction
	if long.Priority != 3 {
		t.Errorf("priority %d of an extrinsic of which three are in a block, want 3", long.Priority)
	}
}

// TestTrying compares what trying an extrinsic tells with what a block makes of it.
func TestTrying(t *testing.T) {
	c := newChain(t)
	c.grow()
	dead := primitives.AddressRaw{}
	for name, test := range map[string]struct {
		x    primitives.Extrinsic
		want api.ApplyExtrinsicResult
	}{
		"success": {signed(account(1), nonce(0), remark), api.Applied{Outcome: frame.Succeeded{}}},
		"failure": {signed(account(1), nonce(0), balances.TransferAllowDeath{Dest: dead}), api.Applied{Outcome: frame.Failed{Error: frame.CannotLookup{}}}},
		"failure in a pallet": {signed(account(1), nonce(0), balances.TransferKeepAlive{Dest: primitives.AddressID{ID: account(2)}, Value: primitives.NewBalance(1e15 - 6e9)}),
			api.Applied{Outcome: frame.Failed{Error: frame.ModuleError{Index: 5, Code: [4]byte{4}}}}},
		"ahead":         {signed(account(1), nonce(1), remark), api.Refused{Error: api.InvalidError{Kind: api.InvalidTransactionFuture}}},
		"time again":    {runtime.Bare(timestamp.Set{Now: 1}), api.Refused{Error: api.InvalidError{Kind: api.InvalidTransactionBadMandatory}}},
		"unsigned":      {runtime.Bare(remark), api.Refused{Error: api.UnknownError{Kind: api.UnknownTransactionNoUnsignedValidator}}},
		"does not read": {primitives.Extrinsic{1}, api.Refused{Error: api.InvalidError{Kind: api.InvalidTransactionCall}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.try(test.x); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestFeesAreWhatIsCharged compares what a wallet is told with what its owner pays.
func TestFeesAreWhatIsCharged(t *testing.T) {
	c := newChain(t)
	c.grow()
	x := signed(account(2), nonce(0), remark)
	length := u32(len(scale.AppendBytes(nil, x)))
	var info api.RuntimeDispatchInfo
	if err := scale.Unmarshal(c.ask("TransactionPaymentApi_query_info", opaque(x), length), &info); err != nil {
		t.Fatal(err)
	}
	var details api.FeeDetails
	if err := scale.Unmarshal(c.ask("TransactionPaymentApi_query_fee_details", opaque(x), length), &details); err != nil {
		t.Fatal(err)
	}
	before := system.Account.Get(frame.NewState(c.View), account(2)).Data.Free
	c.grow(x)
	after := system.Account.Get(frame.NewState(c.View), account(2)).Data.Free
	if paid := before.SaturatingSub(after); paid != info.PartialFee || paid.IsZero() || info.Weight != remark.Info().Weight || info.Class != frame.Normal {
		t.Errorf("paid %s, told %+v", paid, info)
	}
	if got := c.ask("AccountNonceApi_account_nonce", raw(append([]byte{2}, make([]byte, 31)...))); !bytes.Equal(got, []byte{1, 0, 0, 0}) {
		t.Errorf("nonce %x", got)
	}
	var byLength primitives.Balance
	if err := scale.Unmarshal(c.ask("TransactionPaymentApi_query_length_to_fee", length), &byLength); err != nil {
		t.Fatal(err)
	}
	if fee := details.InclusionFee; fee == nil || fee.BaseFee.SaturatingAdd(fee.LenFee).SaturatingAdd(fee.AdjustedWeightFee) != info.PartialFee || fee.LenFee != byLength {
		t.Errorf("details %+v, by length %s", details, byLength)
	}
	bare := opaque(runtime.Bare(timestamp.Set{Now: 1}))
	if err := scale.Unmarshal(c.ask("TransactionPaymentApi_query_info", bare, u32(10)), &info); err != nil || !info.PartialFee.IsZero() || info.Class != frame.Mandatory {
		t.Errorf("an inherent: %+v (%v)", info, err)
	}
	if got := c.ask("TransactionPaymentApi_query_fee_details", bare, u32(10)); !bytes.Equal(got, make([]byte, 17)) {
		t.Errorf("an inherent costs %x", got)
	}
	if _, err := c.Call("TransactionPaymentApi_query_info", append(scale.AppendBytes(nil, []byte{9}), 1, 0, 0, 0)); err != executive.ErrCall {
		t.Errorf("garbage: %v", err)
	}
}
