package rpctest

import (
	"context"
	"time"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/transactions"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// Transactions runs a transaction pool on the chain until the test ends. It is told
// of blocks that are added from now on.
func (c *Chain) Transactions(p txpool.Params) *transactions.Pool {
	pool := transactions.New(transactions.Config{
		Store: c.Store, Rules: c.runtime, Params: p, Slot: slotDuration,
		Now: func() primitives.Millis { return primitives.Millis(time.Now().UnixMilli()) },
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- pool.Run(ctx) }()
	c.Listen(pool.Listener(ctx))
	c.t.Cleanup(func() {
		stop()
		must(c.t, <-ended)
	})
	return pool
}
