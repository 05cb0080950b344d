// Package system is the pallet under all others: accounts with their nonces and
// references, the numbers and hashes of recent blocks, and the events of the
// present one.
//
// It keeps accounts but moves no funds (pallet balances does), and it executes
// no blocks (package executive does).
//
//frame:pallet System frame_system::pallet
package system

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// BlockHashCount is how many block hashes are kept, in blocks: the longest life
// of a mortal extrinsic.
//
//frame:constant
const BlockHashCount primitives.BlockNumber = 4096

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Account holds what is known of each account.
	Account map[primitives.AccountID]AccountInfo `frame:"blake2_128_concat"`
	// BlockHash maps recent block numbers to block hashes.
	BlockHash map[primitives.BlockNumber]primitives.Hash `frame:"twox_64_concat"`
	// BlockWeight is what the extrinsics of the present block weigh, by class;
	// it is known at the end of the block.
	BlockWeight ConsumedWeight
	// LastRuntimeUpgrade says which rules the chain followed last.
	LastRuntimeUpgrade LastRuntimeUpgradeInfo `frame:"optional"`
	// Number is the number of the present block.
	Number primitives.BlockNumber
	// ParentHash is the hash of the block before the present one.
	ParentHash primitives.Hash
	// Digest is the digest of the present block without its seal.
	Digest primitives.Digest
	// Events are the events of the present block.
	Events RawEvents
	// EventCount is the number of events of the present block.
	EventCount uint32
}

// AccountInfo is what is known of an account.
//
//frame:codec
//frame:path frame_system::AccountInfo
type AccountInfo struct {
	// Nonce counts the account's signed extrinsics.
	Nonce primitives.Nonce
	// Consumers, Providers and Sufficients count references: an account lives
	// as long as Providers or Sufficients is not 0, and the last provider
	// stays while Consumers is not 0.
	Consumers   uint32
	Providers   uint32
	Sufficients uint32
	Data        AccountData
}

// AccountData is what an account owns, kept here and changed by pallet
// balances.
//
//frame:codec
//frame:path pallet_balances::types::AccountData
type AccountData struct {
	// Free can be spent, but for what is Frozen of it.
	Free primitives.Balance
	// Reserved belongs to the account but cannot be spent.
	Reserved primitives.Balance
	// Frozen is how much of Free and Reserved together must stay.
	Frozen primitives.Balance
	// Flags has its top bit set in accounts of the present logic.
	Flags ExtraFlags
}

// ExtraFlags marks the logic that an account was last changed by.
//
//frame:path pallet_balances::types::ExtraFlags
//frame:as u128
type ExtraFlags struct{ Lo, Hi uint64 }

// NewLogic is the flag of accounts of the present logic: 2^127.
var NewLogic = ExtraFlags{Hi: 1 << 63}

// RawEvents is the encoded list of the event records of a block:
// Vec<phase ‖ event ‖ topics>.
//
//frame:as events
type RawEvents []byte

// AppendSCALE appends the encoded list as it is.
func (e RawEvents) AppendSCALE(b []byte) []byte { return append(b, e...) }

// DecodeSCALE takes all of the input.
func (e *RawEvents) DecodeSCALE(d *scale.Decoder) { *e = d.Rest() }

// ConsumedWeight is a weight per class of calls.
//
//frame:codec
//frame:path frame_support::dispatch::PerDispatchClass
type ConsumedWeight struct {
	Normal      frame.Weight
	Operational frame.Weight
	Mandatory   frame.Weight
}

// Add adds weight to that of class.
func (w *ConsumedWeight) Add(class frame.DispatchClass, weight frame.Weight) {
	of := [...]*frame.Weight{frame.Normal: &w.Normal, frame.Operational: &w.Operational, frame.Mandatory: &w.Mandatory}[class]
	*of = of.Add(weight)
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// ErrCallFiltered: the origin may not make this call.
const ErrCallFiltered Error = 5

// Dispatch makes call on behalf of origin and returns what it did cost, as
// Context.Make does; ErrCallFiltered if a filter of origin does not allow it.
// Pallets make the calls inside of their calls by it.
func Dispatch(c *frame.Context, origin frame.Origin, call frame.Call) (frame.DispatchInfo, error) {
	if !frame.Allowed(origin, call) {
		return call.Info(), ErrCallFiltered
	}
	return c.Make(origin, call)
}

// ExtrinsicSuccess says that an extrinsic was applied.
//
//frame:event 0
type ExtrinsicSuccess struct{ DispatchInfo frame.DispatchInfo }

// ExtrinsicFailed says that an extrinsic was included but its call failed.
//
//frame:event 1
type ExtrinsicFailed struct {
	DispatchError frame.DispatchError
	DispatchInfo  frame.DispatchInfo
}

// NewAccount says that an account came to be.
//
//frame:event 3
type NewAccount struct{ Account primitives.AccountID }

// KilledAccount says that an account ceased to be.
//
//frame:event 4
type KilledAccount struct{ Account primitives.AccountID }

// Remarked says that a remark was made.
//
//frame:event 5
type Remarked struct {
	Sender primitives.AccountID
	// Hash is BLAKE2b-256 of the remark.
	Hash primitives.Hash
}

// Remark puts data on chain and does nothing else.
//
//frame:call 0 weight=remarkWeight(len(call.Remark))
type Remark struct {
	Remark []byte `scale:"max=5242880"`
}

// Dispatch makes the call.
func (Remark) Dispatch(_ *frame.Context, origin frame.Origin) error {
	_, err := frame.EnsureSigned(origin)
	return err
}

// RemarkWithEvent puts data on chain and says so in an event.
//
//frame:call 7 weight=remarkWithEventWeight(len(call.Remark))
type RemarkWithEvent struct {
	Remark []byte `scale:"max=5242880"`
}

// Dispatch makes the call.
func (r RemarkWithEvent) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	c.Deposit(Remarked{Sender: who, Hash: primitives.Blake2b256(r.Remark)})
	return nil
}

// Initialize begins block number on parent: it records the parent's hash and
// forgets the one that is BlockHashCount blocks older.
func Initialize(c *frame.Context) {
	Number.Put(c.State, c.Number)
	ParentHash.Put(c.State, c.ParentHash)
	BlockHash.Put(c.State, c.Number-1, c.ParentHash)
	if c.Number-1 > BlockHashCount { // genesis is never forgotten: signatures cover its hash
		BlockHash.Delete(c.State, c.Number-1-BlockHashCount)
	}
	Digest.Delete(c.State)
	Events.Delete(c.State)
	EventCount.Delete(c.State)
}

// Finalize writes the digest and the events of the block into the state.
func Finalize(c *frame.Context) {
	raw := scale.AppendCompact(nil, uint64(len(c.Events)))
	for _, record := range c.Events {
		raw = frame.AppendPhase(raw, record.Phase)
		raw = c.Pallets.AppendEvent(raw, record.Event)
		raw = append(raw, 0) // no topics
	}
	Events.Put(c.State, raw)
	EventCount.Put(c.State, uint32(len(c.Events)))
	Digest.Put(c.State, c.Digest)
}

// Provide adds a provider to the account, which creates it if it is the first.
func Provide(c *frame.Context, who primitives.AccountID) {
	info := Account.Get(c.State, who)
	if info.Providers == 0 && info.Sufficients == 0 {
		c.Deposit(NewAccount{Account: who})
	}
	info.Providers++
	Account.Put(c.State, who, info)
}

// Unprovide takes a provider from the account, which ends it if nothing else
// keeps it alive: nothing is left of it. frame.NoProviders if it has no
// provider, frame.ConsumerRemaining if it has one and something refers to it.
func Unprovide(c *frame.Context, who primitives.AccountID) error {
	info := Account.Get(c.State, who)
	switch {
	case info.Providers == 0:
		return frame.NoProviders{}
	case info.Providers == 1 && info.Consumers > 0:
		return frame.ConsumerRemaining{}
	case info.Providers > 1 || info.Sufficients > 0:
		info.Providers--
		Account.Put(c.State, who, info)
	default:
		Account.Delete(c.State, who)
		c.Deposit(KilledAccount{Account: who})
	}
	return nil
}

// Consume adds a reference that keeps the account alive; frame.NoProviders if
// the account is not.
func Consume(c *frame.Context, who primitives.AccountID) error {
	info := Account.Get(c.State, who)
	if info.Providers == 0 {
		return frame.NoProviders{}
	}
	info.Consumers++
	Account.Put(c.State, who, info)
	return nil
}

// Release takes a reference that Consume added.
func Release(c *frame.Context, who primitives.AccountID) {
	info := Account.Get(c.State, who)
	if info.Consumers > 0 {
		info.Consumers--
		Account.Put(c.State, who, info)
	}
}

// Lookup returns the account that address names, or frame.CannotLookup.
func Lookup(address primitives.MultiAddress) (primitives.AccountID, error) {
	if id, ok := address.(primitives.AddressID); ok {
		return id.ID, nil
	}
	return primitives.AccountID{}, frame.CannotLookup{}
}
