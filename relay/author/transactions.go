package author

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// offer is the transactions of the pool on their way into one block.
type offer struct {
	ready *txpool.Ready
	// more reports whether there is time for another.
	more func() bool
	// last was given last; unfit are those that the block had room for and that
	// could not be applied.
	last  primitives.Hash
	unfit []primitives.Hash
	// end is why the block takes no more; empty if the pool did not answer.
	end string
}

// offer asks the pool what it has for a block that must be ready at a time. Without
// an answer the block goes without transactions.
func (a *Author) offer(ctx context.Context, until primitives.Millis) *offer {
	ready, err := a.config.Ready(ctx)
	if err != nil {
		a.config.Logger.Warn("block goes without transactions", zap.Error(err))
	}
	return &offer{ready: ready, more: func() bool { return ready != nil && a.config.Now() < until }}
}

// next returns the next transaction to try.
func (o *offer) next() (primitives.Extrinsic, bool) {
	if !o.more() {
		if o.ready != nil {
			o.end = endDeadline
		}
		return nil, false
	}
	t, ok := o.ready.Next()
	o.last, o.end = t.Hash, endFull // unless the block has room for the one after it
	if !ok {
		o.end = endNoMore
	}
	return t.Extrinsic, ok
}

// refused hears that the transaction given last is not in the block: those that
// depend on it are left out too.
func (o *offer) refused(why error) {
	o.ready.Refuse()
	if !errors.Is(why, executive.ErrExhaustsResources) {
		o.unfit = append(o.unfit, o.last)
	}
}
