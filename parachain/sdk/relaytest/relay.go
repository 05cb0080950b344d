// Package relaytest is a relay chain for tests of parachains, in memory and
// without validators: it keeps heads and message queues in the storage items of
// the true relay chain, takes candidates by the rules of their messages, and gives
// collators what they collect.
//
// It decides nothing about backing, availability, approval or finality: a
// candidate that keeps the rules is included at once.
package relaytest

import (
	"fmt"

	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// FirstSlot is the slot of block 1 of a Relay.
const FirstSlot primitives.Slot = 1_000_000

// slotDuration is in milliseconds.
const slotDuration primitives.Millis = 2000

// Relay is a relay chain.
type Relay struct {
	view   View
	root   primitives.Hash
	number primitives.BlockNumber
	slot   primitives.Slot
}

// New returns a relay chain, at block 1, with paras and channels between them.
func New(heads map[primitives.ParaID]primitives.HeadData, channels ...hrmp.Preopened) (*Relay, error) {
	r := &Relay{root: trie.EmptyRoot, slot: FirstSlot - 1}
	return r, r.advance(1, func(s *frame.State) error {
		configuration.ActiveConfig.Put(s, configuration.Local())
		babe.SlotDuration.Put(s, slotDuration)
		for id, head := range heads {
			paras.Heads.Put(s, id, head)
		}
		return hrmp.Genesis(s, channels, func(id primitives.ParaID) bool { return heads[id] != nil })
	})
}

// advance makes a block, skip slots after the last, that does change.
func (r *Relay) advance(skip primitives.Slot, change func(s *frame.State) error) error {
	s := frame.NewState(r.view)
	babe.CurrentSlot.Put(s, r.slot+skip)
	if err := change(s); err != nil {
		return err
	}
	outcome, err := executive.Commit(r.view, r.root, s.Changes())
	if err != nil {
		return err
	}
	r.view, r.root = r.view.After(outcome), outcome.Root
	r.number, r.slot = r.number+1, r.slot+skip
	return nil
}

// Number returns the number of the last block.
func (r *Relay) Number() primitives.BlockNumber { return r.number }

// Slot returns the slot of the last block.
func (r *Relay) Slot() primitives.Slot { return r.slot }

// Candidate is what a para wants included.
type Candidate struct {
	Para primitives.ParaID
	// RelayParent is the number of the block that it was built at.
	RelayParent primitives.BlockNumber
	Result      primitives.ValidationResult
}

// Include makes a block, skip slots after the last, that includes candidates in
// order. If one breaks a rule there is no block, and the error says which.
func (r *Relay) Include(skip primitives.Slot, candidates ...Candidate) error {
	return r.advance(skip, func(s *frame.State) error {
		for _, c := range candidates {
			if err := r.enact(s, c); err != nil {
				return fmt.Errorf("candidate of para %d: %w", c.Para, err)
			}
		}
		return nil
	})
}

func (r *Relay) enact(s *frame.State, c Candidate) error {
	result := c.Result
	if len(result.UpwardMessages) > 0 {
		return fmt.Errorf("%d upward messages, want none", len(result.UpwardMessages))
	}
	if err := dmp.Check(dmp.SentAt(s, c.Para), c.RelayParent, result.ProcessedDownwardMessages); err != nil {
		return err
	}
	if err := hrmp.CheckWatermark(hrmp.WatermarksOf(s, c.Para), c.RelayParent, result.HRMPWatermark); err != nil {
		return err
	}
	limit := configuration.ActiveConfig.Get(s).HrmpMaxMessageNumPerCandidate
	if err := hrmp.CheckOutbound(hrmp.RoomFrom(s, c.Para), result.HorizontalMessages, limit); err != nil {
		return err
	}
	dmp.Prune(s, c.Para, result.ProcessedDownwardMessages)
	hrmp.Advance(s, c.Para, result.HRMPWatermark)
	hrmp.Send(s, c.Para, r.number+1, result.HorizontalMessages)
	paras.Heads.Put(s, c.Para, result.HeadData)
	return nil
}

// Change makes a block in the next slot in which something else happens to the
// relay chain's state.
func (r *Relay) Change(f func(s *frame.State, number primitives.BlockNumber)) error {
	return r.advance(1, func(s *frame.State) error {
		f(s, r.number+1)
		return nil
	})
}

// State returns the state after the last block, to be read.
func (r *Relay) State() *frame.State { return frame.NewState(r.view) }

// Collect returns what a collator of para collects at the last block, to build on
// the head parent.
func (r *Relay) Collect(para primitives.ParaID, parent primitives.HeadData) parachainsystem.Collected {
	s := r.State()
	c := parachainsystem.Collected{
		ValidationData: primitives.PersistedValidationData{
			ParentHead: parent, RelayParentNumber: r.number, RelayParentStorageRoot: r.root,
			MaxPoVSize: configuration.ActiveConfig.Get(s).MaxPovSize,
		},
		State:    r.view,
		Downward: dmp.DownwardMessageQueues.Get(s, para),
	}
	for _, in := range hrmp.InboundContents(s, para) {
		c.Horizontal = append(c.Horizontal, parachainsystem.Channel{Sender: in.Sender, Messages: in.Messages})
	}
	return c
}
