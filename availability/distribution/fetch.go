package distribution

import (
	"context"
	"errors"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/chunkstore"
	"github.com/rampart-chain/rampart/availability/distribution/plan"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// fetch asks for a chunk, stores it and tells the loop, whose context is ctx;
// fetching ends when the chunk is no longer wanted.
func (l *loop) fetch(ctx, fetching context.Context, id peer.ID, e plan.Fetch) {
	out := ended{Ended: plan.Ended{ID: e.ID}}
	c, outcome := l.ask(fetching, id, e)
	if outcome == plan.Fetched {
		outcome, out.err = l.store(c, e)
	}
	out.Outcome = outcome
	select {
	case l.ended <- out:
	case <-ctx.Done():
	}
}

// ask asks id for the chunk of e and checks it. It is the one place that maps
// answers to what they mean.
func (d *Distribution) ask(ctx context.Context, id peer.ID, e plan.Fetch) (*chunk.Chunk, plan.Outcome) {
	request := wire.ChunkRequest{Candidate: e.Candidate, Index: e.Index}
	answer, err := d.config.Requests.Do(ctx, id, protocol.Chunk, scale.Marshal(request))
	if err != nil {
		return nil, plan.Failed
	}
	c, err := wire.Commitment{Root: e.Root, Validators: e.Validators}.Chunk(answer, e.Index)
	switch {
	case err != nil:
		return nil, plan.Lied
	case c == nil:
		return nil, plan.Absent
	}
	return c, plan.Fetched
}

// store keeps the own chunk. An error means that nothing can be kept any more.
func (d *Distribution) store(c *chunk.Chunk, e plan.Fetch) (plan.Outcome, error) {
	key := chunkstore.Key{Candidate: e.Candidate, Part: chunkstore.Part(e.Index)}
	err := d.config.Store.Put(key, c.AppendSCALE(nil), e.Number)
	switch {
	case err == nil:
		return plan.Fetched, nil
	case errors.Is(err, chunkstore.ErrNotDurable):
		return plan.Failed, err
	default:
		d.config.Logger.Warn("chunk could not be stored, fetched again later", zap.Stringer("candidate", e.Candidate), zap.Error(err))
		return plan.Failed, nil
	}
}

// FetchPoV asks id for the proof of validity of a candidate, whose hash the
// candidate's descriptor says. It returns ErrAbsent if the peer does not hold it,
// wire.ErrPoV or another error that was reported if it lied, else what
// request.Service.Do returns.
func (d *Distribution) FetchPoV(ctx context.Context, id peer.ID, candidate, hash primitives.Hash) (primitives.PoV, error) {
	answer, err := d.config.Requests.Do(ctx, id, protocol.PoV, scale.Marshal(wire.PoVRequest{Candidate: candidate}))
	if err != nil {
		return primitives.PoV{}, err
	}
	pov, err := wire.PoV(answer, hash)
	switch {
	case err != nil:
		d.config.Report(id, reputation.InvalidMessage)
		return primitives.PoV{}, err
	case pov == nil:
		return primitives.PoV{}, ErrAbsent
	}
	return *pov, nil
}
