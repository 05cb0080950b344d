// Package collators is the pallet of those who may make a chain's blocks: which of
// them in which slot of the relay chain, and that the time of a block is in its
// slot.
//
// A chain has a list of n collators. A block is made in the slot s of its relay
// parent, later than the slot p of its parent block, and by the collator a for
// whom
//
//	(a − s) mod n ≤ ⌊(s − p − 1) / 2⌋
//
// that is: by the collator s mod n; after two silent slots the next in line may
// author besides, after four the one after that, and so on. Before block 1 no slot
// counts as silent. Blocks by different authors in one slot are a fork, and the
// relay chain includes one of them.
//
// The author claims slot and place in a pre-runtime digest item, and seals the
// header with an sr25519 signature of the words "rampart collator seal" and the
// hash of the header without the seal. The claim is checked when the block is
// executed; the seal, by whoever executes it (package sdk).
//
//frame:pallet Collators
package collators

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// MaxCollators bounds the collators of a chain.
const MaxCollators = 1024

// Engine names the digest items of the author.
var Engine = primitives.EngineID{'c', 'l', 't', 'r'}

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Collators are the keys of those who may author, in line. A key is also
	// the account that earns the fees.
	Collators []primitives.SR25519Public `scale:"max=1024"`
	// CurrentSlot is the relay-chain slot of the present block, 0 at genesis.
	CurrentSlot primitives.Slot
}

// Claim says who made a block, and in which slot.
//
//frame:codec
type Claim struct {
	Slot primitives.Slot
	// Author is a place in the list of collators, from 0.
	Author uint32
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// Errors.
const (
	// ErrClaim: the block does not begin with one claim that can be read.
	ErrClaim Error = 0
	// ErrSlot: the slot is not later than the parent's.
	ErrSlot Error = 1
	// ErrTurn: it is not the author's turn, or there is no such collator.
	ErrTurn Error = 2
	// ErrRelaySlot: the slot is not that of the relay parent.
	ErrRelaySlot Error = 3
	// ErrTimestamp: the time of the block is not in its slot.
	ErrTimestamp Error = 4
)

// PreRuntime returns the digest item with the claim.
func (c Claim) PreRuntime() primitives.PreRuntime {
	return primitives.PreRuntime{Engine: Engine, Data: c.AppendSCALE(nil)}
}

// ClaimOf returns the claim in digest: its first and only pre-runtime item, else
// ErrClaim.
func ClaimOf(digest primitives.Digest) (Claim, error) {
	var claim Claim
	found := false
	for i, item := range digest {
		p, ok := item.(primitives.PreRuntime)
		if !ok {
			continue
		}
		d := scale.NewDecoder(p.Data)
		claim.DecodeSCALE(d)
		if i != 0 || p.Engine != Engine || d.Finish() != nil {
			return Claim{}, ErrClaim
		}
		found = true
	}
	if !found {
		return Claim{}, ErrClaim
	}
	return claim, nil
}

// MayAuthor reports whether the collator author of n may make a block in slot,
// when its parent is of the slot parent, 0 if that is genesis.
func MayAuthor(n int, parent, slot primitives.Slot, author uint32) bool {
	if slot <= parent || uint64(author) >= uint64(n) {
		return false
	}
	silent := uint64(slot - parent - 1)
	if parent == 0 {
		silent = 0
	}
	behind := (uint64(author) + uint64(n) - uint64(slot)%uint64(n)) % uint64(n)
	return behind <= silent/2
}

// Initialize reads the claim of the block.
func Initialize(c *frame.Context) error {
	claim, err := ClaimOf(c.Digest)
	if err != nil {
		return err
	}
	parent := CurrentSlot.Get(c.State)
	if claim.Slot <= parent {
		return ErrSlot
	}
	collators := Collators.Get(c.State)
	if !MayAuthor(len(collators), parent, claim.Slot, claim.Author) {
		return ErrTurn
	}
	CurrentSlot.Put(c.State, claim.Slot)
	authorship.Author.Put(c.State, primitives.AccountID(collators[claim.Author]))
	return nil
}

// Finalize ends a block: slot, relay parent and time must agree.
func Finalize(c *frame.Context) error {
	slot, relay := CurrentSlot.Get(c.State), parachainsystem.RelayParent.Get(c.State)
	if relay.Slot != slot {
		return ErrRelaySlot
	}
	if primitives.Slot(timestamp.Now.Get(c.State)/relay.SlotDuration) != slot {
		return ErrTimestamp
	}
	return nil
}
