// Package transfer is the pallet that moves coins to an account on another chain
// of the same kind.
//
// Coins that leave are burnt here and minted there, so that the issuances of all
// chains, what is held, and what is under way add up to the same number for ever.
// Chains that mint on each other's word are peers; they are named at genesis, and
// messages of any other chain are refused.
//
// A payment is one message, and messages are delivered exactly once and in order.
// If there is no channel, or too much waits for it, nothing is burnt and the call
// fails. What can go wrong after that loses nothing either: a payment that the
// account cannot receive (it does not exist and the amount is below the
// existential deposit, or it would overflow) is held for the account. What is held
// is added to the account's next payment, and anybody may ask for it with Claim,
// once the account can receive it.
//
//frame:pallet Transfer
package transfer

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Peers are the chains with which coins are exchanged, ascending.
	Peers []primitives.ParaID `scale:"max=128"`
	// Sent counts the payments to each peer.
	Sent map[primitives.ParaID]uint64 `frame:"twox_64_concat"`
	// Held is what arrived for an account that could not receive it.
	Held map[primitives.AccountID]primitives.Balance `frame:"blake2_128_concat"`
}

// Payment is what a chain tells its peer.
//
//frame:codec
type Payment struct {
	// Serial numbers the payments of a chain to a peer, from 1.
	Serial uint64
	From   primitives.AccountID
	To     primitives.AccountID
	Amount primitives.Balance `scale:"compact"`
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// Errors.
const (
	// ErrNotPeer: no coins are exchanged with that chain.
	ErrNotPeer Error = 0
	// ErrZero: the amount is 0.
	ErrZero Error = 1
	// ErrMessage: the message is not a payment.
	ErrMessage Error = 2
	// ErrNothingHeld: nothing is held for the account.
	ErrNothingHeld Error = 3
)

// Paid says that a payment left for another chain.
//
//frame:event 0
type Paid struct {
	Dest primitives.ParaID
	// Serial is the same in the peer's Received or Kept.
	Serial uint64
	From   primitives.AccountID
	To     primitives.AccountID
	Amount primitives.Balance
}

// Received says that a payment from another chain reached its account.
//
//frame:event 1
type Received struct {
	Source primitives.ParaID
	Serial uint64
	From   primitives.AccountID
	To     primitives.AccountID
	Amount primitives.Balance
}

// Kept says that a payment from another chain is held, because the account could
// not receive it.
//
//frame:event 2
type Kept struct {
	Source primitives.ParaID
	Serial uint64
	From   primitives.AccountID
	To     primitives.AccountID
	Amount primitives.Balance
}

// Claimed says that what was held for an account reached it.
//
//frame:event 3
type Claimed struct {
	Who    primitives.AccountID
	Amount primitives.Balance
}

// PayAcross burns amount of the signer's coins, which keeps the existential
// deposit, and has the chain dest mint them for the account to.
//
//frame:call 0 weight=payAcrossWeight()
type PayAcross struct {
	Dest   primitives.ParaID
	To     primitives.MultiAddress
	Amount primitives.Balance `scale:"compact"`
}

// Dispatch makes the call.
func (p PayAcross) Dispatch(c *frame.Context, origin frame.Origin) error {
	from, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	to, err := system.Lookup(p.To)
	if err != nil {
		return err
	}
	if p.Amount.IsZero() {
		return ErrZero
	}
	if !isPeer(c.State, p.Dest) {
		return ErrNotPeer
	}
	if err := balances.Burn(c, from, p.Amount, true); err != nil {
		return err
	}
	serial := Sent.Get(c.State, p.Dest) + 1
	Sent.Put(c.State, p.Dest, serial)
	payment := Payment{Serial: serial, From: from, To: to, Amount: p.Amount}
	if err := parachainsystem.Send(c, p.Dest, payment.AppendSCALE(nil)); err != nil {
		return err
	}
	c.Deposit(Paid{Dest: p.Dest, Serial: serial, From: from, To: to, Amount: p.Amount})
	return nil
}

// Claim gives who what is held for it. Anybody may ask.
//
//frame:call 1 weight=claimWeight()
type Claim struct{ Who primitives.AccountID }

// Dispatch makes the call.
func (k Claim) Dispatch(c *frame.Context, origin frame.Origin) error {
	if _, err := frame.EnsureSigned(origin); err != nil {
		return err
	}
	held, ok := Held.Lookup(c.State, k.Who)
	if !ok {
		return ErrNothingHeld
	}
	if err := balances.Mint(c, k.Who, held); err != nil {
		return err
	}
	Held.Delete(c.State, k.Who)
	c.Deposit(Claimed{Who: k.Who, Amount: held})
	return nil
}

// Receive takes a blob from another chain: a payment, from a peer.
func Receive(c *frame.Context, source primitives.ParaID, _ primitives.BlockNumber, blob []byte) error {
	if !isPeer(c.State, source) {
		return ErrNotPeer
	}
	var p Payment
	d := scale.NewDecoder(blob)
	p.DecodeSCALE(d)
	if d.Finish() != nil {
		return ErrMessage
	}
	held := Held.Get(c.State, p.To)
	all, ok := held.CheckedAdd(p.Amount)
	if !ok {
		// Only a peer that makes coins of nothing gets here.
		return frame.Arithmetic{Reason: frame.Overflow}
	}
	if balances.Mint(c, p.To, all) != nil {
		Held.Put(c.State, p.To, all)
		c.Deposit(Kept{Source: source, Serial: p.Serial, From: p.From, To: p.To, Amount: p.Amount})
		return nil
	}
	if !held.IsZero() {
		Held.Delete(c.State, p.To)
		c.Deposit(Claimed{Who: p.To, Amount: held})
	}
	c.Deposit(Received{Source: source, Serial: p.Serial, From: p.From, To: p.To, Amount: p.Amount})
	return nil
}

func isPeer(s *frame.State, para primitives.ParaID) bool {
	_, found := slices.BinarySearch(Peers.Get(s), para)
	return found
}
