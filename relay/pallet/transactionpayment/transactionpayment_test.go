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
	for _, test := range []struct {
		length    int
		pays      frame.Pays
		tip, want primitives.Balance
	}{
		{0, frame.PaysYes, units(0), units(1_000_000_000)},
		{100, frame.PaysYes, units(7), units(2_000_000_007)},
		{100, frame.PaysNo, units(7), units(7)},
		{100, frame.PaysYes, primitives.MaxBalance, primitives.MaxBalance},
	} {
		if got := transactionpayment.Fee(test.length, test.pays, test.tip); got != test.want {
			t.Errorf("%d bytes, %d, tip %s: %s, want %s", test.length, test.pays, test.tip, got, test.want)
		}
	}
}

func TestCharge(t *testing.T) {
	const fee = 1_000_000_000
	deposit := balances.ExistentialDeposit
	for name, test := range map[string]struct {
		payer, author primitives.Balance // before
		noAuthor      bool
		fee           uint64
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
			err := transactionpayment.Charge(c, payer, units(test.fee), units(0))
			paid := units(test.fee)
			if test.fails {
				paid = units(0)
			}
			if (err != nil) != test.fails {
				t.Fatalf("got %v, want a failure: %t", err, test.fails)
			}
			free := func(who primitives.AccountID) primitives.Balance { return system.Account.Get(c.State, who).Data.Free }
			if got := free(payer).SaturatingAdd(paid); got != test.payer {
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
