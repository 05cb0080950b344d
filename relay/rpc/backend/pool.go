package backend

import (
	"context"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// Transactions is the pool of a chain. Errors wrap a txpool.Reason, whose number in
// JSON-RPC is txpool.Code, unless they are those of ctx.
type Transactions interface {
	// Submit puts an extrinsic into the pool and returns its hash.
	Submit(ctx context.Context, x primitives.Extrinsic) (primitives.Hash, error)
	// Watch is Submit and tells what becomes of it.
	Watch(ctx context.Context, x primitives.Extrinsic) (Watch, error)
	// Repeat keeps an extrinsic in the pool, as long as it can be there, until Stop
	// or until ctx ends. An invalid one is no error.
	Repeat(ctx context.Context, x primitives.Extrinsic) (txpool.RequestID, error)
	// Stop ends a Repeat: txpool.ErrUnknownRequest if there is none.
	Stop(ctx context.Context, id txpool.RequestID) error
	// Pending returns the extrinsics that can be in the next block, best first.
	Pending(ctx context.Context) ([]primitives.Extrinsic, error)
}

// Watch tells what becomes of one transaction. It is for one goroutine. Close it.
type Watch interface {
	// Next waits for the next status; none follows one that is Final. A block it
	// names can be read, with its state. The error is that of ctx, or ErrBehind.
	Next(ctx context.Context) (txpool.Status, error)
	Close()
}
