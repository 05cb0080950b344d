package configuration

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// candidateReceiptV2 is the bit of NodeFeatures that says that descriptors are
// of version 2.
const candidateReceiptV2 = 3

// Local returns the parameters of small test networks: everything happens
// within a few blocks. The number of cores is 0, to be set.
func Local() HostConfiguration {
	features := scale.NewBitVec(candidateReceiptV2 + 1)
	features.Set(candidateReceiptV2, true)
	return HostConfiguration{
		MaxCodeSize:                           MaxCodeSize,
		MaxHeadDataSize:                       32 << 10,
		MaxUpwardQueueCount:                   8,
		MaxUpwardQueueSize:                    1 << 20,
		MaxUpwardMessageSize:                  50 << 10,
		MaxUpwardMessageNumPerCandidate:       5,
		HrmpMaxMessageNumPerCandidate:         10,
		ValidationUpgradeCooldown:             5,
		ValidationUpgradeDelay:                5,
		AsyncBackingParams:                    AsyncBackingParams{MaxCandidateDepth: 2, AllowedAncestryLen: 2},
		MaxPovSize:                            5 << 20,
		MaxDownwardMessageSize:                50 << 10,
		HrmpMaxParachainOutboundChannels:      30,
		HrmpMaxParachainInboundChannels:       30,
		HrmpChannelMaxCapacity:                1000,
		HrmpChannelMaxTotalSize:               100 << 10,
		HrmpChannelMaxMessageSize:             100 << 10,
		ExecutorParams:                        []ExecutorParam{MaxMemoryPages{Pages: 2080}},
		CodeRetentionPeriod:                   1200,
		DisputePeriod:                         6,
		DisputePostConclusionAcceptancePeriod: 100,
		NoShowSlots:                           2,
		NDelayTranches:                        25,
		NeededApprovals:                       2,
		RelayVrfModuloSamples:                 2,
		PvfVotingTtl:                          2,
		MinimumValidationUpgradeDelay:         5,
		MinimumBackingVotes:                   2,
		NodeFeatures:                          features,
		ApprovalVotingParams:                  ApprovalVotingParams{MaxApprovalCoalesceCount: 1},
		SchedulerParams: SchedulerParams{
			GroupRotationFrequency:         4,
			ParasAvailabilityPeriod:        4,
			Lookahead:                      3,
			OnDemandQueueMaxSize:           10_000,
			OnDemandTargetQueueUtilization: billion / 4,
			OnDemandFeeVariability:         billion / 100 * 3,
			OnDemandBaseFee:                primitives.NewBalance(10_000_000),
			Ttl:                            5,
		},
	}
}

// Live returns parameters like those of Polkadot's relay chain, for blocks of
// six seconds. The number of cores is 0, to be set.
func Live() HostConfiguration {
	c := Local()
	perCore := uint32(5)
	c.MaxHeadDataSize = 20_480
	c.MaxUpwardQueueCount = 174_762
	c.MaxUpwardMessageSize = 65_531
	c.MaxUpwardMessageNumPerCandidate = 16
	c.ValidationUpgradeCooldown = 14_400
	c.ValidationUpgradeDelay = 600
	c.AsyncBackingParams.MaxCandidateDepth = 3
	c.MaxPovSize = MaxPovSize
	c.MaxDownwardMessageSize = 51_200
	c.HrmpSenderDeposit = primitives.NewBalance(10_000_000_000_000)
	c.HrmpRecipientDeposit = c.HrmpSenderDeposit
	c.CodeRetentionPeriod = 14_400
	c.DisputePostConclusionAcceptancePeriod = 600
	c.NDelayTranches = 89
	c.NeededApprovals = 30
	c.RelayVrfModuloSamples = 6
	c.MinimumValidationUpgradeDelay = 20
	c.ApprovalVotingParams.MaxApprovalCoalesceCount = 6
	c.SchedulerParams.GroupRotationFrequency = 10
	c.SchedulerParams.ParasAvailabilityPeriod = 10
	c.SchedulerParams.MaxValidatorsPerCore = &perCore
	c.SchedulerParams.OnDemandQueueMaxSize = 500
	return c
}
