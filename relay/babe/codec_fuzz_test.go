package babe_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[babe.EpochData](),
		scaletest.Of[babe.EpochState](),
		scaletest.Of[babe.EquivocationProof](),
	)
}
