package transfer_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[transfer.Claim](),
		scaletest.Of[transfer.Claimed](),
		scaletest.Of[transfer.Kept](),
		scaletest.Of[transfer.Paid](),
		scaletest.Of[transfer.PayAcross](),
		scaletest.Of[transfer.Payment](),
		scaletest.Of[transfer.Received](),
	)
}
