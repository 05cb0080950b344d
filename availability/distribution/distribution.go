package distribution

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/chunkstore"
	"github.com/rampart-chain/rampart/availability/distribution/plan"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Distribution fetches, keeps and serves. Its methods may be called from any
// goroutine.
type Distribution struct {
	config    Config
	metrics   *metrics
	events    chan plan.Event
	encodings *encodings
	quota     *quota
}

// New installs the handlers of protocol.Chunk, protocol.AvailableData and
// protocol.PoV and returns a Distribution that fetches nothing before Run.
func New(c Config) (*Distribution, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	m, err := newMetrics(c.Registerer)
	if err != nil {
		return nil, fmt.Errorf("distribution metrics: %w", err)
	}
	d := &Distribution{
		config: c, metrics: m, events: make(chan plan.Event, c.Queue),
		encodings: newEncodings(c.Cache), quota: newQuota(c.Burst, c.Rate),
	}
	for name, handler := range map[protocol.Name]answerer{
		protocol.Chunk: d.answerChunk, protocol.AvailableData: d.answerData, protocol.PoV: d.answerPoV,
	} {
		if err := c.Requests.Handle(name, d.handler(name, handler)); err != nil {
			return nil, fmt.Errorf("distribution: %w", err)
		}
	}
	return d, nil
}

// Block tells of an imported relay block; Held of its candidates is filled in
// here. It waits for room or the end of ctx.
func (d *Distribution) Block(ctx context.Context, b plan.Block) {
	if b.Own != nil {
		occupied := make([]plan.Candidate, len(b.Occupied))
		for i, c := range b.Occupied {
			c.Held = d.config.Store.Has(chunkstore.Key{Candidate: c.Hash, Part: chunkstore.Part(*b.Own)})
			occupied[i] = c
		}
		b.Occupied = occupied
	}
	d.send(ctx, b)
}

// Finalized tells that a block of a session is final. It waits for room or the
// end of ctx.
func (d *Distribution) Finalized(ctx context.Context, number primitives.BlockNumber, session primitives.SessionIndex) {
	d.send(ctx, plan.Finalized{Number: number, Session: session})
}

func (d *Distribution) send(ctx context.Context, ev plan.Event) {
	select {
	case d.events <- ev:
	case <-ctx.Done():
	}
}

// running is a fetch that is under way.
type running struct {
	peer   peer.ID
	cancel context.CancelFunc
}

// ended is the end of a fetch, told by its goroutine.
type ended struct {
	plan.Ended
	err error // the process must end
}

// loop is the state of Run. One goroutine owns it.
type loop struct {
	*Distribution
	core     *plan.Core
	running  map[uint64]running
	ended    chan ended
	lost     []plan.Event // ends of fetches that could not begin
	children sync.WaitGroup
}

// Run fetches until ctx ends. It returns an error if the store can keep nothing
// any more: the process must end then. Call it once.
func (d *Distribution) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	l := &loop{
		Distribution: d, core: plan.New(d.config.Params, d.config.Seed),
		running: map[uint64]running{}, ended: make(chan ended),
	}
	defer l.children.Wait()
	defer cancel()
	wake := time.NewTimer(time.Hour)
	defer wake.Stop()
	idle := time.NewTicker(supervise.Idle)
	defer idle.Stop()
	for {
		d.config.Beat.Alive()
		if next, any := l.core.Next(); any {
			now := d.config.Now()
			wake.Reset(time.Duration(max(next, now+1)-now) * time.Millisecond)
		} else {
			wake.Stop()
		}
		var ev plan.Event
		select {
		case <-ctx.Done():
			return nil
		case <-idle.C:
			continue
		case ev = <-d.events:
		case e := <-l.ended:
			if e.err != nil {
				return fmt.Errorf("distribution: %w", e.err)
			}
			if _, wanted := l.running[e.ID]; !wanted {
				continue
			}
			d.metrics.fetches.WithLabelValues(e.Outcome.String()).Inc()
			ev = e.Ended
		case <-wake.C:
			ev = plan.Wake{}
		}
		if err := l.step(ctx, ev); err != nil {
			return fmt.Errorf("distribution: %w", err)
		}
	}
}

// step gives the core an event and does what it says.
func (l *loop) step(ctx context.Context, ev plan.Event) error {
	for l.lost = append(l.lost, ev); len(l.lost) > 0; {
		ev, l.lost = l.lost[0], l.lost[1:]
		effects := l.core.Step(l.config.Now(), ev)
		for _, effect := range effects {
			if err := l.perform(ctx, effect); err != nil {
				return err
			}
		}
		if e, ok := ev.(plan.Ended); ok {
			l.end(e.ID)
		}
	}
	l.metrics.pending.Set(float64(l.core.Pending()))
	return nil
}

func (l *loop) perform(ctx context.Context, effect plan.Effect) error {
	switch e := effect.(type) {
	case plan.Fetch:
		id, known := l.config.Peer(e.Session, e.From)
		if !known {
			l.lost = append(l.lost, plan.Ended{ID: e.ID, Outcome: plan.Failed})
			return nil
		}
		fetching, cancel := context.WithCancel(ctx)
		l.running[e.ID] = running{id, cancel}
		l.children.Go(func() { l.fetch(ctx, fetching, id, e) })
	case plan.Drop:
		l.end(e.ID)
	case plan.Blame:
		if r, ok := l.running[e.ID]; ok {
			l.config.Report(r.peer, reputation.InvalidProof)
			l.config.Logger.Debug("peer sent a wrong chunk", zap.Stringer("peer", r.peer))
		}
	case plan.Held:
		l.metrics.held.Inc()
		l.config.Held(e.Candidate)
	case plan.Bitfield:
		l.config.Bitfield(e)
	case plan.Prune:
		if _, err := l.config.Store.Prune(e.UpTo); err != nil {
			l.config.Logger.Warn("old chunks could not be deleted, tried again after the next session", zap.Error(err))
		}
	}
	return nil
}

// end forgets a fetch and frees what it holds.
func (l *loop) end(id uint64) {
	if r, ok := l.running[id]; ok {
		r.cancel()
		delete(l.running, id)
	}
}
