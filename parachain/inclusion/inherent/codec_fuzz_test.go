package inherent_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[inherent.BackingVotes](),
		scaletest.Of[inherent.Enter](),
		scaletest.Of[inherent.Votes](),
	)
}
