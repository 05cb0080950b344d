package inclusion

import (
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// Constraints says what the next candidate of a para may do. Values are not
// changed once made: After returns others.
type Constraints struct {
	// MinRelayParentNumber is the number of the oldest relay parent.
	MinRelayParentNumber primitives.BlockNumber
	// RequiredParent is the head to build on.
	RequiredParent primitives.HeadData
	// ValidationCodeHash is that of the code to run.
	ValidationCodeHash primitives.Hash
	// UpwardRoom, DownwardSentAt, Watermarks and OutboundRooms are the state
	// of the para's message queues.
	UpwardRoom     ump.Capacity
	DownwardSentAt []primitives.BlockNumber
	Watermarks     hrmp.Watermarks
	OutboundRooms  []hrmp.Room
	Limits         Limits
}

// Limits are the limits of a candidate that the configuration sets; sizes are
// in bytes.
type Limits struct {
	MaxPoVSize           uint32
	MaxHeadDataSize      uint32
	MaxUpwardMessageSize uint32
	MaxUpwardMessages    uint32
	MaxOutboundMessages  uint32
}

// RelayParent is what a candidate's validation data takes from its relay
// parent.
type RelayParent struct {
	Number      primitives.BlockNumber
	StorageRoot primitives.Hash
}

// included returns the Constraints of a candidate of para that builds on the
// last included one; ok is false if there is no such para.
func included(s *frame.State, para primitives.ParaID) (_ Constraints, ok bool) {
	code, ok := paras.CurrentCodeHash.Lookup(s, para)
	if !ok {
		return Constraints{}, false
	}
	config := configuration.ActiveConfig.Get(s)
	return Constraints{
		MinRelayParentNumber: paras.MostRecentContext.Get(s, para),
		RequiredParent:       paras.Heads.Get(s, para),
		ValidationCodeHash:   code,
		UpwardRoom:           ump.Remaining(s, para),
		DownwardSentAt:       dmp.SentAt(s, para),
		Watermarks:           hrmp.WatermarksOf(s, para),
		OutboundRooms:        hrmp.RoomFrom(s, para),
		Limits: Limits{
			MaxPoVSize: config.MaxPovSize, MaxHeadDataSize: config.MaxHeadDataSize,
			MaxUpwardMessageSize: config.MaxUpwardMessageSize, MaxUpwardMessages: config.MaxUpwardMessageNumPerCandidate,
			MaxOutboundMessages: config.HrmpMaxMessageNumPerCandidate,
		},
	}, true
}

// ValidationData returns the persisted validation data of a candidate built at
// relay.
func (c Constraints) ValidationData(relay RelayParent) primitives.PersistedValidationData {
	return primitives.PersistedValidationData{
		ParentHead: c.RequiredParent, RelayParentNumber: relay.Number,
		RelayParentStorageRoot: relay.StorageRoot, MaxPoVSize: c.Limits.MaxPoVSize,
	}
}

// Check returns the Reason for which candidate, built at relay, cannot be next.
// Core, votes and data availability are not looked at.
func (c Constraints) Check(candidate primitives.CommittedCandidateReceipt, relay RelayParent) error {
	descriptor, commitments := candidate.Descriptor, candidate.Commitments
	switch {
	case relay.Number < c.MinRelayParentNumber:
		return ErrRelayParentOlder
	case commitments.NewValidationCode != nil:
		return ErrCodeUpgrade
	case descriptor.ValidationCodeHash != c.ValidationCodeHash:
		return ErrCode
	case uint64(len(commitments.HeadData)) > uint64(c.Limits.MaxHeadDataSize):
		return ErrHeadSize
	case commitments.HeadData.Hash() != descriptor.ParaHead:
		return ErrParaHead
	case c.ValidationData(relay).Hash() != descriptor.PersistedValidationDataHash:
		return ErrValidationData
	}
	return c.CheckMessages(commitments, relay.Number)
}

// CheckMessages returns the Reason for which the messages in commitments of a
// candidate built at relay block relayParent break a rule: the part of Check
// that a collator can ask while it makes a block.
func (c Constraints) CheckMessages(commitments primitives.CandidateCommitments, relayParent primitives.BlockNumber) error {
	upward, _, err := ump.Split(commitments.UpwardMessages)
	if err != nil {
		return err
	}
	if err := ump.Check(upward, c.UpwardRoom, c.Limits.MaxUpwardMessageSize, c.Limits.MaxUpwardMessages); err != nil {
		return err
	}
	if err := dmp.Check(c.DownwardSentAt, relayParent, commitments.ProcessedDownwardMessages); err != nil {
		return err
	}
	if err := hrmp.CheckWatermark(c.Watermarks, relayParent, commitments.HRMPWatermark); err != nil {
		return err
	}
	return hrmp.CheckOutbound(c.OutboundRooms, commitments.HorizontalMessages, c.Limits.MaxOutboundMessages)
}

// After returns the Constraints of a candidate that builds on one which Check
// accepted and which has the commitments and was built at relay block
// relayParent.
func (c Constraints) After(commitments primitives.CandidateCommitments, relayParent primitives.BlockNumber) Constraints {
	c.MinRelayParentNumber = max(c.MinRelayParentNumber, relayParent)
	c.RequiredParent = commitments.HeadData
	upward, _, _ := ump.Split(commitments.UpwardMessages)
	for _, m := range upward {
		c.UpwardRoom.Count--
		c.UpwardRoom.Size -= uint32(len(m))
	}
	c.DownwardSentAt = c.DownwardSentAt[min(int(commitments.ProcessedDownwardMessages), len(c.DownwardSentAt)):]
	c.Watermarks = c.Watermarks.After(commitments.HRMPWatermark)
	c.OutboundRooms = hrmp.Occupy(c.OutboundRooms, commitments.HorizontalMessages)
	return c
}

// afterPending returns the Constraints of a candidate that builds on the last of
// pending.
func (c Constraints) afterPending(pending []Pending) Constraints {
	for _, p := range pending {
		c = c.After(p.Commitments, p.RelayParentNumber)
	}
	return c
}
