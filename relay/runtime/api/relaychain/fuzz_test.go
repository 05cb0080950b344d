package relaychain_test

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/runtime/api/relaychain"
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
	for _, a := range describe(c).APIs {
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
		if errors.Is(err, api.ErrMethod) {
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
		scaletest.Of[relaychain.AssumedValidationData](),
		scaletest.Of[relaychain.BabeConfiguration](),
		scaletest.Of[relaychain.BackingState](),
		scaletest.Of[relaychain.CandidatePendingAvailability](),
		scaletest.Of[relaychain.ClaimQueue](),
		scaletest.Of[relaychain.Constraints](),
		scaletest.Of[relaychain.CoreClaims](),
		scaletest.Of[relaychain.CoreFree](),
		scaletest.Of[relaychain.CoreOccupied](),
		scaletest.Of[relaychain.CoreScheduled](),
		scaletest.Of[relaychain.Epoch](),
		scaletest.Of[relaychain.FutureCode](),
		scaletest.Of[relaychain.GroupRotationInfo](),
		scaletest.Of[relaychain.InboundChannel](),
		scaletest.Of[relaychain.InboundChannels](),
		scaletest.Of[relaychain.InboundHrmpLimitations](),
		scaletest.Of[relaychain.OccupiedCore](),
		scaletest.Of[relaychain.OutboundHrmpChannel](),
		scaletest.Of[relaychain.OutboundHrmpChannelLimitations](),
		scaletest.Of[relaychain.ScheduledCore](),
		scaletest.Of[relaychain.SessionKey](),
		scaletest.Of[relaychain.SessionKeyList](),
		scaletest.Of[relaychain.UpgradeRestriction](),
		scaletest.OfEnum(relaychain.DecodeCoreState, relaychain.AppendCoreState),
	)
}
