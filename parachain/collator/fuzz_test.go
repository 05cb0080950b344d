package collator

import (
	"testing"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// FuzzServe asks a collator for any collation: it gives the one that was asked
// for, or none, within the bounds of the protocol.
func FuzzServe(f *testing.F) {
	c := &Collator{}
	for i := range byte(3) {
		made := collation.Collation{PoV: primitives.PoV{BlockData: []byte{i}}}
		made.Receipt.Descriptor.PoVHash = made.PoV.Hash()
		c.made = append(c.made, made)
		f.Add(scale.Marshal(collation.Request{Candidate: made.Receipt.Hash()}))
	}
	f.Add(scale.Marshal(collation.Request{}))
	limit := 0
	for _, l := range protocol.Requests(6000) {
		if l.Name == protocol.Collation {
			limit = l.MaxResponse
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		payload, err := c.serve(t.Context(), "p", data)
		if err != nil {
			return
		}
		var r collation.Request
		var a collation.Answer
		if err := scale.Unmarshal(data, &r); err != nil {
			t.Fatal(err)
		}
		if err := scale.Unmarshal(payload, &a); err != nil || len(payload) > limit {
			t.Fatalf("answer of %d bytes: %v", len(payload), err)
		}
		if a.Collation != nil && (a.Collation.Receipt.Hash() != r.Candidate || a.Collation.PoV.Hash() != a.Collation.Receipt.Descriptor.PoVHash) {
			t.Fatal("another collation is given")
		}
	})
}
