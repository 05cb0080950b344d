package session_test

import (
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[session.KeyBytes](),
		scaletest.Of[session.KeyID](),
		scaletest.Of[session.Keys](),
		scaletest.Of[session.NewSession](),
		scaletest.Of[session.PurgeKeys](),
		scaletest.Of[session.SetKeys](),
		scaletest.Of[session.Validator](),
	)
}
