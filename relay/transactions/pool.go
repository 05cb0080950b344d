package transactions

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/supervise"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// Rules say whether an extrinsic can be in a child of parent; state is that after
// parent. An error that is no executive.InvalidTransaction says nothing of the
// extrinsic.
type Rules interface {
	Validate(state *frame.State, parent primitives.Header, x primitives.Extrinsic) (executive.Validity, error)
}

// Config is what a Pool needs.
type Config struct {
	// Store is the chain's, Rules those of its blocks. Required.
	Store *store.Store
	Rules Rules
	// Params are the pool's.
	Params txpool.Params
	// Slot is how long a slot is: neighbors are told of the pool every few slots.
	// Required.
	Slot primitives.Millis
	// Publish gossips an extrinsic, Send sends encoded Messages to a peer. They must
	// not block. Default: to nobody.
	Publish func(x primitives.Extrinsic)
	Send    func(to protocol.PeerID, messages [][]byte)
	// Neighbors returns the connected peers. Default none.
	Neighbors func() []protocol.PeerID
	// Now is the clock. Required.
	Now func() primitives.Millis
	// Workers is how many extrinsics are validated at once. Default 2.
	Workers int
	// Beat is told that the loop is alive. Default nobody.
	Beat supervise.Beat
	// Logger and Registerer. Default none.
	Logger     *zap.Logger
	Registerer prometheus.Registerer
}

// ErrStopped: the node is stopping.
var ErrStopped = errors.New("transaction pool has stopped")

// Bounds of what waits for the loop.
const (
	maxHeads  = 256  // events of the chain, and authors; full: they wait
	maxInputs = 1024 // requests, and messages of peers; full: users wait, messages are dropped
)

// Pool is the transaction pool of a node.
type Pool struct {
	config Config
	core   *txpool.Core
	blocks blocks
	heads  chan head
	inputs chan input
	done   chan struct{} // closed when Run has ended

	jobs    chan txpool.Validate  // to the workers
	results chan txpool.Validated // from them
	backlog []txpool.Validate     // waiting for room in jobs; the core bounds it

	requests atomic.Uint64 // the last RequestID
	steps    atomic.Uint64 // of the core
	pending  atomic.Pointer[pending]
	answers  map[txpool.RequestID]chan<- answer
	watches  map[txpool.RequestID]*Watch
	judged   map[heard][]chan<- txpool.Judged
	metrics  metrics
	log      *zap.Logger
}

// input is something that users or peers want of the loop.
type input struct {
	// begin is called in the loop before the core gets the event; nil is nothing.
	begin func()
	// event is for the core; nil is none.
	event txpool.Event
}

// New returns the pool of the chain in config.Store, which must not change before
// the pool's Listener is told of it.
func New(config Config) *Pool {
	if config.Publish == nil {
		config.Publish = func(primitives.Extrinsic) {}
	}
	if config.Send == nil {
		config.Send = func(protocol.PeerID, [][]byte) {}
	}
	if config.Neighbors == nil {
		config.Neighbors = func() []protocol.PeerID { return nil }
	}
	if config.Workers == 0 {
		config.Workers = 2
	}
	if config.Logger == nil {
		config.Logger = zap.NewNop()
	}
	return &Pool{
		config: config, core: txpool.New(config.Params, config.Store.Best()), blocks: newBlocks(config.Store),
		heads: make(chan head, maxHeads), inputs: make(chan input, maxInputs), done: make(chan struct{}),
		jobs: make(chan txpool.Validate), results: make(chan txpool.Validated),
		answers: map[txpool.RequestID]chan<- answer{}, watches: map[txpool.RequestID]*Watch{},
		judged: map[heard][]chan<- txpool.Judged{}, metrics: newMetrics(config.Registerer), log: config.Logger.Named("txpool"),
	}
}

// Run keeps the pool until ctx ends. Call it once.
func (p *Pool) Run(ctx context.Context) error {
	defer close(p.done)
	ctx, stop := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer stop()
	for range p.config.Workers {
		workers.Go(func() { p.work(ctx) })
	}
	p.loop(ctx)
	return nil
}

// summaryEvery is how many slots apart neighbors are told of the pool. Gossip brings
// what is new; this is for what it lost.
const summaryEvery = 4

func (p *Pool) loop(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	idle := time.NewTicker(supervise.Idle)
	defer idle.Stop()
	summary := time.NewTicker(summaryEvery * time.Duration(p.config.Slot) * time.Millisecond)
	defer summary.Stop()
	for {
		p.config.Beat.Alive()
		select { // what the chain tells comes first
		case h := <-p.heads:
			p.follow(h)
			continue
		default:
		}
		var jobs chan<- txpool.Validate
		var job txpool.Validate
		if len(p.backlog) > 0 {
			jobs, job = p.jobs, p.backlog[0]
		}
		p.arm(timer)
		select {
		case <-ctx.Done():
			return
		case <-idle.C:
		case h := <-p.heads:
			p.follow(h)
		case jobs <- job:
			p.backlog = p.backlog[1:]
		case v := <-p.results:
			p.metrics.validated(v)
			p.step(v)
		case in := <-p.inputs:
			if in.begin != nil {
				in.begin()
			}
			if in.event != nil {
				p.step(in.event)
			}
		case <-summary.C:
			p.summarize(p.config.Neighbors())
		case <-timer.C:
			p.step(txpool.Wake{})
		}
	}
}

// arm sets the timer to when the core wants to be woken.
func (p *Pool) arm(timer *time.Timer) {
	next, ok := p.core.Next()
	if !ok {
		timer.Stop()
		return
	}
	now := p.config.Now()
	timer.Reset(time.Duration(max(next, now)-now) * time.Millisecond)
}

// step gives ev to the core and performs what follows.
func (p *Pool) step(ev txpool.Event) {
	for events := []txpool.Event{ev}; len(events) > 0; events = events[1:] {
		p.steps.Add(1)
		for _, effect := range p.core.Step(p.config.Now(), events[0]) {
			if next := p.perform(effect); next != nil {
				events = append(events, next)
			}
		}
	}
	p.metrics.ready.Set(float64(p.core.Counts().Ready))
}

// perform does what the core asks for; the event it returns is for the core.
func (p *Pool) perform(effect txpool.Effect) txpool.Event {
	switch e := effect.(type) {
	case txpool.Validate:
		p.metrics.scheduled.Inc()
		p.backlog = append(p.backlog, e)
	case txpool.Accepted:
		p.answer(e.Request, answer{hash: e.Hash})
	case txpool.Refused:
		p.log.Debug("transaction refused", zap.Stringer("transaction", e.Hash), zap.NamedError("reason", e.Reason))
		delete(p.watches, e.Request)
		p.answer(e.Request, answer{hash: e.Hash, err: e.Reason})
	case txpool.Judged:
		p.judge(e)
	case txpool.Notify:
		for _, id := range e.Watchers {
			p.notify(id, e.Status)
		}
	case txpool.Broadcast:
		p.config.Publish(e.Extrinsic)
		return txpool.Sent{Hash: e.Hash, Peers: names(p.config.Neighbors())}
	case txpool.SendTo:
		messages := make([][]byte, len(e.Extrinsics))
		for i, x := range e.Extrinsics {
			messages[i] = AppendMessage(nil, Lacked{x})
		}
		p.config.Send(protocol.PeerID(e.To), messages)
	}
	return nil
}

func names(peers []protocol.PeerID) []txpool.Peer {
	out := make([]txpool.Peer, len(peers))
	for i, id := range peers {
		out[i] = txpool.Peer(id)
	}
	return out
}
