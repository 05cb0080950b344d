package transactions_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/scale/scaletest"
	"github.com/rampart-chain/rampart/relay/transactions"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[transactions.Lacked](),
		scaletest.Of[transactions.Summary](),
		scaletest.OfEnum(transactions.DecodeMessage, transactions.AppendMessage),
	)
}
