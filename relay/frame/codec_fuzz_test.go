package frame_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[frame.ApplyExtrinsic](),
		scaletest.Of[frame.ArithmeticError](),
		scaletest.Of[frame.Arithmetic](),
		scaletest.Of[frame.BadOrigin](),
		scaletest.Of[frame.CannotLookup](),
		scaletest.Of[frame.ConsumerRemaining](),
		scaletest.Of[frame.DispatchClass](),
		scaletest.Of[frame.DispatchInfo](),
		scaletest.Of[frame.Exhausted](),
		scaletest.Of[frame.Failed](),
		scaletest.Of[frame.Finalization](),
		scaletest.Of[frame.Initialization](),
		scaletest.Of[frame.ModuleError](),
		scaletest.Of[frame.NoProviders](),
		scaletest.Of[frame.OtherError](),
		scaletest.Of[frame.Pays](),
		scaletest.Of[frame.Succeeded](),
		scaletest.Of[frame.TokenError](),
		scaletest.Of[frame.Token](),
		scaletest.Of[frame.Weight](),
		scaletest.OfEnum(frame.DecodeDispatchError, frame.AppendDispatchError),
		scaletest.OfEnum(frame.DecodeDispatchResult, frame.AppendDispatchResult),
		scaletest.OfEnum(frame.DecodePhase, frame.AppendPhase),
	)
}
