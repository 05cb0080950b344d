package hrmp_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/scale/scaletest"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[hrmp.Channel](),
		scaletest.Of[hrmp.Digest](),
	)
}
