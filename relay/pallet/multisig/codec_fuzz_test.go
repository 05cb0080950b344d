package multisig_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/multisig"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package but those of calls with calls in
// them, which only a runtime can read.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[multisig.ApproveAsMulti](),
		scaletest.Of[multisig.CancelAsMulti](),
		scaletest.Of[multisig.MultisigApproval](),
		scaletest.Of[multisig.MultisigCancelled](),
		scaletest.Of[multisig.MultisigExecuted](),
		scaletest.Of[multisig.NewMultisig](),
		scaletest.Of[multisig.Operation](),
		scaletest.Of[multisig.Timepoint](),
	)
}
