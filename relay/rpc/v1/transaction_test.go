package v1_test

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	v1 "github.com/rampart-chain/rampart/relay/rpc/v1"
	"github.com/rampart-chain/rampart/relay/transactions"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// withPool starts a server of a chain with a pool.
func withPool(t testing.TB, params txpool.Params) (*rpctest.Chain, *transactions.Pool, string) {
	t.Helper()
	chain := rpctest.New(t, false)
	params.Author = true
	pool := chain.Transactions(params)
	return chain, pool, serve(t, v1.Config{Chain: chain.Chain, Transactions: pool})
}

func included(name string, b primitives.BlockID, index int) string {
	return fmt.Sprintf(`{"block":{"hash":"%s","index":%d},"event":%q}`, b.Hash, index, name)
}

// TestWatch follows a transaction into a block, out of it, and into a final one.
func TestWatch(t *testing.T) {
	chain, _, address := withPool(t, txpool.Params{})
	c := dial(t, address)
	x := chain.Transfer("//Alice", 0, "//Bob", 1e12)
	id := c.subscribe("transactionWatch_v1_submitAndWatch", `{"transaction":%q}`, wire(x))
	c.expect(id, `{"event":"validated"}`)
	a1 := chain.Grow(chain.Genesis, x)
	body, err := chain.Store.Body(a1.Hash)
	must(t, err)
	index := len(body) - 1
	c.expect(id, included("bestChainBlockIncluded", a1, index))
	b1 := chain.Grow(chain.Genesis)
	b2 := chain.Grow(b1)
	c.expect(id, `{"block":null,"event":"bestChainBlockIncluded"}`, `{"event":"validated"}`)
	b3 := chain.Grow(b2, x)
	c.expect(id, included("bestChainBlockIncluded", b3, index))
	chain.Finalize(b3, false)
	c.expect(id, included("finalized", b3, index))
	c.refused(-32602, "transactionWatch_v1_unwatch", `[%q]`, id)
}

// TestWatch_Ends: what the pool refuses is an event and no error, and what is no
// hexadecimal is an error.
func TestWatch_Ends(t *testing.T) {
	chain, _, address := withPool(t, txpool.Params{})
	c := dial(t, address)
	for _, x := range []string{"", "0x", "0x00", "0x0400", "0x080000ff", hexOf(chain.Transfer("//Alice", 0, "//Bob", 1)), wire(chain.Transfer("//Nobody", 0, "//Bob", 1))} {
		id := c.subscribe("transactionWatch_v1_submitAndWatch", `[%q]`, x)
		if e := c.next(id); e.name() != "invalid" || e["error"] == "" {
			t.Errorf("%s: %v", x, e)
		}
	}
	for _, x := range []string{`"00"`, `"0x0"`, `1`, `null`} {
		c.refused(-32602, "transactionWatch_v1_submitAndWatch", `[%s]`, x)
	}
	id := c.subscribe("transactionWatch_v1_submitAndWatch", `[%q]`, wire(chain.Transfer("//Bob", 0, "//Alice", 1e12)))
	c.expect(id, `{"event":"validated"}`)
	c.want("null", "transactionWatch_v1_unwatch", `{"subscription":%q}`, id)
	c.refused(-32602, "transactionWatch_v1_unwatch", `[%q]`, id)
}

// pending returns how many transactions the pool has ready.
func pending(t testing.TB, pool *transactions.Pool) int {
	t.Helper()
	list, err := pool.Pending(t.Context())
	must(t, err)
	return len(list)
}

// TestBroadcast: a transaction comes into the pool again while it is broadcast, and not
// after it is stopped; an invalid one is not told of, but counts.
func TestBroadcast(t *testing.T) {
	chain, pool, address := withPool(t, txpool.Params{})
	c, other := dial(t, address), dial(t, address)
	x := chain.Transfer("//Alice", 0, "//Bob", 1e12)
	id := c.subscribe("transaction_v1_broadcast", `{"transaction":%q}`, wire(x))
	for pending(t, pool) == 0 {
	}
	other.refused(-32602, "transaction_v1_stop", `[%q]`, id)
	c.refused(-32602, "transaction_v1_stop", `["x"]`)
	c.refused(-32602, "transaction_v1_stop", `[]`)
	c.want("null", "transaction_v1_stop", `{"operationId":%q}`, id)
	c.refused(-32602, "transaction_v1_stop", `[%q]`, id)
	c.refused(-32602, "transaction_v1_broadcast", `["0"]`)
	var last string
	for range 16 {
		last = c.subscribe("transaction_v1_broadcast", `["0x00"]`)
	}
	c.want("null", "transaction_v1_broadcast", `["0x00"]`)
	other.subscribe("transaction_v1_broadcast", `["0x00"]`)
	c.want("null", "transaction_v1_stop", `[%q]`, last)
	c.subscribe("transaction_v1_broadcast", `[""]`)
}

// TestBroadcastEndsWithConnection: what a connection had of the pool's places is free
// again. Who finds none gets null.
func TestBroadcastEndsWithConnection(t *testing.T) {
	chain := rpctest.New(t, false)
	address := serve(t, v1.Config{Chain: chain.Chain, Transactions: chain.Transactions(txpool.Params{Author: true}), Limits: v1.Limits{Broadcasts: 1000}})
	c, other := dial(t, address), dial(t, address)
	for n := 0; c.call("transaction_v1_broadcast", `["0x08%04x"]`, n) != "null"; n++ {
		if n == 999 {
			t.Fatal("the pool has no limit")
		}
	}
	other.want("null", "transaction_v1_broadcast", `["0x04ff"]`)
	must(t, c.CloseNow())
	for other.call("transaction_v1_broadcast", `["0x04ff"]`) == "null" {
	}
}
