package signer_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/scale/scaletest"
	"github.com/rampart-chain/rampart/relay/signer"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[signer.CastVote](),
		scaletest.Of[signer.Floor](),
		scaletest.Of[signer.MadeStatement](),
		scaletest.Of[signer.SealedBlock](),
		scaletest.Of[signer.SentBitfield](),
		scaletest.OfEnum(signer.DecodeRecord, signer.AppendRecord),
	)
}
