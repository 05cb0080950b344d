package wire_test

import (
	"testing"

	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[wire.ChunkRequest](),
		scaletest.Of[wire.ChunkResponse](),
		scaletest.Of[wire.DataRequest](),
		scaletest.Of[wire.DataResponse](),
		scaletest.Of[wire.PoVRequest](),
		scaletest.Of[wire.PoVResponse](),
		scaletest.Of[wire.Version](),
	)
}
