package subsystem

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[bitfieldSummary](),
		scaletest.Of[signedBitfield](),
		scaletest.OfEnum(DecodebitfieldMessage, AppendbitfieldMessage),
	)
}
