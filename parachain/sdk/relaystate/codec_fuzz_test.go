package relaystate_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/sdk/relaystate"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[relaystate.Channel](),
		scaletest.Of[relaystate.Limits](),
	)
}
