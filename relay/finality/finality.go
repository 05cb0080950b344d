package finality

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// stateKey is the aux record of the store that holds the core's state.
var stateKey = []byte("grandpa state")

// Config is what a Finality needs.
type Config struct {
	Chain    *chain.Chain
	Store    *store.Store
	Signer   *signer.Signer
	Verifier crypto.Verifier
	// Keys returns the GRANDPA keys that the signer holds, which may become more. It
	// is asked once per slot: a new key votes from the next set on.
	Keys func() []primitives.ED25519Public
	// JustificationPeriod is how many blocks apart justifications are kept
	// besides those of set changes. Default 512.
	JustificationPeriod primitives.BlockNumber
	// Publish gossips an encoded message. It must not block.
	Publish func(data []byte)
	// Send sends encoded messages to one peer. It must not block.
	Send func(to protocol.PeerID, data [][]byte)
	// Want asks a peer for blocks that were voted for and are not known. It must
	// not block.
	Want func(from protocol.PeerID, blocks []primitives.BlockID)
	// Behind says that a peer votes in a later authority set: it has the
	// justifications of the blocks that changed the set. It must not block.
	Behind func(peer protocol.PeerID)
	// Neighbors returns the connected peers.
	Neighbors func() []protocol.PeerID
	// Now is the clock.
	Now func() primitives.Millis
	// Quiet reports whether own votes are held back, after the start: another node
	// that votes with the same keys is heard meanwhile. It is asked until it says no,
	// at least once per slot. Default never.
	Quiet func() bool
	// Queue bounds the inputs waiting for the loop, in messages. Default 1024.
	// Full: messages of peers are dropped, the chain waits.
	Queue int
	// Beat is told that the loop is alive. Default nobody.
	Beat supervise.Beat
	// Logger and Registerer. Default none.
	Logger     *zap.Logger
	Registerer prometheus.Registerer
}

// Finality runs the core.
type Finality struct {
	config   Config
	core     *grandpa.Core
	keys     []primitives.ED25519Public
	inputs   chan input
	done     chan struct{}         // closed when Run has ended
	jobs     chan grandpa.Finalize // to the finalizer
	backlog  []grandpa.Finalize    // waiting for room in jobs
	kept     chan struct{}         // from the finalizer: a justification that must be kept is stored
	unkept   int                   // such justifications not yet stored
	persist  *grandpa.Persist      // the last one that waits for them
	judgment grandpa.Verdict       // of the message being handled
	set      atomic.Uint64         // authority set voted in
	quiet    bool                  // own votes are held back
	held     []grandpa.Sign        // these, in order
	metrics  metrics
}

// New returns a Finality that goes on where the store and the signer's guard
// say it stopped. The chain must not run yet.
func New(config Config) (*Finality, error) {
	if config.Queue == 0 {
		config.Queue = 1024
	}
	if config.JustificationPeriod == 0 {
		config.JustificationPeriod = 512
	}
	if config.Logger == nil {
		config.Logger = zap.NewNop()
	}
	config.Logger = config.Logger.Named("grandpa")
	f := &Finality{config: config, keys: config.Keys(), quiet: config.Quiet != nil, inputs: make(chan input, config.Queue), done: make(chan struct{}), jobs: make(chan grandpa.Finalize, 8), kept: make(chan struct{})}
	f.metrics = newMetrics(config.Registerer, func() int { return len(f.inputs) })
	if err := f.restore(); err != nil {
		return nil, fmt.Errorf("finality: %w", err)
	}
	return f, nil
}

// Run votes and finalizes until ctx ends. It returns an error if signer or
// store fail: the process must end then.
func (f *Finality) Run(ctx context.Context) error {
	defer close(f.done)
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	finalizer := make(chan error, 1)
	running.Go(func() { finalizer <- f.runFinalizer(ctx) })
	return f.loop(ctx, finalizer)
}

func (f *Finality) loop(ctx context.Context, finalizer <-chan error) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	slot := time.NewTicker(time.Duration(f.config.Chain.SlotDuration()) * time.Millisecond)
	defer slot.Stop()
	idle := time.NewTicker(supervise.Idle)
	defer idle.Stop()
	for {
		f.config.Beat.Alive()
		if f.quiet && !f.config.Quiet() {
			if err := f.speak(); err != nil {
				return fmt.Errorf("finality: %w", err)
			}
		}
		var jobs chan<- grandpa.Finalize
		var job grandpa.Finalize
		if len(f.backlog) > 0 {
			jobs, job = f.jobs, f.backlog[0]
		}
		f.arm(timer)
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-idle.C:
		case in := <-f.inputs:
			err = f.handle(in)
		case jobs <- job:
			f.backlog = f.backlog[1:]
		case <-f.kept:
			err = f.stored()
		case <-timer.C:
			err = f.step(grandpa.Wake{})
		case <-slot.C:
			f.summarize(f.config.Neighbors())
			err = f.takeKeys()
		case err = <-finalizer:
			if err == nil {
				return nil // ctx ended
			}
		}
		if err != nil {
			return fmt.Errorf("finality: %w", err)
		}
	}
}

// takeKeys tells the core of keys that are new.
func (f *Finality) takeKeys() error {
	keys := f.config.Keys()
	if slices.Equal(keys, f.keys) {
		return nil
	}
	f.keys = keys
	return f.step(grandpa.Keys{Keys: keys})
}

// arm sets the timer to when the core wants to be woken.
func (f *Finality) arm(timer *time.Timer) {
	next, ok := f.core.Next()
	if !ok {
		timer.Stop()
		return
	}
	now := f.config.Now()
	timer.Reset(time.Duration(max(next, now)-now) * time.Millisecond)
}

// runFinalizer makes blocks final one after the other. It is apart from the
// loop because the chain, while it does so, tells the loop of blocks.
func (f *Finality) runFinalizer(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case job := <-f.jobs:
			var justification *primitives.Justification
			if job.Keep {
				justification = &primitives.Justification{Engine: primitives.EngineGRANDPA, Data: scale.Marshal(job.Justification)}
			}
			err := f.config.Chain.Finalize(ctx, job.Block.Hash, justification)
			if err != nil && ctx.Err() == nil {
				return fmt.Errorf("block %d: %w", job.Block.Number, err)
			}
			if err == nil && job.Keep {
				select {
				case f.kept <- struct{}{}:
				case <-ctx.Done():
				}
			}
		}
	}
}

// summarize tells peers what this node has, so that they send what it lacks.
func (f *Finality) summarize(peers []protocol.PeerID) {
	summary := [][]byte{grandpa.Encode(f.core.Summary())}
	for _, p := range peers {
		f.config.Send(p, summary)
	}
}
