package balances_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestReserve reserves of accounts with a thousand deposits, and sets free again.
func TestReserve(t *testing.T) {
	const deposit, all = 10_000_000_000, 1000 * 10_000_000_000
	who := primitives.AccountID{1}
	for name, test := range map[string]struct {
		frozen, before, value uint64
		want                  error
	}{
		"a part":                    {value: 5, before: 0},
		"nothing":                   {},
		"more":                      {value: 5, before: 7},
		"all but the deposit":       {value: all - deposit},
		"part of the deposit":       {value: all - deposit + 1, want: frame.ConsumerRemaining{}},
		"all":                       {value: all, want: frame.ConsumerRemaining{}},
		"more than there is":        {value: all + 1, want: balances.ErrInsufficientBalance},
		"more than is left":         {value: all - 6, before: 7, want: balances.ErrInsufficientBalance},
		"what is not frozen":        {value: all - 9*deposit, frozen: 9 * deposit},
		"what is frozen":            {value: all - 9*deposit + 1, frozen: 9 * deposit, want: balances.ErrLiquidityRestrictions},
		"nothing of what is frozen": {frozen: all},
	} {
		t.Run(name, func(t *testing.T) {
			c := &frame.Context{State: frame.NewState(frame.Memory{}), Phase: frame.Initialization{}}
			if err := balances.Mint(c, who, primitives.NewBalance(all)); err != nil {
				t.Fatal(err)
			}
			if err := balances.Reserve(c, who, primitives.NewBalance(test.before)); err != nil {
				t.Fatal(err)
			}
			info := system.Account.Get(c.State, who)
			info.Data.Frozen = primitives.NewBalance(test.frozen)
			system.Account.Put(c.State, who, info)
			c.Events = nil
			err := balances.Reserve(c, who, primitives.NewBalance(test.value))
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			reserved := test.before
			if test.want == nil {
				reserved += test.value
			}
			check := func(reserved uint64) {
				t.Helper()
				info := system.Account.Get(c.State, who)
				if info.Data.Reserved.Lo != reserved || info.Data.Free.Lo != all-reserved || (info.Consumers == 1) != (reserved > 0) {
					t.Errorf("%+v, want %d reserved", info, reserved)
				}
			}
			check(reserved)
			if told := len(c.Events) == 1; told != (test.want == nil && test.value > 0) {
				t.Errorf("events %+v", c.Events)
			}
			if reserved == 0 {
				return
			}
			if got := balances.Spendable(c.State, who, false); test.frozen == 0 && got.Lo != all-reserved-deposit {
				t.Errorf("%s can be spent", got)
			}
			balances.Unreserve(c, who, primitives.NewBalance(1))
			check(reserved - 1)
			balances.Unreserve(c, who, primitives.NewBalance(all))
			check(0)
			if got := c.Events[len(c.Events)-1].Event; got != (balances.Unreserved{Who: who, Amount: primitives.NewBalance(reserved - 1)}) {
				t.Errorf("last event %+v", got)
			}
			events := len(c.Events)
			balances.Unreserve(c, who, primitives.NewBalance(all))
			if check(0); len(c.Events) != events {
				t.Error("nothing was set free, and told")
			}
		})
	}
}
