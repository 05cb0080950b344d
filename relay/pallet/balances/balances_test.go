package balances_test

import (
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// deposit is the existential deposit in units.
const deposit = 10_000_000_000

func units(n uint64) primitives.Balance      { return primitives.NewBalance(n) }
func account(n byte) primitives.AccountID    { return primitives.AccountID{n} }
func address(n byte) primitives.MultiAddress { return primitives.AddressID{ID: account(n)} }
func signed(n byte) frame.Origin             { return frame.Signed{Account: account(n)} }
func token(reason frame.TokenError) error    { return frame.Token{Reason: reason} }
func free(c *frame.Context, n byte) uint64   { return info(c, n).Data.Free.Lo }
func issuance(c *frame.Context) uint64       { return balances.TotalIssuance.Get(c.State).Lo }
func info(c *frame.Context, n byte) system.AccountInfo {
	return system.Account.Get(c.State, account(n))
}

// context returns a chain on which account 1 has 100 deposits.
func context(t testing.TB) *frame.Context {
	t.Helper()
	c := &frame.Context{State: frame.NewState(frame.Memory{}), Phase: frame.Initialization{}}
	if err := balances.Mint(c, account(1), units(100*deposit)); err != nil {
		t.Fatal(err)
	}
	c.Events = nil
	return c
}

// change changes the account as other pallets do.
func change(c *frame.Context, n byte, f func(*system.AccountInfo)) {
	i := info(c, n)
	f(&i)
	system.Account.Put(c.State, account(n), i)
}

func TestTransfers(t *testing.T) {
	allow, keep := false, true
	for name, test := range map[string]struct {
		prepare   func(*system.AccountInfo)
		to        byte
		value     uint64
		keepAlive bool
		want      error
		left, got uint64 // in the sender's and the receiver's account
		burnt     uint64
	}{
		"to a new account":                   {to: 2, value: 40 * deposit, left: 60 * deposit, got: 40 * deposit},
		"the existential deposit":            {to: 2, value: deposit, left: 99 * deposit, got: deposit},
		"below it, to a new account":         {to: 2, value: deposit - 1, want: token(frame.BelowMinimum), left: 100 * deposit},
		"nothing, to a new account":          {to: 2, value: 0, left: 100 * deposit},
		"all, and die":                       {to: 2, value: 100 * deposit, left: 0, got: 100 * deposit},
		"leave dust, and die":                {to: 2, value: 99*deposit + 1, left: 0, got: 99*deposit + 1, burnt: deposit - 1},
		"all, but stay":                      {to: 2, value: 100 * deposit, keepAlive: keep, want: balances.ErrExpendability, left: 100 * deposit},
		"all but the deposit, and stay":      {to: 2, value: 99 * deposit, keepAlive: keep, left: deposit, got: 99 * deposit},
		"more than there is":                 {to: 2, value: 100*deposit + 1, keepAlive: allow, want: token(frame.FundsUnavailable), left: 100 * deposit},
		"to itself":                          {to: 1, value: 100 * deposit, left: 100 * deposit, got: 100 * deposit},
		"to itself, more than there is":      {to: 1, value: 100*deposit + 1, want: token(frame.FundsUnavailable), left: 100 * deposit, got: 100 * deposit},
		"to itself, keeping the deposit":     {to: 1, value: 100 * deposit, keepAlive: keep, want: token(frame.FundsUnavailable), left: 100 * deposit, got: 100 * deposit},
		"frozen":                             {prepare: func(i *system.AccountInfo) { i.Data.Frozen = units(50 * deposit) }, to: 2, value: 60 * deposit, want: token(frame.Frozen), left: 100 * deposit},
		"what is not frozen":                 {prepare: func(i *system.AccountInfo) { i.Data.Frozen = units(50 * deposit) }, to: 2, value: 50 * deposit, left: 50 * deposit, got: 50 * deposit},
		"frozen, but reserved covers it":     {prepare: reserve(30*deposit, 50*deposit), to: 2, value: 80 * deposit, left: 20 * deposit, got: 80 * deposit},
		"frozen, reserved covers a part":     {prepare: reserve(30*deposit, 50*deposit), to: 2, value: 80*deposit + 1, want: token(frame.Frozen), left: 100 * deposit},
		"all free, with some reserved":       {prepare: reserve(30*deposit, 0), to: 2, value: 100 * deposit, left: 0, got: 100 * deposit},
		"dust stays beside what is reserved": {prepare: reserve(30*deposit, 0), to: 2, value: 99*deposit + 1, left: deposit - 1, got: 99*deposit + 1},
		"all, but referred to":               {prepare: func(i *system.AccountInfo) { i.Consumers = 1 }, to: 2, value: 100 * deposit, want: balances.ErrExpendability, left: 100 * deposit},
		"all, but something else keeps it":   {prepare: func(i *system.AccountInfo) { i.Providers = 2 }, to: 2, value: 100 * deposit, left: 0, got: 100 * deposit},
		"dust, but something else keeps it":  {prepare: func(i *system.AccountInfo) { i.Providers = 2 }, to: 2, value: 99*deposit + 1, left: 0, got: 99*deposit + 1, burnt: deposit - 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := context(t)
			if test.prepare != nil {
				change(c, 1, test.prepare)
			}
			err := balances.Move(c, account(1), account(test.to), units(test.value), test.keepAlive)
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if free(c, 1) != test.left || free(c, test.to) != test.got || issuance(c) != 100*deposit-test.burnt {
				t.Errorf("sender %d, receiver %d, issuance %d, want %d, %d, %d burnt", free(c, 1), free(c, test.to), issuance(c), test.left, test.got, test.burnt)
			}
			if err != nil && len(c.Events) != 0 {
				t.Errorf("a failed transfer left events %+v", c.Events)
			}
		})
	}
}

func reserve(reserved, frozen uint64) func(*system.AccountInfo) {
	return func(i *system.AccountInfo) { i.Data.Reserved, i.Data.Frozen = units(reserved), units(frozen) }
}

// TestOverflowIsRefused adds to the greatest balance and issuance.
func TestOverflowIsRefused(t *testing.T) {
	c := context(t)
	full := frame.Arithmetic{Reason: frame.Overflow}
	change(c, 2, func(i *system.AccountInfo) { i.Providers, i.Data.Free = 1, primitives.MaxBalance })
	if err := balances.Move(c, account(1), account(2), units(1), true); !errors.Is(err, full) || free(c, 1) != 100*deposit {
		t.Errorf("into the greatest balance: %v, sender has %d", err, free(c, 1))
	}
	balances.TotalIssuance.Put(c.State, primitives.MaxBalance)
	if err := balances.Mint(c, account(1), units(1)); !errors.Is(err, full) || free(c, 1) != 100*deposit {
		t.Errorf("beyond the greatest issuance: %v", err)
	}
}

// TestNobodyPaysNothing takes nothing from an account that does not exist. It
// was told to have been killed by that.
func TestNobodyPaysNothing(t *testing.T) {
	c := context(t)
	if err := balances.Burn(c, account(5), primitives.Balance{}, false); err != nil {
		t.Error(err)
	}
	for _, record := range c.Events {
		if killed, ok := record.Event.(system.KilledAccount); ok {
			t.Errorf("event %+v of an account that never was", killed)
		}
	}
}

func TestCalls(t *testing.T) {
	c := context(t)
	if err := (balances.TransferAllowDeath{Dest: address(2), Value: units(deposit)}).Dispatch(c, frame.None{}); !errors.Is(err, frame.BadOrigin{}) {
		t.Errorf("transfer of nobody: %v", err)
	}
	if err := (balances.TransferKeepAlive{Dest: primitives.AddressRaw{}, Value: units(deposit)}).Dispatch(c, signed(1)); !errors.Is(err, frame.CannotLookup{}) {
		t.Errorf("transfer to no account: %v", err)
	}
	if err := (balances.TransferKeepAlive{Dest: address(2), Value: units(100 * deposit)}).Dispatch(c, signed(1)); !errors.Is(err, balances.ErrExpendability) {
		t.Errorf("transfer of all, kept alive: %v", err)
	}
	if err := (balances.TransferAll{Dest: address(2), KeepAlive: true}).Dispatch(c, signed(1)); err != nil || free(c, 1) != deposit {
		t.Errorf("all but the deposit: %v, left %d", err, free(c, 1))
	}
	if err := (balances.TransferAll{Dest: address(1)}).Dispatch(c, signed(2)); err != nil || free(c, 2) != 0 || system.Account.Has(c.State, account(2)) {
		t.Errorf("all: %v, left %d", err, free(c, 2))
	}
	if err := (balances.TransferAllowDeath{Dest: address(3), Value: units(100 * deposit)}).Dispatch(c, signed(1)); err != nil || free(c, 3) != 100*deposit {
		t.Errorf("all by value: %v, receiver has %d", err, free(c, 3))
	}
}

// TestQuickIssuance makes random moves and checks after each that the total
// issuance is the sum of all balances, that no account lives below the deposit,
// and that failures change nothing.
func TestQuickIssuance(t *testing.T) {
	amount := rapid.Custom(func(t *rapid.T) uint64 {
		return rapid.SampledFrom([]uint64{0, 1, deposit - 1, deposit, deposit + 1, 5 * deposit, 99 * deposit, 100 * deposit}).Draw(t, "base") +
			rapid.Uint64Max(2*deposit).Draw(t, "more")*rapid.Uint64Max(1).Draw(t, "add")
	})
	rapid.Check(t, func(r *rapid.T) {
		c := context(t)
		before := func() (uint64, [6]system.AccountInfo) {
			var all [6]system.AccountInfo
			for n := range all {
				all[n] = info(c, byte(n))
			}
			return issuance(c), all
		}
		step := func(f func(r *rapid.T) error) func(*rapid.T) {
			return func(r *rapid.T) {
				total, all := before()
				events := len(c.Events)
				if err := f(r); err != nil {
					if t2, a2 := before(); t2 != total || a2 != all || len(c.Events) != events {
						r.Fatalf("%v, but accounts %+v became %+v", err, all, a2)
					}
				}
			}
		}
		who := func(r *rapid.T, what string) primitives.AccountID {
			return account(byte(rapid.IntRange(1, 5).Draw(r, what)))
		}
		r.Repeat(map[string]func(*rapid.T){
			"move": step(func(r *rapid.T) error {
				return balances.Move(c, who(r, "from"), who(r, "to"), units(amount.Draw(r, "value")), rapid.Bool().Draw(r, "keep"))
			}),
			"mint": step(func(r *rapid.T) error { return balances.Mint(c, who(r, "who"), units(amount.Draw(r, "value"))) }),
			"burn": step(func(r *rapid.T) error {
				return balances.Burn(c, who(r, "who"), units(amount.Draw(r, "value")), rapid.Bool().Draw(r, "keep"))
			}),
			"all": step(func(r *rapid.T) error {
				from := who(r, "from")
				return c.Transaction(func() error {
					return balances.TransferAll{Dest: primitives.AddressID{ID: who(r, "to")}, KeepAlive: rapid.Bool().Draw(r, "keep")}.Dispatch(c, frame.Signed{Account: from})
				})
			}),
			"refer": step(func(r *rapid.T) error { return system.Consume(c, who(r, "who")) }),
			"release": step(func(r *rapid.T) error {
				system.Release(c, who(r, "who"))
				return nil
			}),
			"": func(r *rapid.T) {
				sum := new(big.Int)
				for id, i := range system.Account.All(c.State) {
					sum.Add(sum, new(big.Int).SetUint64(i.Data.Free.Lo))
					if i.Providers != 1 || i.Data.Free.Less(balances.ExistentialDeposit) || i.Data.Free.Hi != 0 {
						r.Fatalf("account %s lives with %+v", id, i)
					}
				}
				if sum.Uint64() != issuance(c) {
					r.Fatalf("balances sum up to %s, issuance is %d", sum, issuance(c))
				}
			},
		})
	})
}
