package balances

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Reserve moves value of who's own funds from the free balance to the reserved
// one, from which only Unreserve takes it back. It fails without effect:
// ErrInsufficientBalance, ErrLiquidityRestrictions if what is frozen would not
// stay free, and frame.ConsumerRemaining if less than the existential deposit
// would.
//
// Source: polkadot-sdk substrate/frame/balances/src/impl_currency.rs,
// ReservableCurrency.
func Reserve(c *frame.Context, who primitives.AccountID, value primitives.Balance) error {
	if value.IsZero() {
		return nil
	}
	info := system.Account.Get(c.State, who)
	free, enough := info.Data.Free.CheckedSub(value)
	reserved, fits := info.Data.Reserved.CheckedAdd(value)
	switch {
	case !enough:
		return ErrInsufficientBalance
	case !fits:
		return frame.Arithmetic{Reason: frame.Overflow}
	case free.Less(info.Data.Frozen):
		return ErrLiquidityRestrictions
	case free.Less(ExistentialDeposit):
		return frame.ConsumerRemaining{}
	}
	if info.Data.Reserved.IsZero() {
		info.Consumers++ // an account with a reserve does not end
	}
	info.Data.Free, info.Data.Reserved = free, reserved
	system.Account.Put(c.State, who, info)
	c.Deposit(Reserved{Who: who, Amount: value})
	return nil
}

// Unreserve moves value back from the reserved balance of who to the free one, or
// as much as there is.
func Unreserve(c *frame.Context, who primitives.AccountID, value primitives.Balance) {
	info := system.Account.Get(c.State, who)
	if info.Data.Reserved.Less(value) {
		value = info.Data.Reserved
	}
	if value.IsZero() {
		return
	}
	free, ok := info.Data.Free.CheckedAdd(value)
	if !ok {
		panic("balances of an account exceed the total issuance")
	}
	info.Data.Free, info.Data.Reserved = free, info.Data.Reserved.SaturatingSub(value)
	if info.Data.Reserved.IsZero() && info.Consumers > 0 {
		info.Consumers--
	}
	system.Account.Put(c.State, who, info)
	c.Deposit(Unreserved{Who: who, Amount: value})
}
