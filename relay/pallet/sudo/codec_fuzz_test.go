package sudo_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package but those of calls with calls in
// them, which only a runtime can read.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[sudo.KeyChanged](),
		scaletest.Of[sudo.KeyRemoved](),
		scaletest.Of[sudo.RemoveKey](),
		scaletest.Of[sudo.SetKey](),
		scaletest.Of[sudo.Sudid](),
		scaletest.Of[sudo.SudoAsDone](),
	)
}
