package collator

import (
	"context"
	"crypto/ed25519"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/relaytest"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/transactions"
	"github.com/rampart-chain/rampart/relay/txpool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func secret(t *testing.T, uri string) *sr25519.SecretKey {
	t.Helper()
	key, err := keys.Sr25519(uri)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// genesis is a coin chain with the collators Alice and Bob, and funds of Charlie's.
func genesis(t *testing.T) sdk.Block0 {
	t.Helper()
	g := coin.Genesis{ParaID: 2000, Balances: []sdk.Balance{{Account: primitives.AccountID(secret(t, "//Charlie").Public()), Amount: primitives.NewBalance(1e15)}}}
	for _, uri := range []string{"//Alice", "//Bob"} {
		g.Collators = append(g.Collators, primitives.SR25519Public(secret(t, uri).Public()))
	}
	block, err := g.Build()
	if err != nil {
		t.Fatal(err)
	}
	return block
}

// open returns a collator without its relay node, whose pool, and whose network if
// asked for, run until the test ends.
func open(t *testing.T, uri string, networked bool, bootnodes ...string) *Collator {
	t.Helper()
	_, node, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Config{
		Para: 2000, Chain: coin.Chain(), Block0: genesis(t), Key: secret(t, uri), BasePath: t.TempDir(),
		Network: Network{Key: node, Listen: []string{"/ip4/127.0.0.1/tcp/0"}, Bootnodes: bootnodes},
		RPC:     rpc.Endpoint{Listen: []string{"127.0.0.1:0"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	c.listen(ctx)
	c.loops.Go("transactions", c.pool.Run)
	if networked {
		c.runPeers()
	}
	ended := make(chan error, 1)
	go func() { ended <- c.loops.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		close(c.done)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// pay returns the first extrinsic of Charlie's: a payment to Dave.
func pay(t *testing.T, c *Collator) primitives.Extrinsic {
	t.Helper()
	to := primitives.AddressID{ID: primitives.AccountID(secret(t, "//Dave").Public())}
	return coin.Sign(secret(t, "//Charlie"), 0, c.config.Block0.Header.Hash(), balances.TransferKeepAlive{Dest: to, Value: primitives.NewBalance(5e12)})
}

// within returns a context that ends long after what is waited for.
func within(t *testing.T) context.Context {
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(stop)
	return ctx
}

// grow makes a block on the first one, by the collator with the place in line, of
// what its pool has, and keeps it.
func (c *Collator) grow(t *testing.T, r *relaytest.Relay, author uint32) primitives.Header {
	t.Helper()
	parent := c.config.Block0.Header
	view, err := c.store.View(parent.Hash())
	if err != nil {
		t.Fatal(err)
	}
	ready, err := c.pool.Ready(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o := &offer{users: txpool.NewOffer(ready, func() bool { return true })}
	block, err := c.config.Chain.Build(view, parent, sdk.Proposal{
		Author: author, Relay: r.Collect(2000, c.config.Block0.Head()), Next: o.next, Refused: o.refused,
	})
	if err != nil {
		t.Fatal(err)
	}
	key := secret(t, []string{"//Alice", "//Bob"}[author])
	block.Header = sdk.Seal(block.Header, primitives.Signature(key.Sign(sdk.SealPayload(block.Header), [32]byte{})))
	if err := c.execute(block); err != nil {
		t.Fatal(err)
	}
	return block.Header
}

// statuses follows a transaction until it is final, and returns the blocks that it
// was in, of which the last one is final.
func statuses(ctx context.Context, t *testing.T, watch *transactions.Watch) (in []primitives.Hash) {
	t.Helper()
	for {
		s, err := watch.Next(ctx)
		if err != nil {
			t.Fatalf("after %v: %v", in, err)
		}
		if s.Kind == txpool.StatusInBlock {
			in = append(in, s.Block.Hash)
		}
		if s.Final() {
			if s.Kind != txpool.StatusFinalized || len(in) == 0 || s.Block.Hash != in[len(in)-1] {
				t.Errorf("in blocks %v, in the end %+v", in, s)
			}
			return in
		}
	}
}

// TestPoolHearsWhichBlockTheRelayChainTakes has two collators' blocks at the same
// height. Neither is best until the relay chain shows it; when it changes its mind,
// the pool and followers of the chain hear that, and in the end what is final.
func TestPoolHearsWhichBlockTheRelayChainTakes(t *testing.T) {
	c, ctx := open(t, "//Alice", false), within(t)
	watch, err := c.pool.Watch(ctx, pay(t, c))
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	_, follower := c.feed.Follow(16)
	defer follower.Close()
	relay, err := relaytest.New(map[primitives.ParaID]primitives.HeadData{2000: c.config.Block0.Head()})
	if err != nil {
		t.Fatal(err)
	}
	first := c.grow(t, relay, uint32(relay.Slot()%2))
	if err := relay.Include(1); err != nil {
		t.Fatal(err)
	}
	second := c.grow(t, relay, uint32(relay.Slot()%2)) // of the same transaction: the first is not best
	if best := c.store.Best(); best.Number != 0 {
		t.Errorf("block %d is best, and the relay chain shows none", best.Number)
	}
	if err := c.choose(primitives.Header{Number: 7}); err != nil { // not known here
		t.Fatal(err)
	}
	for _, step := range []error{c.choose(first), c.choose(first), c.choose(second), c.finalizeHead(second)} {
		if step != nil {
			t.Fatal(step)
		}
	}
	if in := statuses(ctx, t, watch); len(in) != 2 || in[0] != first.Hash() || in[1] != second.Hash() {
		t.Errorf("told of blocks %v, want the first, then the second", in)
	}
	none, a, b := c.config.Block0.Header.Hash(), first.Hash(), second.Hash()
	for i, want := range []primitives.Hash{none, none, a, b, b} {
		e, err := follower.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		best, blocks := primitives.Hash{}, 0
		switch e := e.(type) {
		case chain.Imported:
			best = e.Best.Hash
		case chain.Finalized:
			best, blocks = e.Best.Hash, len(e.Canonical)+len(e.Pruned)
		}
		if best != want || (blocks != 0) != (i == 4) {
			t.Errorf("event %d: best %s, %d blocks final or pruned, want %s", i, best.Short(), blocks, want.Short())
		}
	}
	if at := c.feed.At(); at.Best.Hash != b || at.Finalized.Hash != b || len(at.Unfinalized) != 0 {
		t.Errorf("followers begin with %+v", at)
	}
	if c.tip.Hash != b {
		t.Errorf("the highest block is %s, which was pruned", c.tip.Hash.Short())
	}
}

// TestBlocksOnTheWayAreBest: who is late has each block best in turn.
func TestBlocksOnTheWayAreBest(t *testing.T) {
	c := open(t, "//Alice", false)
	relay, err := relaytest.New(map[primitives.ParaID]primitives.HeadData{2000: c.config.Block0.Head()})
	if err != nil {
		t.Fatal(err)
	}
	c.head = 1
	block := c.grow(t, relay, uint32(relay.Slot()%2))
	if c.store.Best().Hash != block.Hash() {
		t.Error("a block on the way to the head is not best")
	}
}

// TestCollatorsTellEachOtherOfTransactions has one that came before the collators
// met: the other hears of it in a summary.
func TestCollatorsTellEachOtherOfTransactions(t *testing.T) {
	first, ctx := open(t, "//Alice", true), within(t)
	x := pay(t, first)
	if _, err := first.pool.Submit(ctx, x); err != nil {
		t.Fatal(err)
	}
	second := open(t, "//Bob", true, first.Addresses()...)
	for {
		pending, err := second.pool.Pending(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(pending) == 1 && string(pending[0]) == string(x) {
			return
		}
	}
}

// TestOffer: users come first, then the workload; only users' transactions that had
// room are unfit.
func TestOffer(t *testing.T) {
	c, ctx := open(t, "//Alice", false), within(t)
	x := pay(t, c)
	watch, err := c.pool.Watch(ctx, x)
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Close()
	for range 2 { // refused once, it is looked at again; there was no fault with it
		offered := func(more bool, why error) (o *offer, got []string) {
			ready, err := c.pool.Ready(ctx)
			if err != nil {
				t.Fatal(err)
			}
			o = &offer{users: txpool.NewOffer(ready, func() bool { return more }), workload: []primitives.Extrinsic{{1}, {2}}}
			for y, ok := o.next(); ok; y, ok = o.next() {
				got = append(got, string(y))
				o.refused(y, why)
			}
			return o, got
		}
		if o, got := offered(true, executive.ErrExhaustsResources); len(got) != 3 || got[0] != string(x) || got[1] != "\x01" || len(o.users.Unfit()) != 0 {
			t.Errorf("full: offered %x, unfit %v", got, o.users.Unfit())
		}
		if o, got := offered(true, executive.ErrStale); len(got) != 3 || len(o.users.Unfit()) != 1 || o.users.Unfit()[0] != watch.Hash {
			t.Errorf("stale: offered %x, unfit %v", got, o.users.Unfit())
		}
		if _, got := offered(false, nil); len(got) != 2 {
			t.Errorf("no time: offered %x", got)
		}
	}
}

var _ transactions.Rules = (*sdk.Chain)(nil)
