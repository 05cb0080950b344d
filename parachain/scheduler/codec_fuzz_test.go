package scheduler_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[scheduler.Assignment](),
	)
}
