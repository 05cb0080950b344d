package transactions

import (
	"context"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// answer is what became of a Submit, Repeat or Stop.
type answer struct {
	hash primitives.Hash
	err  error
}

// Submit puts an extrinsic into the pool and returns its hash, or wraps the
// txpool.Reason why it was refused. ErrStopped if Run has ended.
func (p *Pool) Submit(ctx context.Context, x primitives.Extrinsic) (primitives.Hash, error) {
	id := p.request()
	p.metrics.submitted.Inc()
	return p.ask(ctx, id, txpool.Submit{Request: id, Extrinsic: x}, nil)
}

// Repeat keeps an extrinsic in the pool, as far as it can be there, until Stop or
// until ctx ends; refusing it is no error.
func (p *Pool) Repeat(ctx context.Context, x primitives.Extrinsic) (txpool.RequestID, error) {
	id := p.request()
	if _, err := p.ask(ctx, id, txpool.Repeat{Request: id, Extrinsic: x}, nil); err != nil {
		return 0, err
	}
	context.AfterFunc(ctx, func() { p.tell(input{event: txpool.Stop{Request: id}}) })
	return id, nil
}

// Stop ends a Repeat: txpool.ErrUnknownRequest if there is none.
func (p *Pool) Stop(ctx context.Context, id txpool.RequestID) error {
	_, err := p.ask(ctx, id, txpool.Stop{Request: id}, nil)
	return err
}

// request returns a RequestID that nobody has.
func (p *Pool) request() txpool.RequestID { return txpool.RequestID(p.requests.Add(1)) }

// ask gives an event to the core and returns its answer to the request. begin is
// called in the loop before.
func (p *Pool) ask(ctx context.Context, id txpool.RequestID, ev txpool.Event, begin func()) (primitives.Hash, error) {
	reply := make(chan answer, 1)
	in := input{event: ev, begin: func() {
		p.answers[id] = reply
		if begin != nil {
			begin()
		}
	}}
	if err := p.put(ctx, in); err != nil {
		return primitives.Hash{}, err
	}
	select {
	case a := <-reply:
		return a.hash, a.err
	case <-p.done:
		return primitives.Hash{}, ErrStopped
	case <-ctx.Done():
		return primitives.Hash{}, ctx.Err()
	}
}

// put waits for room for an input.
func (p *Pool) put(ctx context.Context, in input) error {
	select {
	case p.inputs <- in:
		return nil
	case <-p.done:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tell puts an input that nobody waits for.
func (p *Pool) tell(in input) {
	select {
	case p.inputs <- in:
	case <-p.done:
	}
}

// answer answers a request of a user, if somebody waits for it.
func (p *Pool) answer(id txpool.RequestID, a answer) {
	if reply := p.answers[id]; reply != nil {
		delete(p.answers, id)
		reply <- a // has room: a request is answered once
	}
}

// pending is what Pending returned last, and the steps of the core until then.
type pending struct {
	steps      uint64
	extrinsics []primitives.Extrinsic
}

// Pending returns the extrinsics that can be in the next block, best first. The
// slice must not be changed.
func (p *Pool) Pending(ctx context.Context) ([]primitives.Extrinsic, error) {
	if last := p.pending.Load(); last != nil && last.steps == p.steps.Load() {
		return last.extrinsics, nil // whoever asks again and again does not keep the loop busy
	}
	var steps uint64
	ready, err := p.ready(ctx, func(ready func()) error {
		return p.put(ctx, input{begin: func() { steps = p.steps.Load(); ready() }})
	})
	if err != nil {
		return nil, err
	}
	var out []primitives.Extrinsic
	for t, ok := ready.Next(); ok; t, ok = ready.Next() {
		out = append(out, t.Extrinsic)
	}
	p.pending.Store(&pending{steps, out})
	return out, nil
}

// Ready returns what an author may put into the next block, best first. Users do not
// hold it up.
func (p *Pool) Ready(ctx context.Context) (*txpool.Ready, error) {
	return p.ready(ctx, func(ready func()) error {
		select {
		case p.heads <- head{ready: ready}:
			return nil
		case <-p.done:
			return ErrStopped
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// ready has the loop call a function that makes what it then returns.
func (p *Pool) ready(ctx context.Context, ask func(func()) error) (*txpool.Ready, error) {
	reply := make(chan *txpool.Ready, 1)
	if err := ask(func() { reply <- p.core.Ready() }); err != nil {
		return nil, err
	}
	select {
	case ready := <-reply:
		return ready, nil
	case <-p.done:
		return nil, ErrStopped
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Unfit tells of transactions of a Ready that could not be in a block although it
// had room. It does not wait.
func (p *Pool) Unfit(hashes []primitives.Hash) {
	select {
	case p.inputs <- input{event: txpool.Unfit{Hashes: hashes}}:
	default: // they come up again with the next block
	}
}
