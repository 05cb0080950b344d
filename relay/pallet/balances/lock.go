package balances

import "github.com/rampart-chain/rampart/relay/primitives"

// Lock freezes a part of an account's balance, under the name of what it is for.
// Locks of one account overlap.
//
// Source: polkadot-sdk substrate/frame/balances/src/types.rs, BalanceLock.
//
//frame:codec
//frame:path pallet_balances::types::BalanceLock
type Lock struct {
	ID      [8]byte
	Amount  primitives.Balance
	Reasons Reasons
}

// Reasons say what cannot be paid out of a locked balance.
//
// Source: polkadot-sdk substrate/frame/balances/src/types.rs, Reasons.
//
//frame:codec
//frame:path pallet_balances::types::Reasons
type Reasons uint8

// Reasons of a lock.
const (
	// ReasonsFee is fees.
	ReasonsFee Reasons = 0
	// ReasonsMisc is everything but fees and tips.
	ReasonsMisc Reasons = 1
	// ReasonsAll is everything.
	ReasonsAll Reasons = 2
)

// ReserveData is a part of an account's reserved balance, under the name of what it
// is for.
//
// Source: polkadot-sdk substrate/frame/balances/src/types.rs, ReserveData.
//
//frame:codec
//frame:path pallet_balances::types::ReserveData
type ReserveData struct {
	ID     [8]byte
	Amount primitives.Balance
}
