package collation

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// describe names validators by their number.
func describe(offers []OfferTo) (out []string) {
	for _, o := range offers {
		out = append(out, fmt.Sprintf("%d to %d", o.Offer.Candidate[0], o.Validator[0]-1))
	}
	return out
}

func numbers(keys []primitives.SR25519Public) (out []int) {
	for _, k := range keys {
		out = append(out, int(k[0])-1)
	}
	slices.Sort(out)
	return out
}

func TestOffersGoToTheGroup(t *testing.T) {
	t.Parallel()
	o := NewOffers(2000)
	offer := func(candidate byte, at primitives.BlockNumber) Offer {
		return Offer{Para: 2000, RelayParent: blockHash(at), Candidate: primitives.Hash{candidate}}
	}
	want := func(got []OfferTo, want ...string) {
		t.Helper()
		if !slices.Equal(describe(got), want) {
			t.Errorf("got %v, want %v", describe(got), want)
		}
	}
	want(o.Made(offer(1, 3), 0))
	for v := range 4 {
		want(o.Connected(validatorKey(v)))
	}
	connect, due := o.ActiveLeaf(leafAt(3))
	want(due)
	if got := numbers(connect); !slices.Equal(got, []int{0, 1, 2, 3}) {
		t.Errorf("connect to %v, want the group of core 0 and the one that follows", got)
	}
	want(o.Made(offer(1, 3), 0), "1 to 0", "1 to 1")
	want(o.Made(offer(1, 3), 0))
	want(o.Made(offer(2, 1), 0), "2 to 0", "2 to 1")
	want(o.Made(offer(3, 0), 0)) // not allowed any more
	want(o.Made(offer(3, 3), 1), "3 to 2", "3 to 3")

	// What was not answered is sent again, and so is all after a new connection.
	o.Unanswered(OfferTo{Validator: validatorKey(1), Offer: offer(1, 3)})
	_, due = o.ActiveLeaf(leafAt(4))
	want(due, "1 to 1")
	o.Disconnected(validatorKey(0))
	want(o.Connected(validatorKey(0)), "1 to 0") // 2 left the window
	want(o.Connected(validatorKey(0)))

	// From block 4 on the other group backs on core 0.
	want(o.Made(offer(4, 4), 0), "4 to 2", "4 to 3")
	if connect, _ := o.ActiveLeaf(leafAt(5)); !slices.Equal(numbers(connect), []int{0, 1, 2, 3}) {
		t.Errorf("connect to %v", numbers(connect))
	}
}

func TestOffersAreBounded(t *testing.T) {
	t.Parallel()
	o := NewOffers(2000)
	o.ActiveLeaf(leafAt(3))
	for i := range 100 {
		o.Made(Offer{Para: 2000, RelayParent: blockHash(3), Candidate: primitives.Hash{byte(i)}}, 0)
	}
	if got := len(o.Connected(validatorKey(0))); got != maxMade {
		t.Errorf("%d offers, want %d", got, maxMade)
	}
}
