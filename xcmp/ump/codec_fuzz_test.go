package ump_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/scale/scaletest"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[ump.ApprovedPeer](),
		scaletest.Of[ump.Capacity](),
		scaletest.Of[ump.SelectCore](),
		scaletest.OfEnum(ump.DecodeSignal, ump.AppendSignal),
	)
}
