package configuration

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// HostConfiguration is the parameters of parachains, in the order in which they
// are stored. Sizes are in bytes, periods in relay-chain blocks unless they say
// otherwise.
//
//frame:codec
//frame:path polkadot_runtime_parachains::configuration::HostConfiguration
type HostConfiguration struct {
	// MaxCodeSize and MaxHeadDataSize bound validation code and para heads.
	MaxCodeSize     uint32
	MaxHeadDataSize uint32
	// MaxUpwardQueueCount and MaxUpwardQueueSize bound the upward messages of
	// a para that wait, in messages and in bytes.
	MaxUpwardQueueCount uint32
	MaxUpwardQueueSize  uint32
	// MaxUpwardMessageSize bounds one, MaxUpwardMessageNumPerCandidate those
	// of a candidate.
	MaxUpwardMessageSize            uint32
	MaxUpwardMessageNumPerCandidate uint32
	// HrmpMaxMessageNumPerCandidate bounds the HRMP messages of a candidate.
	HrmpMaxMessageNumPerCandidate uint32
	// ValidationUpgradeCooldown is the least time between two upgrades of a
	// para, ValidationUpgradeDelay that from announcing one to making it.
	ValidationUpgradeCooldown primitives.BlockNumber
	ValidationUpgradeDelay    primitives.BlockNumber
	AsyncBackingParams        AsyncBackingParams
	// MaxPovSize bounds the encoded PoV.
	MaxPovSize uint32
	// MaxDownwardMessageSize bounds a downward message.
	MaxDownwardMessageSize uint32
	// HrmpMaxParachainOutboundChannels bounds the channels from a para.
	HrmpMaxParachainOutboundChannels uint32
	// HrmpSenderDeposit and HrmpRecipientDeposit are reserved by the ends of
	// a channel.
	HrmpSenderDeposit    primitives.Balance
	HrmpRecipientDeposit primitives.Balance
	// HrmpChannelMaxCapacity, HrmpChannelMaxTotalSize and
	// HrmpChannelMaxMessageSize bound a channel: messages waiting, bytes
	// waiting, bytes of one message.
	HrmpChannelMaxCapacity  uint32
	HrmpChannelMaxTotalSize uint32
	// HrmpMaxParachainInboundChannels bounds the channels to a para.
	HrmpMaxParachainInboundChannels uint32
	HrmpChannelMaxMessageSize       uint32
	// ExecutorParams bound the execution of validation code.
	ExecutorParams []ExecutorParam `scale:"max=64"`
	// CodeRetentionPeriod is how long replaced code is kept.
	CodeRetentionPeriod primitives.BlockNumber
	// MaxValidators bounds the validators that back and check; nil: all do.
	MaxValidators *uint32
	// DisputePeriod is how many sessions back a candidate can be disputed.
	DisputePeriod primitives.SessionIndex
	// DisputePostConclusionAcceptancePeriod is how long after its end a
	// dispute still takes votes.
	DisputePostConclusionAcceptancePeriod primitives.BlockNumber
	// NoShowSlots is the time of a checker to vote, in slots.
	NoShowSlots uint32
	// NDelayTranches counts the tranches of approval checkers,
	// ZerothDelayTrancheWidth those that act as tranche 0 besides it.
	NDelayTranches          uint32
	ZerothDelayTrancheWidth uint32
	// NeededApprovals is how many checkers must approve a candidate.
	NeededApprovals uint32
	// RelayVrfModuloSamples is how many cores a checker draws for tranche 0.
	RelayVrfModuloSamples uint32
	// PvfVotingTtl is how long votes about new code are taken, in sessions.
	PvfVotingTtl primitives.SessionIndex
	// MinimumValidationUpgradeDelay is the least time from an upgrade's
	// enactment to its use.
	MinimumValidationUpgradeDelay primitives.BlockNumber
	// MinimumBackingVotes is how many of a group must back a candidate; of a
	// smaller group all must.
	MinimumBackingVotes uint32
	// NodeFeatures has a bit for each feature that nodes switch on together.
	NodeFeatures         scale.BitVec
	ApprovalVotingParams ApprovalVotingParams
	SchedulerParams      SchedulerParams
}

// AsyncBackingParams bound how far candidates run ahead of the relay chain.
//
//frame:codec
//frame:path polkadot_primitives::v8::async_backing::AsyncBackingParams
type AsyncBackingParams struct {
	// MaxCandidateDepth is how many candidates of a para may build on each
	// other without being included.
	MaxCandidateDepth uint32
	// AllowedAncestryLen is how many blocks a relay parent may be older than
	// the newest possible one.
	AllowedAncestryLen uint32
}

// ApprovalVotingParams bound approval votes.
//
//frame:codec
//frame:path polkadot_primitives::v8::ApprovalVotingParams
type ApprovalVotingParams struct {
	// MaxApprovalCoalesceCount is how many candidates one vote may cover.
	MaxApprovalCoalesceCount uint32
}

// SchedulerParams say how cores are shared.
//
//frame:codec
//frame:path polkadot_primitives::v8::SchedulerParams
type SchedulerParams struct {
	// GroupRotationFrequency is how long a validator group stays on a core.
	GroupRotationFrequency primitives.BlockNumber
	// ParasAvailabilityPeriod is how long a candidate may wait to become
	// available before it leaves its core.
	ParasAvailabilityPeriod primitives.BlockNumber
	// MaxValidatorsPerCore makes more cores if groups would be larger.
	MaxValidatorsPerCore *uint32
	// Lookahead is how many claims of a core are known in advance.
	Lookahead uint32
	// NumCores is the number of cores.
	NumCores uint32
	// MaxAvailabilityTimeouts has no effect.
	MaxAvailabilityTimeouts uint32
	// OnDemandQueueMaxSize bounds the orders that wait, the others set their
	// price. Shares are in parts of a billion.
	OnDemandQueueMaxSize           uint32
	OnDemandTargetQueueUtilization uint32
	OnDemandFeeVariability         uint32
	OnDemandBaseFee                primitives.Balance
	Ttl                            primitives.BlockNumber // has no effect
}

// ExecutorParam bounds the execution of validation code.
//
//frame:enum
//frame:path polkadot_primitives::v8::executor_params::ExecutorParam
type ExecutorParam interface{ executorParam() }

// MaxMemoryPages bounds linear memory, in pages of 64 KiB.
//
//frame:variant ExecutorParam 1
type MaxMemoryPages struct{ Pages uint32 }

// StackLogicalMax bounds the logical height of the stack, in values.
//
//frame:variant ExecutorParam 2
type StackLogicalMax struct{ Values uint32 }

func (MaxMemoryPages) executorParam()  {}
func (StackLogicalMax) executorParam() {}
