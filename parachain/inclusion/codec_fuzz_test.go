package inclusion_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[inclusion.Assumption](),
		scaletest.Of[inclusion.CandidateBacked](),
		scaletest.Of[inclusion.CandidateIncluded](),
		scaletest.Of[inclusion.CandidateTimedOut](),
		scaletest.Of[inclusion.OccupiedCore](),
		scaletest.Of[inclusion.Pending](),
		scaletest.Of[inclusion.Vote](),
		scaletest.OfEnum(inclusion.DecodeCandidateEvent, inclusion.AppendCandidateEvent),
	)
}
