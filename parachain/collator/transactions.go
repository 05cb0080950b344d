package collator

import (
	"context"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/transactions"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// poolSlot is what the pool takes for a slot, in milliseconds: other collators are
// told of the pool every few of them.
const poolSlot = 1000

// buildPool makes the transaction pool of the chain.
func (c *Collator) buildPool() {
	c.pool = transactions.New(transactions.Config{
		Store: c.store, Rules: c.config.Chain, Params: txpool.Params{Author: true}, Slot: poolSlot,
		Publish:   func(x primitives.Extrinsic) { c.publish(protocol.Transactions, x) },
		Send:      c.tell,
		Neighbors: c.neighbors, Now: new(node.Clock).Now,
		Beat: c.loops.Beat("transactions"), Logger: c.log, Registerer: c.config.Registerer,
	})
}

// judgeTransaction takes a gossiped extrinsic to the pool.
func (c *Collator) judgeTransaction(from peer.ID, data []byte) protocol.Verdict {
	verdict, _ := c.pool.Heard(protocol.PeerID(from), data)
	return verdict
}

// pulled takes what another collator says of its pool: one message.
func (c *Collator) pulled(ctx context.Context, from peer.ID, message []byte) ([]byte, error) {
	verdict, err := c.pool.Receive(ctx, protocol.PeerID(from), message)
	if verdict == protocol.Reject {
		c.peers.host.Report(from, reputation.Malformed)
		return nil, err
	}
	return nil, nil
}

// offer is extrinsics on their way into one block: those of users, then those of
// the workload.
type offer struct {
	users    *txpool.Offer
	workload []primitives.Extrinsic
	working  bool // the one given last is of the workload
}

// transactions returns what to try in the child, with the number, of the block that
// is best; parent is the state after it. Users have a third of a slot of the relay
// chain.
func (c *Collator) transactions(ctx context.Context, parent frame.Backend, number primitives.BlockNumber) *offer {
	until := time.Now().Add(time.Duration(c.relay.SlotDuration()) * time.Millisecond / 3)
	ready, err := c.pool.Ready(ctx)
	if err != nil {
		c.log.Warn("block goes without transactions", zap.Error(err))
	}
	o := &offer{users: txpool.NewOffer(ready, func() bool { return time.Now().Before(until) })}
	if c.config.Workload != nil {
		if o.workload, err = c.config.Workload(parent, number); err != nil {
			c.log.Warn("block goes without the workload", zap.Error(err))
		}
	}
	return o
}

// next returns the next extrinsic to try.
func (o *offer) next() (primitives.Extrinsic, bool) {
	if !o.working {
		if x, ok := o.users.Next(); ok {
			return x, true
		}
		o.working = true
	}
	if len(o.workload) == 0 {
		return nil, false
	}
	x := o.workload[0]
	o.workload = o.workload[1:]
	return x, true
}

// refused hears that the extrinsic given last is not in the block.
func (o *offer) refused(_ primitives.Extrinsic, why error) {
	if !o.working {
		o.users.Refused(why)
	}
}
