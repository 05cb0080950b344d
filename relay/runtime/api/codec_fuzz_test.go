package api_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[api.Applied](),
		scaletest.Of[api.FeeDetails](),
		scaletest.Of[api.InclusionFee](),
		scaletest.Of[api.Invalid](),
		scaletest.Of[api.InvalidError](),
		scaletest.Of[api.InvalidTransaction](),
		scaletest.Of[api.OpaqueMetadata](),
		scaletest.Of[api.Refused](),
		scaletest.Of[api.RuntimeDispatchInfo](),
		scaletest.Of[api.TransactionSource](),
		scaletest.Of[api.UnknownError](),
		scaletest.Of[api.UnknownTransaction](),
		scaletest.Of[api.Valid](),
		scaletest.Of[api.ValidTransaction](),
		scaletest.OfEnum(api.DecodeApplyExtrinsicResult, api.AppendApplyExtrinsicResult),
		scaletest.OfEnum(api.DecodeTransactionValidity, api.AppendTransactionValidity),
		scaletest.OfEnum(api.DecodeTransactionValidityError, api.AppendTransactionValidityError),
	)
}
