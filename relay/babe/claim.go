package babe

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Core claims slots for our own authorities. In each slot it tries every own
// authority once: the first whose VRF output wins makes a primary claim; if
// none does and the slot's secondary author is one of them, that one claims it.
// A slot that passed unclaimed is not made up for, and no slot is claimed twice
// or after a later one.
type Core struct {
	duration primitives.Millis
	now      primitives.Millis
	begun    primitives.Slot // last slot tried
	claimed  primitives.Slot // last slot claimed
	best     View
	hasBest  bool
	syncing  bool
	keys     []primitives.SR25519Public
	attempt  *attempt
}

// attempt is the slot being claimed.
type attempt struct {
	slot    primitives.Slot
	parent  primitives.BlockID
	epoch   *Epoch
	waiting []candidate // not answered yet
	lost    []candidate // answered, not below the threshold
}

// candidate is an own authority; vrf is set once it was evaluated.
type candidate struct {
	index primitives.AuthorityIndex
	key   primitives.SR25519Public
	vrf   primitives.VRFSignature
}

// New returns a Core for slots of slotDuration, which must be positive. It
// claims no slot up to lastClaimed, which comes from the signer's guard.
func New(slotDuration primitives.Millis, lastClaimed primitives.Slot) *Core {
	return &Core{duration: slotDuration, claimed: lastClaimed, syncing: true}
}

// Step takes in ev at the time now, which must not decrease, and returns what
// to do, in order.
func (c *Core) Step(now primitives.Millis, ev Event) []Effect {
	c.now = now
	var effects []Effect
	switch ev := ev.(type) {
	case Best:
		c.best, c.hasBest = ev.View, true
	case Keys:
		c.keys = slices.Clone(ev.Keys)
	case Syncing:
		c.syncing = ev.On
	case VRFEvaluated:
		effects = c.evaluated(ev)
	}
	return append(effects, c.begin()...)
}

// Next returns the start of the next slot, when Step wants Wake; false while
// there is nothing to claim for.
func (c *Core) Next() (primitives.Millis, bool) {
	if !c.ready() {
		return 0, false
	}
	next := max(SlotAt(c.now, c.duration), c.claimed) + 1
	return primitives.Millis(next) * c.duration, true
}

// ready reports whether slots are to be claimed at all.
func (c *Core) ready() bool { return !c.syncing && c.hasBest && len(c.keys) > 0 }

// begin starts on the present slot unless it was tried before.
func (c *Core) begin() []Effect {
	slot := SlotAt(c.now, c.duration)
	if !c.ready() || slot <= c.begun || slot <= c.claimed {
		return nil
	}
	c.begun, c.attempt = slot, nil
	epoch, err := c.best.Epoch(slot)
	if err != nil {
		return nil // the best block is of this slot or a later one
	}
	a := &attempt{slot: slot, parent: c.best.Block, epoch: epoch}
	var effects []Effect
	for _, key := range c.keys {
		index := slices.IndexFunc(epoch.Authorities, func(b primitives.BABEAuthority) bool { return b.Key == key })
		if index < 0 {
			continue
		}
		a.waiting = append(a.waiting, candidate{index: primitives.AuthorityIndex(index), key: key})
		effects = append(effects, EvaluateVRF{Key: key, Slot: slot, Input: epoch.VRFInput(slot)})
	}
	if len(effects) > 0 {
		c.attempt = a
	}
	return effects
}

// evaluated takes in the answer for one own authority. Answers for another slot
// than the present one come too late and are dropped.
func (c *Core) evaluated(ev VRFEvaluated) []Effect {
	a := c.attempt
	if a == nil || ev.Slot != a.slot || a.slot != SlotAt(c.now, c.duration) || c.syncing {
		return nil
	}
	i := slices.IndexFunc(a.waiting, func(b candidate) bool { return b.key == ev.Key })
	if i < 0 {
		return nil
	}
	own := a.waiting[i]
	own.vrf = ev.VRF
	a.waiting = slices.Delete(a.waiting, i, i+1)
	if !ev.Refused {
		if a.epoch.Threshold(own.index).Wins(ev.Ticket) {
			return c.claim(own, primitives.PrimaryClaim{AuthorityIndex: own.index, Slot: a.slot, VRF: own.vrf})
		}
		a.lost = append(a.lost, own)
	}
	if len(a.waiting) > 0 {
		return nil
	}
	turn := SecondaryAuthor(a.epoch.Randomness, a.slot, len(a.epoch.Authorities))
	for _, own := range a.lost {
		if own.index != turn {
			continue
		}
		switch a.epoch.Config.AllowedSlots {
		case primitives.PrimaryAndSecondaryPlainSlots:
			return c.claim(own, primitives.SecondaryPlainClaim{AuthorityIndex: turn, Slot: a.slot})
		case primitives.PrimaryAndSecondaryVRFSlots:
			return c.claim(own, primitives.SecondaryVRFClaim{AuthorityIndex: turn, Slot: a.slot, VRF: own.vrf})
		}
	}
	c.attempt = nil
	return nil
}

// claim ends the attempt with a claim by own.
func (c *Core) claim(own candidate, claim primitives.BABEPreDigest) []Effect {
	a := c.attempt
	c.attempt, c.claimed = nil, a.slot
	return []Effect{ClaimSlot{Parent: a.parent, Slot: a.slot, Epoch: a.epoch.Index, Claim: claim, Key: own.key}}
}
