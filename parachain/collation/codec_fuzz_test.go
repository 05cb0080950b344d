package collation_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[collation.Answer](),
		scaletest.Of[collation.Collation](),
		scaletest.Of[collation.Offer](),
		scaletest.Of[collation.OfferAnswer](),
		scaletest.Of[collation.Request](),
	)
}
