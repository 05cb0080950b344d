package api_test

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzCall makes calls with any arguments: an answer or a reason, the same when
// asked again, and nothing changed.
func FuzzCall(f *testing.F) {
	c := newChain(f)
	for range 6 {
		c.grow()
	}
	block, _ := c.build()
	var names []string
	for _, a := range api.Metadata(queryBABE(c)).APIs {
		for _, m := range a.Methods {
			if a.Name != "Metadata" { // half a megabyte each
				names = append(names, a.Name+"_"+m.Name)
			}
		}
	}
	for name, arguments := range samples(c, block) {
		if at := slices.Index(names, name); at >= 0 {
			f.Add(byte(at), arguments)
		}
	}
	for _, x := range block.Extrinsics {
		f.Add(byte(slices.Index(names, "BlockBuilder_apply_extrinsic")), scale.AppendBytes(nil, x))
	}
	before := maps.Clone(c.View.(memoryView).Memory)
	f.Fuzz(func(t *testing.T, which byte, arguments []byte) {
		name := names[int(which)%len(names)]
		result, err := c.Call(name, arguments)
		again, errAgain := c.Call(name, arguments)
		if (err == nil) != (result != nil) || (err == nil) != (errAgain == nil) || !bytes.Equal(result, again) {
			t.Fatalf("%s of %x: %x, %v; again %x, %v", name, arguments, result, err, again, errAgain)
		}
		if errors.Is(err, runtime.ErrView) || errors.Is(err, api.ErrMethod) {
			t.Fatalf("%s of %x: %v", name, arguments, err)
		}
		if !maps.EqualFunc(before, c.View.(memoryView).Memory, bytes.Equal) {
			t.Fatalf("%s of %x changed the state", name, arguments)
		}
	})
}

// FuzzCodec checks every decoder of the package.
func FuzzCodec(f *testing.F) {
	scaletest.Fuzz(f,
		scaletest.Of[api.Applied](),
		scaletest.Of[api.AssumedValidationData](),
		scaletest.Of[api.BabeConfiguration](),
		scaletest.Of[api.BackingState](),
		scaletest.Of[api.CandidatePendingAvailability](),
		scaletest.Of[api.ClaimQueue](),
		scaletest.Of[api.Constraints](),
		scaletest.Of[api.CoreClaims](),
		scaletest.Of[api.CoreFree](),
		scaletest.Of[api.CoreOccupied](),
		scaletest.Of[api.CoreScheduled](),
		scaletest.Of[api.Epoch](),
		scaletest.Of[api.Failed](),
		scaletest.Of[api.FeeDetails](),
		scaletest.Of[api.FutureCode](),
		scaletest.Of[api.GroupRotationInfo](),
		scaletest.Of[api.InboundChannel](),
		scaletest.Of[api.InboundChannels](),
		scaletest.Of[api.InboundHrmpLimitations](),
		scaletest.Of[api.InclusionFee](),
		scaletest.Of[api.Invalid](),
		scaletest.Of[api.InvalidError](),
		scaletest.Of[api.InvalidTransaction](),
		scaletest.Of[api.OccupiedCore](),
		scaletest.Of[api.OpaqueMetadata](),
		scaletest.Of[api.OutboundHrmpChannel](),
		scaletest.Of[api.OutboundHrmpChannelLimitations](),
		scaletest.Of[api.Refused](),
		scaletest.Of[api.RuntimeDispatchInfo](),
		scaletest.Of[api.ScheduledCore](),
		scaletest.Of[api.SessionKey](),
		scaletest.Of[api.SessionKeyList](),
		scaletest.Of[api.Succeeded](),
		scaletest.Of[api.TransactionSource](),
		scaletest.Of[api.UnknownError](),
		scaletest.Of[api.UnknownTransaction](),
		scaletest.Of[api.UpgradeRestriction](),
		scaletest.Of[api.Valid](),
		scaletest.Of[api.ValidTransaction](),
		scaletest.OfEnum(api.DecodeApplyExtrinsicResult, api.AppendApplyExtrinsicResult),
		scaletest.OfEnum(api.DecodeCoreState, api.AppendCoreState),
		scaletest.OfEnum(api.DecodeDispatchOutcome, api.AppendDispatchOutcome),
		scaletest.OfEnum(api.DecodeTransactionValidity, api.AppendTransactionValidity),
		scaletest.OfEnum(api.DecodeTransactionValidityError, api.AppendTransactionValidityError),
	)
}
