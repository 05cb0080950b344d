package configuration

// Reason says why a HostConfiguration cannot be in force.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrZero          = Reason("a parameter that must be positive is 0")
	ErrCodeSize      = Reason("code may be larger than the protocol allows")
	ErrHeadSize      = Reason("heads may be larger than the protocol allows")
	ErrPovSize       = Reason("PoVs may be larger than the protocol allows")
	ErrMessageSize   = Reason("messages may be larger than the protocol allows")
	ErrChannels      = Reason("a para may have more HRMP channels than the protocol allows")
	ErrUpgradeDelay  = Reason("an upgrade takes effect before its candidate must be available")
	ErrCores         = Reason("more cores than a candidate can name")
	ErrOnDemandShare = Reason("a share of the on-demand queue is above one")
	ErrAncestry      = Reason("relay parents may be older than the protocol allows")
)

// Bounds of the protocol, which no configuration can exceed.
const (
	// MaxCodeSize, MaxHeadDataSize and MaxPovSize are those of polkadot-sdk
	// primitives/src/v8.
	MaxCodeSize     = 3 << 20
	MaxHeadDataSize = 1 << 20
	MaxPovSize      = 10 << 20
	// MaxUpwardMessageSize is polkadot-sdk's bound of an upward message.
	MaxUpwardMessageSize = 128 << 10
	// MaxMessageSize bounds downward and HRMP messages: primitives decode none
	// that is larger.
	MaxMessageSize = 1 << 20
	// MaxMessages bounds the messages of a kind in one candidate.
	MaxMessages = 16384
	// MaxChannels bounds the HRMP channels from, and those to, a para.
	MaxChannels = 128
	// MaxCores is how many cores the eight bits in a backed candidate tell
	// apart.
	MaxCores = 256
	// MaxAncestry bounds the age of relay parents, in blocks: each is kept
	// with its claim queue.
	MaxAncestry = 64
)

const billion = 1_000_000_000

// Check returns the first Reason for which c cannot be in force, or nil.
func (c HostConfiguration) Check() error {
	p := c.SchedulerParams
	switch {
	case p.GroupRotationFrequency == 0, p.ParasAvailabilityPeriod == 0, p.Lookahead == 0, c.NoShowSlots == 0,
		c.NDelayTranches == 0, c.MinimumBackingVotes == 0, c.NeededApprovals == 0, c.DisputePeriod == 0,
		c.MaxHeadDataSize == 0, c.MaxCodeSize == 0, c.MaxPovSize == 0,
		c.MaxValidators != nil && *c.MaxValidators == 0, p.MaxValidatorsPerCore != nil && *p.MaxValidatorsPerCore == 0:
		return ErrZero
	case c.MaxCodeSize > MaxCodeSize:
		return ErrCodeSize
	case c.MaxHeadDataSize > MaxHeadDataSize:
		return ErrHeadSize
	case c.MaxPovSize > MaxPovSize:
		return ErrPovSize
	case c.MaxUpwardMessageSize > MaxUpwardMessageSize, c.MaxDownwardMessageSize > MaxMessageSize,
		c.HrmpChannelMaxMessageSize > MaxMessageSize, c.HrmpMaxMessageNumPerCandidate > MaxMessages,
		c.MaxUpwardMessageNumPerCandidate > MaxMessages:
		return ErrMessageSize
	case c.HrmpMaxParachainInboundChannels > MaxChannels, c.HrmpMaxParachainOutboundChannels > MaxChannels:
		return ErrChannels
	case c.ValidationUpgradeDelay <= 1, c.MinimumValidationUpgradeDelay <= p.ParasAvailabilityPeriod:
		return ErrUpgradeDelay
	case p.NumCores > MaxCores:
		return ErrCores
	case p.OnDemandTargetQueueUtilization > billion, p.OnDemandFeeVariability > billion:
		return ErrOnDemandShare
	case c.AsyncBackingParams.AllowedAncestryLen > MaxAncestry, p.Lookahead > MaxAncestry:
		return ErrAncestry
	}
	return nil
}
