package backing_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[backing.CandidateSummary](),
		scaletest.Of[backing.PoVAnswer](),
		scaletest.Of[backing.PoVRequest](),
		scaletest.Of[backing.RelayParentSummary](),
		scaletest.Of[backing.Seconded](),
		scaletest.Of[backing.Summary](),
		scaletest.Of[backing.Valid](),
		scaletest.OfEnum(backing.DecodeMessage, backing.AppendMessage),
	)
}
