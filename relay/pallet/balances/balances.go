// Package balances is the pallet that holds and moves the chain's token.
//
// Balances live in system.Account. An account exists while its free balance is
// at least ExistentialDeposit; below that it is removed, and what is left is
// burnt.
//
//frame:pallet Balances
package balances

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// ExistentialDeposit is the least balance of an account: 0.01 token of 10^12
// units.
//
//frame:constant
var ExistentialDeposit = primitives.NewBalance(10_000_000_000)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// TotalIssuance is the sum of all free and reserved balances.
	TotalIssuance primitives.Balance
	// Locks say what an account's frozen balance is for. Wallets read them. Nothing
	// here locks by name: no account has any.
	Locks map[primitives.AccountID][]Lock `frame:"blake2_128_concat" scale:"max=50"`
	// Reserves say what an account's reserved balance is for. Wallets read them.
	// Nothing here reserves by name: no account has any.
	Reserves map[primitives.AccountID][]ReserveData `frame:"blake2_128_concat" scale:"max=50"`
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// Errors.
const (
	// ErrLiquidityRestrictions: what is frozen must stay.
	ErrLiquidityRestrictions Error = 1
	// ErrInsufficientBalance: the balance is too low for the amount.
	ErrInsufficientBalance Error = 2
	// ErrExistentialDeposit: the receiver would stay below the existential
	// deposit.
	ErrExistentialDeposit Error = 3
	// ErrExpendability: the transfer would end the sender's account.
	ErrExpendability Error = 4
)

// Endowed says that an account was created with a free balance.
//
//frame:event 0
type Endowed struct {
	Account     primitives.AccountID
	FreeBalance primitives.Balance
}

// DustLost says that an account was removed with a balance below the
// existential deposit, which was burnt.
//
//frame:event 1
type DustLost struct {
	Account primitives.AccountID
	Amount  primitives.Balance
}

// Transfer says that funds moved.
//
//frame:event 2
type Transfer struct {
	From   primitives.AccountID
	To     primitives.AccountID
	Amount primitives.Balance
}

// Reserved says that funds of an account were set aside.
//
//frame:event 4
type Reserved struct {
	Who    primitives.AccountID
	Amount primitives.Balance
}

// Unreserved says that they were set free.
//
//frame:event 5
type Unreserved struct {
	Who    primitives.AccountID
	Amount primitives.Balance
}

// Deposit says that funds came to an account other than by Transfer.
//
//frame:event 7
type Deposit struct {
	Who    primitives.AccountID
	Amount primitives.Balance
}

// Withdraw says that funds left an account other than by Transfer.
//
//frame:event 8
type Withdraw struct {
	Who    primitives.AccountID
	Amount primitives.Balance
}

// TransferAllowDeath moves value from the signer to dest, and may end the
// signer's account.
//
//frame:call 0 weight=transferAllowDeathWeight()
type TransferAllowDeath struct {
	Dest  primitives.MultiAddress
	Value primitives.Balance `scale:"compact"`
}

// Dispatch makes the call.
func (t TransferAllowDeath) Dispatch(c *frame.Context, origin frame.Origin) error {
	return transferCall(c, origin, t.Dest, t.Value, false)
}

// TransferKeepAlive moves value from the signer to dest, unless that would end
// the signer's account.
//
//frame:call 3 weight=transferKeepAliveWeight()
type TransferKeepAlive struct {
	Dest  primitives.MultiAddress
	Value primitives.Balance `scale:"compact"`
}

// Dispatch makes the call.
func (t TransferKeepAlive) Dispatch(c *frame.Context, origin frame.Origin) error {
	return transferCall(c, origin, t.Dest, t.Value, true)
}

// TransferAll moves all that the signer can spend to dest.
//
//frame:call 4 weight=transferAllWeight()
type TransferAll struct {
	Dest      primitives.MultiAddress
	KeepAlive bool
}

// Dispatch makes the call.
func (t TransferAll) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	return transferCall(c, origin, t.Dest, Spendable(c.State, who, t.KeepAlive), t.KeepAlive)
}

func transferCall(c *frame.Context, origin frame.Origin, dest primitives.MultiAddress, value primitives.Balance, keepAlive bool) error {
	from, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	to, err := system.Lookup(dest)
	if err != nil {
		return err
	}
	return Move(c, from, to, value, keepAlive)
}

// Spendable returns how much of its free balance who can spend. With keepAlive
// the existential deposit stays; it stays as well while something refers to the
// account.
func Spendable(s *frame.State, who primitives.AccountID, keepAlive bool) primitives.Balance {
	info := system.Account.Get(s, who)
	stay := info.Data.Frozen.SaturatingSub(info.Data.Reserved)
	if (keepAlive || info.Consumers > 0) && stay.Less(ExistentialDeposit) {
		stay = ExistentialDeposit
	}
	return info.Data.Free.SaturatingSub(stay)
}

// Move transfers value, at least 0, from one account to another and says so in
// an event. It fails without effect; with keepAlive rather than end the sender.
func Move(c *frame.Context, from, to primitives.AccountID, value primitives.Balance, keepAlive bool) error {
	return c.Transaction(func() error {
		if from != to {
			if err := take(c, from, value, keepAlive); err != nil {
				return err
			}
			if err := give(c, to, value); err != nil {
				return err
			}
		} else if Spendable(c.State, from, keepAlive).Less(value) {
			return frame.Token{Reason: frame.FundsUnavailable}
		}
		c.Deposit(Transfer{From: from, To: to, Amount: value})
		return nil
	})
}

// Burn takes value from who and from the total issuance.
func Burn(c *frame.Context, who primitives.AccountID, value primitives.Balance, keepAlive bool) error {
	return c.Transaction(func() error {
		if err := take(c, who, value, keepAlive); err != nil {
			return err
		}
		unissue(c.State, value)
		c.Deposit(Withdraw{Who: who, Amount: value})
		return nil
	})
}

// Mint gives value to who and adds it to the total issuance.
func Mint(c *frame.Context, who primitives.AccountID, value primitives.Balance) error {
	return c.Transaction(func() error {
		total, ok := TotalIssuance.Get(c.State).CheckedAdd(value)
		if !ok {
			return frame.Arithmetic{Reason: frame.Overflow}
		}
		if err := give(c, who, value); err != nil {
			return err
		}
		TotalIssuance.Put(c.State, total)
		c.Deposit(Deposit{Who: who, Amount: value})
		return nil
	})
}

// unissue takes value, which was part of a balance, from the total issuance.
func unissue(s *frame.State, value primitives.Balance) {
	total, ok := TotalIssuance.Get(s).CheckedSub(value)
	if !ok {
		panic("total issuance is below a balance")
	}
	TotalIssuance.Put(s, total)
}

// take removes value from the free balance of who, and who with what is left if
// that is below the existential deposit.
func take(c *frame.Context, who primitives.AccountID, value primitives.Balance, keepAlive bool) error {
	if value.IsZero() {
		return nil
	}
	info := system.Account.Get(c.State, who)
	if info.Data.Free.Less(value) {
		return frame.Token{Reason: frame.FundsUnavailable}
	}
	if Spendable(c.State, who, keepAlive).Less(value) {
		if info.Data.Frozen.IsZero() {
			return ErrExpendability
		}
		return frame.Token{Reason: frame.Frozen}
	}
	info.Data.Free, _ = info.Data.Free.CheckedSub(value)
	dust := info.Data.Free
	reaped := info.Data.Reserved.IsZero() && dust.Less(ExistentialDeposit)
	if reaped {
		info.Data.Free = primitives.Balance{} // also where something else keeps the account
	}
	system.Account.Put(c.State, who, info)
	if !reaped {
		return nil
	}
	return reap(c, who, dust)
}

// reap takes the balance's part in keeping who alive, and burns its last dust.
func reap(c *frame.Context, who primitives.AccountID, dust primitives.Balance) error {
	if err := system.Unprovide(c, who); err != nil {
		return err
	}
	if !dust.IsZero() {
		unissue(c.State, dust)
		c.Deposit(DustLost{Account: who, Amount: dust})
	}
	return nil
}

// give adds value to the free balance of who, and creates who if need be.
func give(c *frame.Context, who primitives.AccountID, value primitives.Balance) error {
	if value.IsZero() {
		return nil
	}
	info := system.Account.Get(c.State, who)
	free, ok := info.Data.Free.CheckedAdd(value)
	if !ok {
		return frame.Arithmetic{Reason: frame.Overflow}
	}
	created := info.Providers == 0
	if created {
		if free.Less(ExistentialDeposit) {
			return frame.Token{Reason: frame.BelowMinimum}
		}
		system.Provide(c, who)
		info = system.Account.Get(c.State, who)
	}
	info.Data.Free, info.Data.Flags = free, system.NewLogic
	system.Account.Put(c.State, who, info)
	if created {
		c.Deposit(Endowed{Account: who, FreeBalance: free})
	}
	return nil
}
