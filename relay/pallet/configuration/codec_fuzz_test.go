package configuration_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[configuration.ApprovalVotingParams](),
		scaletest.Of[configuration.AsyncBackingParams](),
		scaletest.Of[configuration.HostConfiguration](),
		scaletest.Of[configuration.MaxMemoryPages](),
		scaletest.Of[configuration.PendingConfig](),
		scaletest.Of[configuration.SchedulerParams](),
		scaletest.Of[configuration.StackLogicalMax](),
		scaletest.OfEnum(configuration.DecodeExecutorParam, configuration.AppendExecutorParam),
	)
}
