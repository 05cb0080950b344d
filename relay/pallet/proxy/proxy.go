// Package proxy is the pallet by which accounts let others call on their behalf,
// some only certain calls, some only calls that they announced a while before. It
// also makes accounts that nobody has a key of, which only proxies act for.
//
// Who adds a proxy or announces holds a deposit until that is undone.
//
// Source: polkadot-sdk substrate/frame/proxy. Left out: poke_deposit.
//
//frame:pallet Proxy
package proxy

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Bounds of the lists of an account.
//
// Source: polkadot-sdk polkadot/runtime/westend.
const (
	// MaxProxies bounds the proxies of an account.
	//
	//frame:constant
	MaxProxies uint32 = 32
	// MaxPending bounds the announcements of an account.
	//
	//frame:constant
	MaxPending uint32 = 32
)

// Deposits for the first of a list and, besides, for each.
//
// Source: polkadot-sdk polkadot/runtime/westend; 8 and 33, 8 and 66 bytes of
// state, in tokens of 10^12 units.
var (
	//frame:constant
	ProxyDepositBase = primitives.NewBalance(200_080_000_000)
	//frame:constant
	ProxyDepositFactor = primitives.NewBalance(330_000_000)
	//frame:constant
	AnnouncementDepositBase = primitives.NewBalance(200_080_000_000)
	//frame:constant
	AnnouncementDepositFactor = primitives.NewBalance(660_000_000)
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Proxies are those who may call on behalf of an account, with the deposit.
	Proxies map[primitives.AccountID]ProxyList `frame:"twox_64_concat"`
	// Announcements are what a proxy announced, with the deposit.
	Announcements map[primitives.AccountID]AnnouncementList `frame:"twox_64_concat"`
}

// ProxyList is a list with the deposit for it.
//
//frame:codec
//frame:tuple
type ProxyList struct {
	// List is ascending by delegate, type and delay.
	List    []Definition `scale:"max=32"`
	Deposit primitives.Balance
}

// Definition is a proxy.
//
//frame:codec
//frame:path pallet_proxy::ProxyDefinition
type Definition struct {
	// Delegate may call.
	Delegate  primitives.AccountID
	ProxyType Type
	// Delay is how many blocks before each call must be announced; 0 is not at
	// all.
	Delay primitives.BlockNumber
}

// AnnouncementList is a list with the deposit for it.
//
//frame:codec
//frame:tuple
type AnnouncementList struct {
	// List is in the order of announcing.
	List    []Announcement `scale:"max=32"`
	Deposit primitives.Balance
}

// Announcement is a call that a proxy wants to make.
//
//frame:codec
//frame:path pallet_proxy::Announcement
type Announcement struct {
	// Real is on whose behalf.
	Real primitives.AccountID
	// CallHash is BLAKE2b-256 of the encoded call.
	CallHash primitives.Hash
	// Height is the number of the block that has the announcement.
	Height primitives.BlockNumber
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// Errors.
const (
	// ErrTooMany: the list is full.
	ErrTooMany Error = 0
	// ErrNotFound: there is no such proxy or announcement.
	ErrNotFound Error = 1
	// ErrNotProxy: the signer is no such proxy of the account.
	ErrNotProxy Error = 2
	// ErrUnproxyable: no such call may be made by proxy.
	ErrUnproxyable Error = 3
	// ErrDuplicate: it is there already.
	ErrDuplicate Error = 4
	// ErrNoPermission: the signer is not the account that was created so.
	ErrNoPermission Error = 5
	// ErrUnannounced: the call was not announced, or not long enough ago.
	ErrUnannounced Error = 6
	// ErrNoSelfProxy: an account cannot be its own proxy.
	ErrNoSelfProxy Error = 7
)

// ProxyExecuted says that a proxy made a call.
//
//frame:event 0
type ProxyExecuted struct{ Result frame.DispatchResult }

// PureCreated says that an account without a key was made.
//
//frame:event 1
type PureCreated struct {
	Pure                primitives.AccountID
	Who                 primitives.AccountID
	ProxyType           Type
	DisambiguationIndex uint16
}

// Announced says that a proxy announced a call.
//
//frame:event 2
type Announced struct {
	Real     primitives.AccountID
	Proxy    primitives.AccountID
	CallHash primitives.Hash
}

// ProxyAdded says that an account has one more proxy.
//
//frame:event 3
type ProxyAdded struct {
	Delegator primitives.AccountID
	Delegatee primitives.AccountID
	ProxyType Type
	Delay     primitives.BlockNumber
}

// ProxyRemoved says that it has one less.
//
//frame:event 4
type ProxyRemoved struct {
	Delegator primitives.AccountID
	Delegatee primitives.AccountID
	ProxyType Type
	Delay     primitives.BlockNumber
}

// Pure returns the account without a key that spawner makes in the extrinsic:
// BLAKE2b-256 of "modlpy/proxy____" ‖ spawner ‖ height ‖ extrinsic ‖ type ‖ index.
func Pure(spawner primitives.AccountID, t Type, index uint16, height primitives.BlockNumber, extrinsic uint32) primitives.AccountID {
	entropy := append([]byte("modlpy/proxy____"), spawner[:]...)
	entropy = scale.AppendU32(scale.AppendU32(entropy, uint32(height)), extrinsic)
	return primitives.AccountID(primitives.Blake2b256(scale.AppendU16(t.AppendSCALE(entropy), index)))
}

func (d Definition) compare(other Definition) int {
	return cmp.Or(bytes.Compare(d.Delegate[:], other.Delegate[:]), cmp.Compare(d.ProxyType, other.ProxyType), cmp.Compare(d.Delay, other.Delay))
}

// find returns the first proxy of real with the delegate, and of the type if that
// is not nil.
func find(s *frame.State, real, delegate primitives.AccountID, t *Type) (Definition, error) {
	list := Proxies.Get(s, real).List
	i := slices.IndexFunc(list, func(d Definition) bool { return d.Delegate == delegate && (t == nil || d.ProxyType == *t) })
	if i < 0 {
		return Definition{}, ErrNotProxy
	}
	return list[i], nil
}

// depositFor returns the deposit for a list of n.
func depositFor(base, each primitives.Balance, n int) primitives.Balance {
	if n == 0 {
		return primitives.Balance{}
	}
	return base.SaturatingAdd(each.SaturatingMul(uint64(n)))
}

// redeposit changes the deposit that who holds for a list.
func redeposit(c *frame.Context, who primitives.AccountID, before, after primitives.Balance) error {
	if before.Less(after) {
		return balances.Reserve(c, who, after.SaturatingSub(before))
	}
	balances.Unreserve(c, who, before.SaturatingSub(after))
	return nil
}
