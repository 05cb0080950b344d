package chain_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[chain.AnnouncedBlock](),
		scaletest.Of[chain.AnnouncedHeader](),
		scaletest.Of[chain.StoredBlock](),
		scaletest.OfEnum(chain.DecodeAnnouncement, chain.AppendAnnouncement),
	)
}
