package transactionpayment_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
)

var payer, author = primitives.AccountID{1}, primitives.AccountID{2}

func units(n uint64) primitives.Balance { return primitives.NewBalance(n) }

func TestFee(t *testing.T) {
	const base = 10 * frame.ExtrinsicTime
	state := frame.NewState(frame.Memory{})
	double := frame.NewState(frame.Memory{})
	transactionpayment.NextFeeMultiplier.Put(double, transactionpayment.Multiplier{Lo: 2e18})
	for _, test := range []struct {
		state     *frame.State
		length    uint64
		weight    uint64
		pays      frame.Pays
		tip, want primitives.Balance
	}{
		{state, 0, 0, frame.PaysYes, units(0), units(base)},
		{state, 100, 0, frame.PaysYes, units(7), units(base + 1_000_000_007)},
		{state, 100, 5, frame.PaysYes, units(7), units(base + 1_000_000_057)},
		{double, 100, 5, frame.PaysYes, units(7), units(base + 1_000_000_107)},
		{double, 100, 5, frame.PaysNo, units(7), units(7)},
		{state, 100, 0, frame.PaysYes, primitives.MaxBalance, primitives.MaxBalance},
	} {
		info := frame.DispatchInfo{Weight: frame.Weight{RefTime: test.weight}, PaysFee: test.pays}
		if got := transactionpayment.Fee(test.state, test.length, info, test.tip); got != test.want {
			t.Errorf("%d bytes, weight %d, %d, tip %s: %s, want %s", test.length, test.weight, test.pays, test.tip, got, test.want)
		}
	}
}

func TestWithdrawAndSettle(t *testing.T) {
	const fee = 1_000_000_000
	deposit := balances.ExistentialDeposit
	for name, test := range map[string]struct {
		payer, author primitives.Balance // before
		noAuthor      bool
		fee           uint64
		refund        uint64 // of the fee, when it is settled
		ends          bool   // the payer, before that
		fails         bool
		burnt         uint64
	}{
		"author is paid":                    {payer: units(1e12), author: units(1e12), fee: fee},
		"without author it burns":           {payer: units(1e12), noAuthor: true, fee: fee, burnt: fee},
		"author without account, small fee": {payer: units(1e12), fee: fee, burnt: fee},
		"author without account, large fee": {payer: units(1e12), fee: 10 * fee},
		"payer keeps the deposit":           {payer: deposit.SaturatingAdd(units(fee)), author: units(1e12), fee: fee},
		"payer would not keep the deposit":  {payer: deposit.SaturatingAdd(units(fee - 1)), author: units(1e12), fee: fee, fails: true},
		"payer has less":                    {payer: deposit, author: units(1e12), fee: 2e12, fails: true},
		"nothing":                           {payer: deposit, author: units(1e12)},
		"some goes back":                    {payer: units(1e12), author: units(1e12), fee: fee, refund: fee / 3},
		"all goes back":                     {payer: units(1e12), author: units(1e12), fee: fee, refund: fee},
		"nothing goes back to the dead":     {payer: units(1e12), author: units(1e12), fee: 100 * fee, refund: 60 * fee, ends: true},
	} {
		t.Run(name, func(t *testing.T) {
			c := &frame.Context{State: frame.NewState(frame.Memory{}), Phase: frame.Initialization{}}
			for who, amount := range map[primitives.AccountID]primitives.Balance{payer: test.payer, author: test.author} {
				if err := balances.Mint(c, who, amount); err != nil {
					t.Fatal(err)
				}
			}
			if !test.noAuthor {
				authorship.Author.Put(c.State, author)
			}
			c.Events = nil
			total := balances.TotalIssuance.Get(c.State)
			err := transactionpayment.Withdraw(c, payer, units(test.fee))
			if (err != nil) != test.fails {
				t.Fatalf("got %v, want a failure: %t", err, test.fails)
			}
			free := func(who primitives.AccountID) primitives.Balance { return system.Account.Get(c.State, who).Data.Free }
			paid, moved := units(test.fee-test.refund), units(0)
			if test.ends {
				paid, moved = units(test.fee), free(payer)
				if err := balances.Move(c, payer, primitives.AccountID{3}, moved, false); err != nil {
					t.Fatal(err)
				}
			}
			if test.fails {
				paid = units(0)
			} else {
				transactionpayment.Settle(c, payer, units(test.fee), units(test.fee-test.refund), units(0))
			}
			if got := free(payer).SaturatingAdd(paid).SaturatingAdd(moved); got != test.payer {
				t.Errorf("payer has %s", free(payer))
			}
			if got := total.SaturatingSub(balances.TotalIssuance.Get(c.State)); got != units(test.burnt) {
				t.Errorf("%s burnt, want %d", got, test.burnt)
			}
			if got := free(author).SaturatingSub(test.author); got != paid.SaturatingSub(units(test.burnt)) {
				t.Errorf("author got %s", got)
			}
			told := 0
			for _, record := range c.Events {
				if event, ok := record.Event.(transactionpayment.TransactionFeePaid); ok {
					told++
					if event.Who != payer || event.ActualFee != paid {
						t.Errorf("event %+v", event)
					}
				}
			}
			if want := 1; told != want && !test.fails || test.fails && len(c.Events) != 0 {
				t.Errorf("events %+v", c.Events)
			}
		})
	}
}
