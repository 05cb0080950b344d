package utility_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/utility"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package but those of calls with calls in
// them, which only a runtime can read.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[utility.BatchCompleted](),
		scaletest.Of[utility.BatchCompletedWithErrors](),
		scaletest.Of[utility.BatchInterrupted](),
		scaletest.Of[utility.ItemCompleted](),
		scaletest.Of[utility.ItemFailed](),
	)
}
