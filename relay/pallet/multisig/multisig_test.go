package multisig_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/multisig"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

var pallets = frame.Pallets{{Index: 0, Pallet: system.Pallet}, {Index: 5, Pallet: balances.Pallet}, {Index: 30, Pallet: multisig.Pallet}}

// Accounts 1 to 4 are signatories with a thousand tokens each.
func account(n byte) primitives.AccountID { return primitives.AccountID{n} }

const funds = 1e15

// group is accounts 1 to 4 with a threshold of 3.
var group = multisig.Account([]primitives.AccountID{account(1), account(2), account(3), account(4)}, 3)

func others(n byte) (list []primitives.AccountID) {
	for i := byte(1); i <= 4; i++ {
		if i != n {
			list = append(list, account(i))
		}
	}
	return list
}

var (
	pay      = pallets.Nested(balances.TransferKeepAlive{Dest: primitives.AddressID{ID: account(9)}, Value: primitives.NewBalance(1e12)})
	hash     = [32]byte(primitives.Blake2b256(pay.AppendSCALE(nil)))
	deposit  = multisig.DepositBase.SaturatingAdd(multisig.DepositFactor.SaturatingMul(3))
	enough   = frame.Weight{RefTime: 1e9, ProofSize: 1e6}
	begun    = multisig.Timepoint{Height: 8, Index: 3}
	whenever = &begun
)

func newContext(t *testing.T) *frame.Context {
	t.Helper()
	c := &frame.Context{State: frame.NewState(frame.Memory{}), Pallets: pallets, Number: 8, Phase: frame.ApplyExtrinsic{Index: 3}}
	for _, who := range append(others(0), group) {
		if err := balances.Mint(c, who, primitives.NewBalance(funds)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func asMulti(n byte, at *multisig.Timepoint) multisig.AsMulti {
	return multisig.AsMulti{Threshold: 3, OtherSignatories: others(n), MaybeTimepoint: at, Call: pay, MaxWeight: enough}
}

func approve(n byte, at *multisig.Timepoint) multisig.ApproveAsMulti {
	return multisig.ApproveAsMulti{Threshold: 3, OtherSignatories: others(n), MaybeTimepoint: at, CallHash: hash, MaxWeight: enough}
}

func cancel(n byte) multisig.CancelAsMulti {
	return multisig.CancelAsMulti{Threshold: 3, OtherSignatories: others(n), Timepoint: begun, CallHash: hash}
}

// step is a call by an account, and what must come of it.
type step struct {
	by   byte
	call frame.Call
	want error
}

// TestStories goes through operations from their beginning.
func TestStories(t *testing.T) {
	low, wrong := asMulti(3, whenever), asMulti(2, &multisig.Timepoint{Height: 8, Index: 4})
	low.MaxWeight = frame.Weight{RefTime: pay.Call.Info().Weight.RefTime - 1}
	otherwise := cancel(1)
	otherwise.Timepoint.Height++
	for name, test := range map[string]struct {
		steps []step
		open  int // approvals of what is open at the end, 0 if nothing is
		paid  bool
	}{
		"three approve": {[]step{{1, asMulti(1, nil), nil}, {2, asMulti(2, whenever), nil}, {3, asMulti(3, whenever), nil}}, 0, true},
		"hashes first":  {[]step{{4, approve(4, nil), nil}, {1, approve(1, whenever), nil}, {3, asMulti(3, whenever), nil}}, 0, true},
		"all by hash, then one makes it": {[]step{{4, approve(4, nil), nil}, {1, approve(1, whenever), nil}, {3, approve(3, whenever), nil},
			{2, approve(2, whenever), multisig.ErrAlreadyApproved}, {1, asMulti(1, whenever), nil}}, 0, true},
		"again":              {[]step{{1, asMulti(1, nil), nil}, {1, asMulti(1, whenever), multisig.ErrAlreadyApproved}, {1, approve(1, whenever), multisig.ErrAlreadyApproved}}, 1, false},
		"without time":       {[]step{{1, asMulti(1, nil), nil}, {2, asMulti(2, nil), multisig.ErrNoTimepoint}}, 1, false},
		"at the wrong time":  {[]step{{1, asMulti(1, nil), nil}, {2, wrong, multisig.ErrWrongTimepoint}}, 1, false},
		"before it is begun": {[]step{{1, asMulti(1, whenever), multisig.ErrUnexpectedTimepoint}}, 0, false},
		"too heavy":          {[]step{{1, asMulti(1, nil), nil}, {2, asMulti(2, whenever), nil}, {3, low, multisig.ErrMaxWeightTooLow}}, 2, false},
		"cancelled":          {[]step{{1, asMulti(1, nil), nil}, {2, asMulti(2, whenever), nil}, {1, cancel(1), nil}}, 0, false},
		"cancelled by another": {[]step{{1, asMulti(1, nil), nil}, {2, cancel(2), multisig.ErrNotOwner},
			{1, otherwise, multisig.ErrWrongTimepoint}}, 1, false},
		"cancelled before": {[]step{{1, cancel(1), multisig.ErrNotFound}}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := newContext(t)
			for i, s := range test.steps {
				info, err := c.Make(frame.Signed{Account: account(s.by)}, s.call)
				if !errors.Is(err, s.want) || !info.Weight.Within(s.call.Info().Weight) {
					t.Fatalf("step %d: %v, weight %v of %v, want %v", i, err, info.Weight, s.call.Info().Weight, s.want)
				}
			}
			open, ok := multisig.Multisigs.Lookup(c.State, group, hash)
			if ok != (test.open > 0) || len(open.Approvals) != test.open || !slices.IsSortedFunc(open.Approvals, func(a, b primitives.AccountID) int { return bytes.Compare(a[:], b[:]) }) {
				t.Errorf("open %+v", open)
			}
			if got := system.Account.Get(c.State, account(9)).Data.Free.Lo; (got == 1e12) != test.paid {
				t.Errorf("receiver has %d", got)
			}
			for n := byte(1); n <= 4; n++ {
				want := primitives.Balance{}
				if ok && n == test.steps[0].by {
					want = deposit
				}
				if info := system.Account.Get(c.State, account(n)); info.Data.Reserved != want || info.Data.Free.SaturatingAdd(want).Lo != funds {
					t.Errorf("account %d: %+v", n, info)
				}
			}
		})
	}
}

// TestEvents compares what a whole operation tells, and what it gives back.
func TestEvents(t *testing.T) {
	c := newContext(t)
	c.Events = nil
	poor := pallets.Nested(balances.TransferKeepAlive{Dest: primitives.AddressID{ID: account(9)}, Value: primitives.NewBalance(2 * funds)})
	hash := [32]byte(primitives.Blake2b256(poor.AppendSCALE(nil)))
	var used []uint64
	for n := byte(1); n <= 3; n++ {
		call := asMulti(n, whenever)
		call.Call = poor
		if n == 1 {
			call.MaybeTimepoint = nil
		}
		info, err := c.Make(frame.Signed{Account: account(n)}, call)
		if err != nil {
			t.Fatal(err)
		}
		used = append(used, call.Info().Weight.RefTime-info.Weight.RefTime)
	}
	if pay := poor.Call.Info().Weight.RefTime; !slices.Equal(used, []uint64{enough.RefTime, enough.RefTime, enough.RefTime - pay}) {
		t.Errorf("given back %d", used)
	}
	var got []frame.Event
	for _, record := range c.Events {
		got = append(got, record.Event)
	}
	want := []frame.Event{
		balances.Reserved{Who: account(1), Amount: deposit},
		multisig.NewMultisig{Approving: account(1), Multisig: group, CallHash: hash},
		multisig.MultisigApproval{Approving: account(2), Timepoint: begun, Multisig: group, CallHash: hash},
		balances.Unreserved{Who: account(1), Amount: deposit},
		multisig.MultisigExecuted{Approving: account(3), Timepoint: begun, Multisig: group, CallHash: hash, Result: frame.Failed{Error: frame.Token{Reason: frame.FundsUnavailable}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("events\n%+v, want\n%+v", got, want)
	}
}

// TestSignatories gives every call bad lists of signatories.
func TestSignatories(t *testing.T) {
	many := make([]primitives.AccountID, multisig.MaxSignatories)
	for i := range many {
		many[i] = account(byte(i + 2))
	}
	for name, test := range map[string]struct {
		threshold uint16
		others    []primitives.AccountID
		want      error
	}{
		"nobody else":   {2, nil, multisig.ErrTooFewSignatories},
		"too many":      {2, many, multisig.ErrTooManySignatories},
		"as many":       {2, many[1:], nil},
		"out of order":  {2, []primitives.AccountID{account(3), account(2)}, multisig.ErrSignatoriesOutOfOrder},
		"twice":         {2, []primitives.AccountID{account(2), account(2)}, multisig.ErrSignatoriesOutOfOrder},
		"self":          {2, []primitives.AccountID{account(1), account(2)}, multisig.ErrSenderInSignatories},
		"threshold 1":   {1, others(1), multisig.ErrMinimumThreshold},
		"threshold 0":   {0, others(1), multisig.ErrMinimumThreshold},
		"good":          {2, others(1), nil},
		"more than all": {9, others(1), nil}, // nobody can ever make it, as upstream
	} {
		t.Run(name, func(t *testing.T) {
			calls := []frame.Call{
				multisig.AsMulti{Threshold: test.threshold, OtherSignatories: test.others, Call: pay, MaxWeight: enough},
				multisig.ApproveAsMulti{Threshold: test.threshold, OtherSignatories: test.others, CallHash: hash},
				multisig.CancelAsMulti{Threshold: test.threshold, OtherSignatories: test.others, CallHash: hash},
			}
			if test.threshold == 2 {
				calls = append(calls, multisig.AsMultiThreshold1{OtherSignatories: test.others, Call: pallets.Nested(system.Remark{})})
			}
			for _, call := range calls {
				want := test.want
				if _, is := call.(multisig.CancelAsMulti); is && want == nil {
					want = multisig.ErrNotFound
				}
				if _, err := newContext(t).Make(frame.Signed{Account: account(1)}, call); !errors.Is(err, want) {
					t.Errorf("%T: %v, want %v", call, err, want)
				}
				if _, err := newContext(t).Make(frame.Root{}, call); !errors.Is(err, frame.BadOrigin{}) {
					t.Errorf("%T by root: %v", call, err)
				}
			}
		})
	}
}

// TestOneOfMany makes a call of a multisig that any one may use; filters of the
// signer do not matter, as another account calls.
func TestOneOfMany(t *testing.T) {
	c := newContext(t)
	one := multisig.Account([]primitives.AccountID{account(1), account(2)}, 1)
	if err := balances.Mint(c, one, primitives.NewBalance(2e12)); err != nil {
		t.Fatal(err)
	}
	nothing := &frame.Filter{Allows: func(frame.Call) bool { return false }}
	call := multisig.AsMultiThreshold1{OtherSignatories: []primitives.AccountID{account(1)}, Call: pay}
	if _, err := c.Make(frame.Signed{Account: account(2), Filter: nothing}, call); err != nil {
		t.Fatal(err)
	}
	if got := system.Account.Get(c.State, account(9)).Data.Free.Lo; got != 1e12 {
		t.Errorf("receiver has %d", got)
	}
	if _, err := c.Make(frame.Signed{Account: account(2)}, call); !errors.Is(err, balances.ErrExpendability) {
		t.Errorf("the call fails: %v", err)
	}
}

// TestVectorsAccount compares with @polkadot/util-crypto.
func TestVectorsAccount(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/account.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Accounts []struct {
			Signatories []string
			Threshold   uint16
			Want        string
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Accounts {
		var list []primitives.AccountID
		for _, s := range v.Signatories {
			raw, err := hex.DecodeString(s)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, primitives.AccountID(raw))
		}
		if got := multisig.Account(list, v.Threshold); hex.EncodeToString(got[:]) != v.Want {
			t.Errorf("%d of %d: %s, want %s", v.Threshold, len(list), got, v.Want)
		}
	}
	if len(file.Accounts) == 0 {
		t.Error("no vectors")
	}
}
