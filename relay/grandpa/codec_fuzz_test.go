package grandpa_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[grandpa.CatchUp](),
		scaletest.Of[grandpa.CatchUpRequest](),
		scaletest.Of[grandpa.CommitMessage](),
		scaletest.Of[grandpa.PendingChange](),
		scaletest.Of[grandpa.RoundState](),
		scaletest.Of[grandpa.RoundSummary](),
		scaletest.Of[grandpa.Sign](),
		scaletest.Of[grandpa.State](),
		scaletest.Of[grandpa.Summary](),
		scaletest.Of[grandpa.Vote](),
		scaletest.OfEnum(grandpa.DecodeMessage, grandpa.AppendMessage),
	)
}
