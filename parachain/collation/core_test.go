package collation

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
)

func TestDeadline(t *testing.T) {
	t.Parallel()
	for slot, want := range map[primitives.Millis]primitives.Millis{1000: 500, 2000: 1000, 6000: 1200} {
		if got := Deadline(slot); got != want {
			t.Errorf("slot of %d ms: %d ms, want %d", slot, got, want)
		}
	}
}

// TestCrowd: a thousand new peers neither take more room than there is nor push
// out a collator that delivered before.
func TestCrowd(t *testing.T) {
	t.Parallel()
	chains := prospective.New()
	c := New(Params{Keys: []primitives.SR25519Public{validatorKey(0)}, Slot: 2000}, chains)
	for n := primitives.BlockNumber(4); n <= 6; n++ {
		chains.Activate(leafAt(n))
		c.Step(0, ActiveLeaf{Leaf: leafAt(n)})
	}
	offer := func(name string, at primitives.BlockNumber) Offered {
		m := build(leafAt(6), name, 2001, at, nil)
		return Offered{From: protocol.PeerID(name), Offer: Offer{
			Para: 2001, RelayParent: blockHash(at), Candidate: m.receipt.Hash(), ParentHead: m.data.ParentHead.Hash(),
		}}
	}
	// The good one delivers at block 5.
	good := build(leafAt(6), "good", 2001, 5, nil)
	for _, e := range c.Step(0, offer("good", 5)) {
		if f, ok := e.(Fetch); ok {
			c.Step(0, Fetched{Fetch: f, Receipt: good.receipt.Receipt(), PoV: good.pov, PoVHash: good.pov.Hash()})
		}
	}
	c.Step(0, Judged{Candidate: good.receipt.Hash()})
	// The crowd comes first at block 6.
	ignored := 0
	for i := range 1000 {
		for _, e := range c.Step(1, offer(fmt.Sprint("crowd ", i), 6)) {
			if v, ok := e.(Verdict); ok && v.Judgment == protocol.Ignore {
				ignored++
			}
		}
	}
	if got := len(c.slot(blockHash(6), 2001).waiting); got != maxOffers || ignored != 1000-maxOffers-1 {
		t.Errorf("%d offers wait, %d were ignored", got, ignored)
	}
	c.Step(2, offer("good", 6))
	next := ""
	for _, e := range c.Step(1000+2, Wake{}) {
		if f, ok := e.(Fetch); ok && f.Request.RelayParent == blockHash(6) {
			next = string(f.From)
		}
	}
	if next != "good" {
		t.Errorf("%q is asked next, want the one that delivered before", next)
	}
}

// TestEarlyOffersAreBounded: offers at blocks that never come take little room.
func TestEarlyOffersAreBounded(t *testing.T) {
	t.Parallel()
	c := New(Params{Keys: []primitives.SR25519Public{validatorKey(0)}, Slot: 2000}, prospective.New())
	for i := range 1000 {
		o := Offer{Para: 2000}
		binary.LittleEndian.PutUint32(o.RelayParent[:], uint32(i))
		c.Step(0, Offered{From: protocol.PeerID(fmt.Sprint(i / 3)), Offer: o})
	}
	if len(c.early) != maxEarly {
		t.Errorf("%d offers wait, want %d", len(c.early), maxEarly)
	}
	if len(c.peers) > 0 {
		t.Errorf("%d peers remembered", len(c.peers))
	}
}
