package blocksync

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/blocksync/plan"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Reason says what is wrong with blocks. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// ErrInvalid is wrapped by the error of Config.Import when a block breaks a rule.
const ErrInvalid = Reason("block breaks a rule")

// majorLag is by how many blocks a node must lag behind to be called syncing.
// substrate client/network/sync/src/strategy/chain_sync.rs, MAJOR_SYNC_BLOCKS.
const majorLag = 5

// Status is a moment of the sync.
type Status struct {
	// Target is the highest block that a peer claims and we lack; 0: none.
	Target primitives.BlockNumber
	// Syncing: we lag behind by more than five blocks.
	Syncing bool
	// Queued is how many blocks are held or on their way.
	Queued int
	// Peers is how many peers have claimed a block.
	Peers int
}

// Sync fetches and serves blocks. Its methods may be called from any goroutine.
type Sync struct {
	config  Config
	metrics *metrics
	claims  chan plan.Claim
	gone    chan plan.Gone
	head    atomic.Pointer[plan.Head]
	moved   chan struct{} // capacity 1: head has changed
	status  atomic.Pointer[Status]
}

// New installs the handler of protocol.Sync and returns a Sync that fetches
// nothing before Run and Head.
func New(c Config) (*Sync, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	c.Logger = c.Logger.Named("sync")
	m, err := newMetrics(c.Registerer)
	if err != nil {
		return nil, fmt.Errorf("blocksync metrics: %w", err)
	}
	s := &Sync{
		config: c, metrics: m, claims: make(chan plan.Claim, c.Queue), gone: make(chan plan.Gone), moved: make(chan struct{}, 1),
	}
	s.status.Store(&Status{})
	return s, c.Requests.Handle(protocol.Sync, s.serve)
}

// Claim notes that a peer says it has a block: its best in a handshake, or one
// that it announces.
func (s *Sync) Claim(id peer.ID, best primitives.BlockID) {
	select {
	case s.claims <- plan.Claim{Peer: protocol.PeerID(id), Best: best}:
	default:
		s.metrics.dropped.Inc()
	}
}

// Gone notes that a peer has left.
func (s *Sync) Gone(ctx context.Context, id peer.ID) {
	select {
	case s.gone <- plan.Gone{Peer: protocol.PeerID(id)}:
	case <-ctx.Done():
	}
}

// Head notes what our best and finalized blocks are; only the latest counts.
func (s *Sync) Head(best, finalized primitives.BlockID) {
	s.head.Store(&plan.Head{Best: best, Finalized: finalized})
	select {
	case s.moved <- struct{}{}:
	default:
	}
}

// Status returns the present state.
func (s *Sync) Status() Status { return *s.status.Load() }

// loop is the state of Run. One goroutine owns it.
type loop struct {
	*Sync
	core     *plan.Core
	fetches  map[uint64]context.CancelFunc
	held     map[uint64][][]byte
	answers  chan answer
	imports  chan batch      // capacity 1; the core has one import at a time
	imported chan plan.Event // capacity 1
	children sync.WaitGroup
}

// answer is the end of a fetch.
type answer struct {
	id     uint64
	blocks [][]byte
	event  plan.Event // Fetched, Failed or Gone
}

// batch is blocks to import.
type batch struct {
	id     uint64
	from   peer.ID
	blocks [][]byte
}

// Run fetches and imports until ctx ends. Call it once.
func (s *Sync) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	l := &loop{
		Sync: s, core: plan.New(s.config.Params, s.config.Known),
		fetches: map[uint64]context.CancelFunc{}, held: map[uint64][][]byte{}, answers: make(chan answer),
		imports: make(chan batch, 1), imported: make(chan plan.Event, 1),
	}
	defer l.children.Wait()
	defer cancel()
	l.children.Go(func() { l.importer(ctx) })
	wake := time.NewTimer(time.Hour)
	defer wake.Stop()
	idle := time.NewTicker(supervise.Idle)
	defer idle.Stop()
	for {
		s.config.Beat.Alive()
		var ev plan.Event
		select {
		case <-ctx.Done():
			return nil
		case <-idle.C:
			continue
		case <-s.moved:
			ev = *s.head.Load()
		case claim := <-s.claims:
			ev = claim
		case gone := <-s.gone:
			ev = gone
		case a := <-l.answers:
			if _, wanted := l.fetches[a.id]; !wanted {
				continue
			}
			l.held[a.id] = a.blocks
			ev = a.event
		case ev = <-l.imported:
		case <-wake.C:
			ev = plan.Wake{}
		}
		l.step(ctx, ev)
		if next, any := l.core.Next(); any {
			now := s.config.Now()
			wake.Reset(time.Duration(max(next, now+1)-now) * time.Millisecond)
		} else {
			wake.Stop()
		}
	}
}

func (l *loop) step(ctx context.Context, ev plan.Event) {
	for _, effect := range l.core.Step(l.config.Now(), ev) {
		switch e := effect.(type) {
		case plan.Fetch:
			fetching, cancel := context.WithCancel(ctx)
			l.fetches[e.ID] = cancel
			l.children.Go(func() { l.fetch(ctx, fetching, e) })
		case plan.Import:
			l.imports <- batch{e.ID, peer.ID(e.Peer), l.held[e.ID][e.Skip:]}
		case plan.Drop:
			if cancel := l.fetches[e.ID]; cancel != nil {
				cancel()
			}
			delete(l.fetches, e.ID)
			delete(l.held, e.ID)
		case plan.Report:
			l.config.Report(peer.ID(e.Peer), e.Reason)
			l.config.Logger.Debug("peer misbehaves", zap.Stringer("peer", peer.ID(e.Peer)), zap.String("reason", string(e.Reason)))
		}
	}
	l.publish()
}

// publish shows the present state to other goroutines.
func (l *loop) publish() {
	s := &Status{Target: l.core.Target(), Queued: l.core.Buffered(), Peers: l.core.Peers()}
	var best primitives.BlockNumber
	if head := l.head.Load(); head != nil {
		best = head.Best.Number
		s.Syncing = s.Target > head.Best.Number+majorLag
	}
	l.status.Store(s)
	l.metrics.show(s, best)
}

// fetch asks for blocks and tells the loop, whose context is ctx; fetching ends
// when the answer is no longer wanted.
func (l *loop) fetch(ctx, fetching context.Context, e plan.Fetch) {
	a := answer{id: e.ID, event: plan.Failed{ID: e.ID}}
	blocks, infos, err := l.ask(fetching, peer.ID(e.Peer), e)
	switch {
	case err == nil:
		a.blocks, a.event = blocks, plan.Fetched{ID: e.ID, Blocks: infos}
	case errors.Is(err, request.ErrNotConnected): // a claim that was handled after Gone
		a.event = plan.Gone{Peer: e.Peer}
	}
	select {
	case l.answers <- a:
	case <-ctx.Done():
	}
}

func (s *Sync) ask(ctx context.Context, id peer.ID, e plan.Fetch) ([][]byte, []plan.Info, error) {
	r := protocol.SyncRequest{Number: e.From, Max: e.Max}
	b, err := s.config.Requests.Do(ctx, id, protocol.Sync, scale.Marshal(r))
	if err != nil {
		return nil, nil, err
	}
	blocks, err := protocol.DecodeBlocks(b, int(e.Max))
	if err != nil {
		s.config.Report(id, reputation.Malformed)
		return nil, nil, err
	}
	infos := make([]plan.Info, len(blocks))
	for i, block := range blocks {
		if infos[i], err = s.config.Inspect(block); err != nil {
			s.config.Report(id, reputation.Malformed)
			return nil, nil, err
		}
	}
	return blocks, infos, nil
}

// importer imports one batch after another. It is the one place that maps errors
// of an import to what they mean.
func (l *loop) importer(ctx context.Context) {
	for {
		var b batch
		select {
		case b = <-l.imports:
		case <-ctx.Done():
			return
		}
		err := l.config.Import(ctx, b.from, b.blocks)
		var ev plan.Event
		switch {
		case err == nil:
			l.metrics.imported.Add(float64(len(b.blocks)))
			ev = plan.Imported{ID: b.id}
		case errors.Is(err, ErrInvalid):
			l.metrics.failed.WithLabelValues("invalid").Inc()
			l.config.Logger.Debug("invalid block", zap.Stringer("peer", b.from), zap.NamedError("reason", err))
			ev = plan.Invalid{ID: b.id}
		default:
			l.metrics.failed.WithLabelValues("stuck").Inc()
			if ctx.Err() == nil {
				l.config.Logger.Warn("import does not work, will be tried again", zap.Error(err))
			}
			ev = plan.Stuck{ID: b.id}
		}
		l.imported <- ev
	}
}
