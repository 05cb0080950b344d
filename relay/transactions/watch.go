package transactions

import (
	"context"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// maxStatuses bounds the statuses that wait for who watches.
const maxStatuses = 64

// Watch tells what becomes of one transaction. It is for one goroutine.
type Watch struct {
	// Hash is the transaction's.
	Hash primitives.Hash

	pool     *Pool
	id       txpool.RequestID
	statuses chan txpool.Status
}

// Watch puts an extrinsic into the pool, like Submit, and tells what becomes of it.
// One that is in the pool, or in a recent block, can be watched too. Close the
// Watch.
func (p *Pool) Watch(ctx context.Context, x primitives.Extrinsic) (*Watch, error) {
	w := &Watch{pool: p, id: p.request(), statuses: make(chan txpool.Status, maxStatuses)}
	p.metrics.submitted.Inc()
	var err error
	w.Hash, err = p.ask(ctx, w.id, txpool.Submit{Request: w.id, Extrinsic: x, Watch: true}, func() { p.watches[w.id] = w })
	if err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// ErrBehind: more happened than is kept for who watches.
const ErrBehind = txpool.Reason("too many statuses wait to be taken")

// Next waits for the next status; none follows one that is Final. A block that it
// names can be read, with its state. It returns ErrBehind after the last status
// that was kept, and the error of ctx.
func (w *Watch) Next(ctx context.Context) (txpool.Status, error) {
	select {
	case s, ok := <-w.statuses:
		if !ok {
			return txpool.Status{}, ErrBehind
		}
		return s, nil
	case <-w.pool.done:
		return txpool.Status{}, ErrStopped
	case <-ctx.Done():
		return txpool.Status{}, ctx.Err()
	}
}

// Close ends the watch.
func (w *Watch) Close() {
	w.pool.tell(input{begin: func() { delete(w.pool.watches, w.id) }, event: txpool.Unwatch{Watcher: w.id}})
}

// notify tells a watch a status. One without room for it is ended.
func (p *Pool) notify(id txpool.RequestID, s txpool.Status) {
	w := p.watches[id]
	if w == nil {
		return
	}
	select {
	case w.statuses <- s:
	default:
		close(w.statuses)
		delete(p.watches, id) // its Close ends it in the core
		return
	}
	if s.Final() {
		delete(p.watches, id)
	}
}
