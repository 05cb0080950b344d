package balances_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[balances.Deposit](),
		scaletest.Of[balances.DustLost](),
		scaletest.Of[balances.Endowed](),
		scaletest.Of[balances.Lock](),
		scaletest.Of[balances.Reasons](),
		scaletest.Of[balances.ReserveData](),
		scaletest.Of[balances.Reserved](),
		scaletest.Of[balances.TransferAll](),
		scaletest.Of[balances.TransferAllowDeath](),
		scaletest.Of[balances.TransferKeepAlive](),
		scaletest.Of[balances.Transfer](),
		scaletest.Of[balances.Unreserved](),
		scaletest.Of[balances.Withdraw](),
	)
}
