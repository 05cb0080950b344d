package collation

import (
	"bytes"
	"testing"

	"github.com/rampart-chain/rampart/relay/scale"
)

func FuzzDecode(f *testing.F) {
	m := build(leafAt(6), "a", 2001, 6, nil)
	for _, sample := range []scale.Marshaler{
		Offer{Para: 7}, OfferAnswer{Reason: "full"}, Request{Para: 7}, Answer{}, Answer{Collation: &Collation{Receipt: m.receipt.Receipt(), PoV: m.pov}},
	} {
		f.Add(sample.AppendSCALE(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		check := func(into scale.Unmarshaler, again func() []byte) {
			if scale.Unmarshal(data, into) == nil && !bytes.Equal(again(), data) {
				t.Errorf("%x decodes as %T, but encodes as %x", data, into, again())
			}
		}
		var offer Offer
		var answered OfferAnswer
		var request Request
		var answer Answer
		check(&offer, func() []byte { return offer.AppendSCALE(nil) })
		check(&answered, func() []byte { return answered.AppendSCALE(nil) })
		check(&request, func() []byte { return request.AppendSCALE(nil) })
		check(&answer, func() []byte { return answer.AppendSCALE(nil) })
	})
}
