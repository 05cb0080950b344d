package parachainsystem_test

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[parachainsystem.Ancestor](),
		scaletest.Of[parachainsystem.ChannelHead](),
		scaletest.Of[parachainsystem.ChannelQueue](),
		scaletest.Of[parachainsystem.Delivery](),
		scaletest.Of[parachainsystem.DownwardMessageFailed](),
		scaletest.Of[parachainsystem.DownwardMessageReceived](),
		scaletest.Of[parachainsystem.HorizontalMessageFailed](),
		scaletest.Of[parachainsystem.HorizontalMessageReceived](),
		scaletest.Of[parachainsystem.HorizontalMessageSent](),
		scaletest.Of[parachainsystem.Later](),
		scaletest.Of[parachainsystem.PageID](),
		scaletest.Of[parachainsystem.Pages](),
		scaletest.Of[parachainsystem.Queue](),
		scaletest.Of[parachainsystem.Received](),
		scaletest.Of[parachainsystem.Relay](),
		scaletest.Of[parachainsystem.Sent](),
		scaletest.Of[parachainsystem.SetValidationData](),
		scaletest.Of[parachainsystem.UpwardMessageSent](),
	)
}
