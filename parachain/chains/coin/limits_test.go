package coin_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/parachain/sdk/relaytest"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// errDisk is what a broken view returns.
var errDisk = errors.New("disk is broken")

// brokenView fails at the read number left, counted over values and nodes.
type brokenView struct {
	relaytest.View
	left *int
}

func (v brokenView) tick() error {
	if *v.left--; *v.left < 0 {
		return errDisk
	}
	return nil
}

func (v brokenView) Get(key []byte) ([]byte, error) {
	if err := v.tick(); err != nil {
		return nil, err
	}
	return v.View.Get(key)
}

func (v brokenView) Node(path []byte, hash [32]byte) ([]byte, error) {
	if err := v.tick(); err != nil {
		return nil, err
	}
	return v.View.Node(path, hash)
}

func TestFaultsOfTheViewSayNothingOfTheBlock(t *testing.T) {
	n, m := sample(t)
	c := n.nodes[1]
	for reads := range 500 {
		left := reads
		_, _, err := c.chain.Execute(brokenView{c.view, &left}, c.head, m.block)
		if left >= 0 {
			if err != nil || reads < 20 {
				t.Errorf("after %d reads: %v", reads, err)
			}
			break
		}
		if !errors.Is(err, sdk.ErrView) || !errors.Is(err, errDisk) {
			t.Fatalf("read %d fails: %v, want %v", reads, err, sdk.ErrView)
		}
		left = reads
		if _, err := c.chain.Collate(brokenView{c.view, &left}, c.head, m.block); left < 0 && !errors.Is(err, sdk.ErrView) {
			t.Fatalf("read %d of the collator fails: %v, want %v", reads, err, sdk.ErrView)
		}
		left = reads
		extrinsics := m.block.Extrinsics[2:]
		_, err = c.chain.Build(brokenView{c.view, &left}, c.head, sdk.Proposal{
			Relay: n.relay.Collect(c.id, c.head.AppendSCALE(nil)), Author: authorOf(t, m),
			Next: func() (primitives.Extrinsic, bool) {
				if len(extrinsics) == 0 {
					return nil, false
				}
				x := extrinsics[0]
				extrinsics = extrinsics[1:]
				return x, true
			}})
		if left < 0 && !errors.Is(err, errDisk) {
			t.Fatalf("read %d of the builder fails: %v, want %v", reads, err, errDisk)
		}
	}
}

func authorOf(t *testing.T, m made) uint32 {
	t.Helper()
	claim, err := collators.ClaimOf(m.block.Header.Digest)
	if err != nil {
		t.Fatal(err)
	}
	return claim.Author
}

func TestBuildKeepsWithinTheProofOfValidity(t *testing.T) {
	n := newNetwork(t, wide)
	c := n.nodes[0]
	for _, test := range []struct {
		limit   uint32
		atMost  int
		atLeast int
	}{{6_000, 6, 2}, {20_000, 40, 15}} {
		relay := n.relay.Collect(c.id, c.head.AppendSCALE(nil))
		relay.ValidationData.MaxPoVSize = test.limit
		asked := primitives.Nonce(0)
		author, _, err := c.chain.Turn(c.view, n.relay.Slot(), primitives.SR25519Public(c.line[int(n.relay.Slot())%3].Public()))
		if err != nil {
			t.Fatal(err)
		}
		block, err := c.chain.Build(c.view, c.head, sdk.Proposal{Author: author, Relay: relay,
			Next: func() (primitives.Extrinsic, bool) {
				asked++
				return n.signed(0, "Dave", asked-1, system.Remark{Remark: make([]byte, 300)}), true
			}})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(block.Extrinsics) - 2; got < test.atLeast || got > test.atMost {
			t.Errorf("%d extrinsics in a proof of %d bytes, want %d to %d", got, test.limit, test.atLeast, test.atMost)
		}
		block.Header = seal(c.line[author], block.Header)
		if _, err := c.chain.Collate(c.view, c.head, block); err != nil {
			t.Errorf("proof of %d bytes: %v", test.limit, err)
		}
	}
}

func TestProofBeyondTheLimit(t *testing.T) {
	n := newNetwork(t, wide)
	c := n.nodes[0]
	relay := n.relay.Collect(c.id, c.head.AppendSCALE(nil))
	relay.ValidationData.MaxPoVSize = 500
	place := uint32(n.relay.Slot() % 3)
	block, err := c.chain.Build(c.view, c.head, sdk.Proposal{Author: place, Relay: relay})
	if err != nil {
		t.Fatal(err)
	}
	block.Header = seal(c.line[place], block.Header)
	if _, err := c.chain.Collate(c.view, c.head, block); !errors.Is(err, sdk.ErrPoVSize) {
		t.Errorf("got %v, want %v", err, sdk.ErrPoVSize)
	}
}

// light returns the rules of a coin chain whose blocks hold so much weight.
func light(weight uint64) *sdk.Chain {
	return sdk.New(sdk.Rules{
		Name: "coin", SpecVersion: coin.SpecVersion, TransactionVersion: coin.TransactionVersion,
		Own: frame.Pallets{{Index: sdk.FirstOwn, Pallet: transfer.Pallet}}, MaxWeight: weight,
	})
}

// remarks returns so many extrinsics of Dave's on chain 0.
func (n *network) remarks(count int) []primitives.Extrinsic {
	out := make([]primitives.Extrinsic, count)
	for i := range out {
		out[i] = n.signed(0, "Dave", primitives.Nonce(i), system.Remark{})
	}
	return out
}

func TestWeightEndsABlock(t *testing.T) {
	n := newNetwork(t, wide)
	n.nodes[0].chain = light(4_000_000_000)
	m := n.make(0, n.remarks(40)...)
	inherents := uint64(0)
	for _, x := range m.block.Extrinsics[:2] {
		u, err := primitives.DecodeExtrinsic(x)
		if err != nil {
			t.Fatal(err)
		}
		call, err := n.nodes[0].chain.Pallets().DecodeCall(u.Call)
		if err != nil {
			t.Fatal(err)
		}
		inherents += call.Info().Weight.RefTime
	}
	want := int((3_000_000_000 - inherents) / (executive.SignedWeight + system.Remark{}.Info().Weight.RefTime))
	if got := len(m.block.Extrinsics) - 2; got != want || len(m.refused) != 1 || !errors.Is(m.refused[0], executive.ErrExhaustsResources) {
		t.Errorf("%d remarks, refused %v, want %d remarks and one refused", got, m.refused, want)
	}
}

// TestFeesFollowCongestion lets the price of weight fall to its minimum by empty
// blocks, and rise by full ones. That building, executing and validating agree,
// make checks.
func TestFeesFollowCongestion(t *testing.T) {
	const limit = 4_000_000_000
	n := newNetwork(t, wide)
	c := n.nodes[0]
	c.chain = light(limit)
	least := transactionpayment.Multiplier{Lo: 100_000_000_000_000_000}
	n.begin(0, func(s *frame.State) {
		transactionpayment.NextFeeMultiplier.Put(s, transactionpayment.Multiplier{Lo: least.Lo + 1})
	})
	// next makes a block and returns the multiplier after it, which must be what
	// its weight makes of the one before.
	next := func(extrinsics []primitives.Extrinsic) transactionpayment.Multiplier {
		t.Helper()
		m := n.make(0, extrinsics...)
		want := frame.NewState(frame.Memory{})
		transactionpayment.NextFeeMultiplier.Put(want, transactionpayment.FeeMultiplier(n.state(0)))
		n.accept(0, m)
		n.include(1, 0)
		system.BlockWeight.Put(want, system.BlockWeight.Get(n.state(0)))
		transactionpayment.Adjust(want, executive.NormalShare(limit))
		after := transactionpayment.FeeMultiplier(n.state(0))
		if after != transactionpayment.FeeMultiplier(want) {
			t.Errorf("multiplier %v, want %v", after, transactionpayment.FeeMultiplier(want))
		}
		return after
	}
	for range 2 {
		if got := next(nil); got != least {
			t.Errorf("empty block: multiplier %v, want the minimum", got)
		}
	}
	last := least
	for range 3 {
		after := next(n.remarks(40))
		if after.Lo <= last.Lo {
			t.Errorf("full block: multiplier %v after %v", after, last)
		}
		last = after
	}
	if after := next(nil); after.Lo >= last.Lo {
		t.Errorf("empty block: multiplier %v after %v", after, last)
	}
}

func TestNewRefusesPalletsAtTakenPlaces(t *testing.T) {
	for name, own := range map[string]frame.Pallets{
		"index of the base":  {{Index: 10, Pallet: transfer.Pallet}},
		"index below 50":     {{Index: 49, Pallet: transfer.Pallet}},
		"name of the base":   {{Index: 50, Pallet: system.Pallet}},
		"twice at one index": {{Index: 50, Pallet: transfer.Pallet}, {Index: 50, Pallet: frame.Pallet{Name: "Other"}}},
		"twice by one name":  {{Index: 50, Pallet: transfer.Pallet}, {Index: 51, Pallet: transfer.Pallet}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			sdk.New(sdk.Rules{Own: own})
		}()
	}
}
