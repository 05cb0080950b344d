package relaychain

import (
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// GroupRotationInfo says how groups move from core to core; see
// scheduler.Rotation.
//
//frame:codec
//frame:path polkadot_primitives::v9::GroupRotationInfo
type GroupRotationInfo struct {
	SessionStartBlock      primitives.BlockNumber
	GroupRotationFrequency primitives.BlockNumber
	// Now is the number of a child of the block that is asked.
	Now primitives.BlockNumber
}

// CoreState is the state of an availability core: CoreOccupied, CoreScheduled or
// CoreFree.
//
//frame:enum
//frame:path polkadot_primitives::v9::CoreState
type CoreState interface{ coreState() }

// CoreOccupied is a core with a candidate that waits to become available.
//
//frame:variant CoreState 0 name=Occupied
type CoreOccupied struct{ Core OccupiedCore }

// CoreScheduled is a free core with a para that is next.
//
//frame:variant CoreState 1 name=Scheduled
type CoreScheduled struct{ Core ScheduledCore }

// CoreFree is a free core without a para.
//
//frame:variant CoreState 2 name=Free
type CoreFree struct{}

func (CoreOccupied) coreState()  {}
func (CoreScheduled) coreState() {}
func (CoreFree) coreState()      {}

// ScheduledCore is what is next on a core.
//
//frame:codec
//frame:path polkadot_primitives::v9::ScheduledCore
type ScheduledCore struct {
	ParaID primitives.ParaID
	// Collator is nil: any may build.
	Collator *primitives.SR25519Public
}

// OccupiedCore is a core with the candidate that is pending there.
//
//frame:codec
//frame:path polkadot_primitives::v9::OccupiedCore
type OccupiedCore struct {
	// NextUpOnAvailable and NextUpOnTimeOut are what comes next.
	NextUpOnAvailable *ScheduledCore
	OccupiedSince     primitives.BlockNumber
	TimeOutAt         primitives.BlockNumber
	NextUpOnTimeOut   *ScheduledCore
	// Availability has a bit for each validator that holds its chunk.
	Availability        scale.BitVec
	GroupResponsible    primitives.GroupIndex
	CandidateHash       primitives.Hash
	CandidateDescriptor primitives.CandidateDescriptor
}

// coreStates returns the state of each core.
func coreStates(s *frame.State) []CoreState {
	cores := inclusion.Cores(s)
	states := make([]CoreState, len(cores))
	for i, core := range cores {
		var next *ScheduledCore
		if len(core.Claims) > 0 {
			next = &ScheduledCore{ParaID: core.Claims[0]}
		}
		switch {
		case core.Occupied != nil:
			states[i] = CoreOccupied{occupiedCore(s, core, next)}
		case next != nil:
			states[i] = CoreScheduled{*next}
		default:
			states[i] = CoreFree{}
		}
	}
	return states
}

func occupiedCore(s *frame.State, core inclusion.Core, next *ScheduledCore) OccupiedCore {
	occupied := OccupiedCore{
		NextUpOnAvailable: next, OccupiedSince: core.Occupied.BackedIn, TimeOutAt: core.TimesOutAt, NextUpOnTimeOut: next,
		Availability: core.Occupied.Votes, CandidateHash: core.Occupied.CandidateHash,
	}
	for _, p := range inclusion.PendingAvailability.Get(s, core.Occupied.Para) {
		if p.Core == core.Occupied.Core {
			occupied.GroupResponsible, occupied.CandidateDescriptor = p.Group, p.Descriptor
		}
	}
	return occupied
}

// AssumedValidationData is validation data with the hash of the code to run.
//
//frame:codec
//frame:tuple
type AssumedValidationData struct {
	Data     primitives.PersistedValidationData
	CodeHash primitives.Hash
}

// InboundChannels is what waits in the channels to a para, by sender.
//
//frame:codec
//frame:path BTreeMap
//frame:params K=u32 V=[]relay/primitives.InboundHRMPMessage
type InboundChannels []InboundChannel

// InboundChannel is what waits in one.
//
//frame:codec
//frame:tuple
type InboundChannel struct {
	Sender   primitives.ParaID
	Messages []primitives.InboundHRMPMessage
}

// ClaimQueue is the paras that are next on each core, by core.
//
//frame:codec
//frame:path BTreeMap
//frame:params K=u32 V=[]u32
type ClaimQueue []CoreClaims

// CoreClaims is the paras that are next on one.
//
//frame:codec
//frame:tuple
type CoreClaims struct {
	Core  primitives.CoreIndex
	Paras []primitives.ParaID
}

// BackingState is what the next candidate of a para may do, and the pending ones
// that it builds on.
//
//frame:codec
//frame:path polkadot_primitives::v9::async_backing::BackingState
type BackingState struct {
	// Constraints are those of a candidate that builds on the last included
	// one.
	Constraints         Constraints
	PendingAvailability []CandidatePendingAvailability
}

// CandidatePendingAvailability is a candidate that waits to become available.
//
//frame:codec
//frame:path polkadot_primitives::v9::async_backing::CandidatePendingAvailability
type CandidatePendingAvailability struct {
	CandidateHash     primitives.Hash
	Descriptor        primitives.CandidateDescriptor
	Commitments       primitives.CandidateCommitments
	RelayParentNumber primitives.BlockNumber
	MaxPovSize        uint32
}

// Constraints says what a candidate may do; see inclusion.Constraints. Sizes are
// in bytes.
//
//frame:codec
//frame:path polkadot_primitives::v9::async_backing::Constraints
type Constraints struct {
	MinRelayParentNumber  primitives.BlockNumber
	MaxPovSize            uint32
	MaxCodeSize           uint32
	MaxHeadDataSize       uint32
	UmpRemaining          uint32
	UmpRemainingBytes     uint32
	MaxUmpNumPerCandidate uint32
	// DmpRemainingMessages are the blocks in which unprocessed downward
	// messages were sent.
	DmpRemainingMessages []primitives.BlockNumber
	HrmpInbound          InboundHrmpLimitations
	// HrmpChannelsOut are the channels from the para, by recipient.
	HrmpChannelsOut        []OutboundHrmpChannel
	MaxHrmpNumPerCandidate uint32
	RequiredParent         primitives.HeadData
	ValidationCodeHash     primitives.Hash
	// UpgradeRestriction is present: new code is refused.
	UpgradeRestriction   *UpgradeRestriction
	FutureValidationCode *FutureCode
}

// InboundHrmpLimitations are the blocks that the watermark may move to, besides
// the relay parent.
//
//frame:codec
//frame:path polkadot_primitives::v9::async_backing::InboundHrmpLimitations
type InboundHrmpLimitations struct{ ValidWatermarks []primitives.BlockNumber }

// OutboundHrmpChannel is a channel with what may still enter it.
//
//frame:codec
//frame:tuple
type OutboundHrmpChannel struct {
	Recipient primitives.ParaID
	Room      OutboundHrmpChannelLimitations
}

// OutboundHrmpChannelLimitations is what may still enter a channel.
//
//frame:codec
//frame:path polkadot_primitives::v9::async_backing::OutboundHrmpChannelLimitations
type OutboundHrmpChannelLimitations struct {
	BytesRemaining    uint32
	MessagesRemaining uint32
}

// UpgradeRestriction says why no new code can be announced.
//
//frame:codec
//frame:path polkadot_primitives::v9::UpgradeRestriction
type UpgradeRestriction uint8

// UpgradeRestrictionPresent gives no reason.
const UpgradeRestrictionPresent UpgradeRestriction = 0

// FutureCode is code that comes into force at a block; there is none.
//
//frame:codec
//frame:tuple
type FutureCode struct {
	At   primitives.BlockNumber
	Hash primitives.Hash
}

// backingState returns the BackingState of para, nil if there is no such para.
func backingState(s *frame.State, para primitives.ParaID) *BackingState {
	c, pending, ok := inclusion.BackingState(s, para)
	if !ok {
		return nil
	}
	restriction := UpgradeRestrictionPresent
	state := &BackingState{Constraints: Constraints{
		MinRelayParentNumber: c.MinRelayParentNumber, MaxPovSize: c.Limits.MaxPoVSize,
		MaxCodeSize: configuration.ActiveConfig.Get(s).MaxCodeSize, MaxHeadDataSize: c.Limits.MaxHeadDataSize,
		UmpRemaining: c.UpwardRoom.Count, UmpRemainingBytes: c.UpwardRoom.Size, MaxUmpNumPerCandidate: c.Limits.MaxUpwardMessages,
		DmpRemainingMessages: c.DownwardSentAt, HrmpInbound: InboundHrmpLimitations{ValidWatermarks: c.Watermarks.Blocks},
		MaxHrmpNumPerCandidate: c.Limits.MaxOutboundMessages, RequiredParent: c.RequiredParent, ValidationCodeHash: c.ValidationCodeHash,
		UpgradeRestriction: &restriction,
	}}
	for _, room := range c.OutboundRooms {
		state.Constraints.HrmpChannelsOut = append(state.Constraints.HrmpChannelsOut,
			OutboundHrmpChannel{Recipient: room.Recipient, Room: OutboundHrmpChannelLimitations{BytesRemaining: room.Bytes, MessagesRemaining: room.Messages}})
	}
	for _, p := range pending {
		state.PendingAvailability = append(state.PendingAvailability, CandidatePendingAvailability{
			CandidateHash: p.Hash, Descriptor: p.Descriptor, Commitments: p.Commitments,
			RelayParentNumber: p.RelayParentNumber, MaxPovSize: c.Limits.MaxPoVSize,
		})
	}
	return state
}
