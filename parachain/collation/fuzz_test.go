package collation

import (
	"testing"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzReceived gives a core any offers and collations: each offer gets one
// verdict, at most one collation per relay parent and para is on its way, and a
// candidate goes on only if it is what was asked for.
func FuzzReceived(f *testing.F) {
	m := build(leafAt(6), "a", 2001, 6, nil)
	offer := Offer{Para: 2001, RelayParent: blockHash(6), Candidate: m.receipt.Hash(), ParentHead: m.data.ParentHead.Hash()}
	answer := scale.Marshal(Answer{Collation: &Collation{Receipt: m.receipt.Receipt(), PoV: m.pov}})
	other := offer
	other.Candidate[0]++
	f.Add(scaletest.Join(scale.Marshal(offer), answer))
	f.Add(scaletest.Join(scale.Marshal(offer), scale.Marshal(other), scale.Marshal(Answer{}), answer))
	f.Add(scaletest.Join(scale.Marshal(Offer{Para: 2000, RelayParent: blockHash(7)}), scale.Marshal(offer)))
	f.Fuzz(func(t *testing.T, data []byte) {
		chains := prospective.New()
		chains.Activate(leafAt(6))
		c := New(Params{Keys: []primitives.SR25519Public{validatorKey(2)}, Slot: 2000}, chains)
		c.Step(0, ActiveLeaf{Leaf: leafAt(6)})
		var underway []Fetch
		step := func(now primitives.Millis, e Event) (verdicts int) {
			for _, effect := range c.Step(now, e) {
				switch effect := effect.(type) {
				case Verdict:
					verdicts++
				case Fetch:
					for _, other := range underway {
						if other.Request.RelayParent == effect.Request.RelayParent && other.Request.Para == effect.Request.Para && other.From == effect.From {
							t.Fatalf("asked twice: %+v", effect)
						}
					}
					underway = append(underway, effect)
				case Second:
					if e, ok := e.(Fetched); !ok || e.Fetch.Request.Candidate != effect.Receipt.Hash() || effect.PoV.Hash() != effect.Receipt.Descriptor.PoVHash {
						t.Fatal("a candidate goes on that was not asked for")
					}
				}
			}
			return verdicts
		}
		for i, piece := range scaletest.Split(data) {
			now := primitives.Millis(100 * i)
			if at, ok := c.Next(); ok && at <= now {
				step(now, Wake{})
			}
			var o Offer
			if scale.Unmarshal(piece, &o) == nil {
				if n := step(now, Offered{From: protocol.PeerID('a' + rune(i%4)), Offer: o}); n != 1 {
					t.Fatalf("offer got %d verdicts", n)
				}
				continue
			}
			var a Answer
			if len(underway) == 0 || scale.Unmarshal(piece, &a) != nil {
				continue
			}
			fetch := underway[0]
			underway = underway[1:]
			if a.Collation == nil {
				step(now, FetchFailed{Fetch: fetch})
			} else {
				step(now, Fetched{Fetch: fetch, Receipt: a.Collation.Receipt, PoV: a.Collation.PoV, PoVHash: a.Collation.PoV.Hash()})
			}
		}
	})
}
