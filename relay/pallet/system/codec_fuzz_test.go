package system_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[system.AccountData](),
		scaletest.Of[system.AccountInfo](),
		scaletest.Of[system.ConsumedWeight](),
		scaletest.Of[system.ExtrinsicFailed](),
		scaletest.Of[system.ExtrinsicSuccess](),
		scaletest.Of[system.KilledAccount](),
		scaletest.Of[system.LastRuntimeUpgradeInfo](),
		scaletest.Of[system.NewAccount](),
		scaletest.Of[system.RawEvents](),
		scaletest.Of[system.RemarkWithEvent](),
		scaletest.Of[system.Remark](),
		scaletest.Of[system.Remarked](),
		scaletest.Of[system.RuntimeAPI](),
		scaletest.Of[system.RuntimeVersion](),
	)
}
