package coin_test

import (
	"math/rand"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// wide is a channel that is never full here.
var wide = channel{capacity: 100, size: 10_000}

func TestPaymentAcross(t *testing.T) {
	n := newNetwork(t, wide)
	stranger := primitives.AccountID{9, 9}
	amount := primitives.NewBalance(50_000_000_000)
	n.grow(0, n.signed(0, "Dave", 0, transfer.PayAcross{Dest: 2001, To: to(stranger), Amount: amount}))
	if !n.emitted(0, transfer.Paid{Dest: 2001, Serial: 1, From: account("Dave"), To: stranger, Amount: amount}) {
		t.Error("no event of the payment on the paying chain")
	}
	if got, most := n.free(0, account("Dave")), primitives.NewBalance(first).SaturatingSub(amount); !got.Less(most) {
		t.Errorf("payer has %s, want less than %s for the fee", got, most)
	}
	if !n.free(1, stranger).IsZero() {
		t.Error("credited before the message was taken")
	}
	n.grow(1)
	if !n.emitted(1, transfer.Received{Source: 2000, Serial: 1, From: account("Dave"), To: stranger, Amount: amount}) {
		t.Error("no event of the payment on the paid chain")
	}
	for range 3 {
		n.grow(1)
		n.grow(0)
	}
	if got := n.free(1, stranger); got != amount {
		t.Errorf("account has %s, want %s, once", got, amount)
	}
}

func TestPaymentThatCannotBeReceivedIsHeld(t *testing.T) {
	n := newNetwork(t, wide)
	all := n.coins()
	stranger := primitives.AccountID{9, 9}
	third := primitives.NewBalance(4_000_000_000)
	pay := transfer.PayAcross{Dest: 2001, To: to(stranger), Amount: third}
	n.grow(0, n.signed(0, "Dave", 0, pay), n.signed(0, "Eve", 0, pay))
	n.grow(1)
	if !n.emitted(1, transfer.Kept{Source: 2000, Serial: 2, From: account("Eve"), To: stranger, Amount: third}) {
		t.Error("no event of what is held")
	}
	two := primitives.NewBalance(8_000_000_000)
	if got := transfer.Held.Get(n.state(1), stranger); got != two || !n.free(1, stranger).IsZero() {
		t.Errorf("held %s, free %s, want %s and 0", got, n.free(1, stranger), two)
	}
	n.grow(1, n.signed(1, "Dave", 0, transfer.Claim{Who: stranger}))
	if transfer.Held.Get(n.state(1), stranger) != two {
		t.Error("claimed below the existential deposit")
	}
	n.grow(0, n.signed(0, "Dave", 0, pay))
	n.grow(1)
	if got := n.free(1, stranger); got != primitives.NewBalance(12_000_000_000) || transfer.Held.Has(n.state(1), stranger) {
		t.Errorf("account has %s and %s held, want all three payments", got, transfer.Held.Get(n.state(1), stranger))
	}
	if got := n.coins(); got != all {
		t.Errorf("%s coins, want %s", got, all)
	}
}

func TestClaim(t *testing.T) {
	n := newNetwork(t, wide)
	stranger, some := primitives.AccountID{9, 9}, primitives.NewBalance(4_000_000_000)
	n.grow(0, n.signed(0, "Dave", 0, transfer.PayAcross{Dest: 2001, To: to(stranger), Amount: some}))
	n.grow(1)
	n.grow(1, n.signed(1, "Eve", 0, balances.TransferKeepAlive{Dest: to(stranger), Value: balances.ExistentialDeposit}),
		n.signed(1, "Eve", 1, transfer.Claim{Who: stranger}), n.signed(1, "Eve", 2, transfer.Claim{Who: stranger}))
	if got, want := n.free(1, stranger), balances.ExistentialDeposit.SaturatingAdd(some); got != want {
		t.Errorf("account has %s, want %s", got, want)
	}
	if !n.emitted(1, transfer.Claimed{Who: stranger, Amount: some}) {
		t.Error("no event of the claim")
	}
	refused := transfer.ErrNothingHeld
	if !n.emitted(1, system.ExtrinsicFailed{DispatchError: n.nodes[1].chain.Pallets().DispatchError(refused), DispatchInfo: transfer.Claim{}.Info()}) {
		t.Error("a second claim did not fail")
	}
}

func TestPaymentsThatFailBurnNothing(t *testing.T) {
	one := primitives.NewBalance(1_000_000_000_000)
	for name, test := range map[string]struct {
		pay  transfer.PayAcross
		want error
	}{
		"nothing":         {transfer.PayAcross{Dest: 2001, To: to(account("Eve"))}, transfer.ErrZero},
		"no peer":         {transfer.PayAcross{Dest: 2002, To: to(account("Eve")), Amount: one}, transfer.ErrNotPeer},
		"no channel":      {transfer.PayAcross{Dest: 2000, To: to(account("Eve")), Amount: one}, parachainsystem.ErrNoChannel},
		"not an account":  {transfer.PayAcross{Dest: 2001, To: primitives.AddressIndex{Index: 7}, Amount: one}, frame.CannotLookup{}},
		"not enough":      {transfer.PayAcross{Dest: 2001, To: to(account("Eve")), Amount: primitives.NewBalance(2 * first)}, frame.Token{Reason: frame.FundsUnavailable}},
		"would end payer": {transfer.PayAcross{Dest: 2001, To: to(account("Eve")), Amount: primitives.NewBalance(first - 8_000_000_000)}, balances.ErrExpendability},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newNetwork(t, wide)
			all := n.coins()
			n.grow(0, n.signed(0, "Dave", 0, test.pay))
			want := system.ExtrinsicFailed{DispatchError: n.nodes[0].chain.Pallets().DispatchError(test.want), DispatchInfo: test.pay.Info()}
			if !n.emitted(0, want) {
				t.Errorf("call did not fail for %v", test.want)
			}
			if got := n.coins(); got != all {
				t.Errorf("%s coins, want %s", got, all)
			}
			if sent := parachainsystem.HrmpOutboundMessages.Get(n.state(0)); sent != nil {
				t.Errorf("sent %v", sent)
			}
		})
	}
}

func TestMessagesWaitForRoomInTheChannel(t *testing.T) {
	n := newNetwork(t, channel{capacity: 1, size: 200}) // one message of two payments
	all := n.coins()
	var calls []primitives.Extrinsic
	for ahead := range primitives.Nonce(7) {
		calls = append(calls, n.signed(0, "Dave", ahead, transfer.PayAcross{Dest: 2001, To: to(account("Eve")), Amount: primitives.NewBalance(1 + uint64(ahead))}))
	}
	before := n.free(1, account("Eve"))
	n.grow(0, calls...)
	sizes := []int{}
	for range 12 {
		sizes = append(sizes, len(parachainsystem.Waiting(n.state(0), 2001)))
		if got := n.coins(); got != all {
			t.Fatalf("%s coins, want %s", got, all)
		}
		// Both build on what the other did before, unincluded ancestors between.
		for i := range 2 {
			n.accept(i, n.make(i))
		}
		n.include(1, 0, 1)
	}
	for _, c := range n.nodes {
		if len(c.waiting) != 0 {
			t.Fatalf("chain %d has %d candidates waiting", c.id, len(c.waiting))
		}
	}
	if got := n.free(1, account("Eve")).SaturatingSub(before); got != primitives.NewBalance(1+2+3+4+5+6+7) {
		t.Errorf("received %s of 28, queue %v", got, sizes)
	}
}

func TestUnincludedAncestorsCount(t *testing.T) {
	n := newNetwork(t, channel{capacity: 2, size: 200})
	pay := transfer.PayAcross{Dest: 2001, To: to(account("Eve")), Amount: primitives.NewBalance(7)}
	// Three blocks on each other before the first is included: two messages
	// fill the channel, and the third block must know without being told.
	for i, want := range []int{1, 1, 0} {
		m := n.make(0, n.signed(0, "Dave", 0, pay))
		if got := len(m.collation.Result.HorizontalMessages); got != want {
			t.Errorf("block %d sends %d messages, want %d", i+1, got, want)
		}
		n.accept(0, m)
		n.include(1)
	}
	unincluded := func() int { return len(parachainsystem.UnincludedSegment.Get(n.state(0))) }
	if unincluded() != 3 {
		t.Errorf("%d unincluded blocks in the state, want 3", unincluded())
	}
	n.include(1, 0) // fails if the relay chain refuses the candidate
	n.accept(0, n.make(0))
	if unincluded() != 3 {
		t.Errorf("%d unincluded blocks after one was included and one was made, want 3", unincluded())
	}
	for range 3 {
		n.include(1, 0)
	}
	n.grow(0)
	if blocks := parachainsystem.UnincludedSegment.Get(n.state(0)); len(blocks) != 1 {
		t.Errorf("%d unincluded blocks after inclusion, want 1, the block itself", len(blocks))
	}
}

func TestAuthorEarnsFeesAndTimeIsTheSlots(t *testing.T) {
	n := newNetwork(t, wide)
	all := n.coins()
	n.grow(0, n.signed(0, "Dave", 0, system.Remark{Remark: []byte("hi")}))
	author, ok := authorship.Author.Lookup(n.state(0))
	if !ok || !primitives.NewBalance(first).Less(n.free(0, author)) {
		t.Errorf("author %s has %s, want more than before", author, n.free(0, author))
	}
	if now := timestamp.Now.Get(n.state(0)); now != primitives.Millis(n.relay.Slot()-1)*2000 {
		t.Errorf("time %d in slot %d", now, n.relay.Slot()-1)
	}
	if got := n.coins(); got != all {
		t.Errorf("%s coins, want %s", got, all)
	}
}

func TestRandomTransfers(t *testing.T) {
	n := newNetwork(t, wide)
	all := n.coins()
	rng := rand.New(rand.NewSource(1))
	names := []string{"Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"}
	blocks := 50
	if testing.Short() {
		blocks = 10
	}
	for range blocks {
		for i := range 2 {
			var calls []primitives.Extrinsic
			for _, who := range names[:rng.Intn(len(names))] {
				dest := to(account(names[rng.Intn(len(names))]))
				amount := primitives.NewBalance(rng.Uint64() % 1_000_000_000_000)
				var call frame.Call = balances.TransferKeepAlive{Dest: dest, Value: amount}
				if rng.Intn(2) == 0 {
					call = transfer.PayAcross{Dest: n.nodes[1-i].id, To: dest, Amount: amount}
				}
				calls = append(calls, n.signed(i, who, 0, call))
			}
			m := n.make(i, calls...)
			if len(m.refused) > 0 {
				t.Fatalf("refused: %v", m.refused)
			}
			n.accept(i, m)
		}
		n.include(primitives.Slot(1+rng.Intn(3)), 0, 1)
		if got := n.coins(); got != all {
			t.Fatalf("%s coins after block %d, want %s", got, n.nodes[0].head.Number, all)
		}
	}
}

func TestQuickCoinsAreConserved(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := newNetwork(rt, channel{
			capacity: rapid.Uint32Range(1, 4).Draw(rt, "capacity"),
			size:     rapid.SampledFrom([]uint32{100, 250, 5000}).Draw(rt, "size"),
		})
		all := n.coins()
		names := []string{"Dave", "Eve", "Ferdie"}
		for range rapid.IntRange(1, 8).Draw(rt, "relay blocks") {
			var included []int
			for i := range 2 {
				if len(n.nodes[i].waiting) < 3 && rapid.Bool().Draw(rt, "build") {
					var calls []primitives.Extrinsic
					for _, who := range names {
						calls = append(calls, n.signed(i, who, 0, drawCall(rt, n, i)))
					}
					n.accept(i, n.make(i, calls...))
				}
				if rapid.Bool().Draw(rt, "include") {
					included = append(included, i)
				}
			}
			n.include(primitives.Slot(rapid.IntRange(1, 4).Draw(rt, "slots")), included...)
			if got := n.coins(); got != all {
				rt.Fatalf("%s coins, want %s", got, all)
			}
		}
	})
}

func drawCall(rt *rapid.T, n *network, i int) frame.Call {
	who := account(rapid.SampledFrom([]string{"Dave", "Eve", "Ferdie"}).Draw(rt, "to"))
	if rapid.Bool().Draw(rt, "to a stranger") {
		who = primitives.AccountID{rapid.Byte().Draw(rt, "stranger") % 3, 1}
	}
	amount := primitives.NewBalance(rapid.SampledFrom([]uint64{0, 1, 4_000_000_000, 10_000_000_000, 3 * first / 4, 2 * first}).Draw(rt, "amount"))
	switch rapid.IntRange(0, 3).Draw(rt, "call") {
	case 0:
		return balances.TransferKeepAlive{Dest: to(who), Value: amount}
	case 1:
		return transfer.Claim{Who: who}
	}
	return transfer.PayAcross{Dest: n.nodes[1-i].id, To: to(who), Amount: amount}
}

func TestWorkload(t *testing.T) {
	n := newNetwork(t, wide)
	w := coin.Workload{Genesis: n.nodes[0].genesis, Dest: 2001, Every: 3}
	paid := 0
	for range 9 {
		calls, err := w.At(n.nodes[0].view, n.nodes[0].head.Number+1)
		if err != nil {
			t.Fatal(err)
		}
		m := n.grow(0, calls...)
		paid += len(m.collation.Result.HorizontalMessages)
	}
	if paid != 3 {
		t.Errorf("%d payments in 9 blocks, want one in three", paid)
	}
}

func TestGenesis(t *testing.T) {
	g := coin.Genesis{ParaID: 2000, Collators: []primitives.SR25519Public{{1}}, Peers: []primitives.ParaID{2002, 2001, 2002}}
	one, err := g.Build()
	if err != nil {
		t.Fatal(err)
	}
	g.Peers = []primitives.ParaID{2001, 2002}
	two, err := g.Build()
	if err != nil || one.Header.Hash() != two.Header.Hash() {
		t.Errorf("peers in another order: %v, %s and %s", err, one.Header.Hash(), two.Header.Hash())
	}
	g.ParaID = 2001
	if other, err := g.Build(); err != nil || other.Header.Hash() == one.Header.Hash() {
		t.Errorf("another para has the same block 0 (%v)", err)
	}
	g.Collators = nil
	if _, err := g.Build(); err != sdk.ErrCollators {
		t.Errorf("without collators: %v", err)
	}
}
