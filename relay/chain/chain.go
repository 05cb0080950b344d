package chain

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/forkchoice"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// maxUnfinalized bounds the blocks above the finalized one.
const maxUnfinalized = 1 << 14

// epochsKey is the aux record of the store that holds the epochs at the
// finalized block.
var epochsKey = []byte("babe epochs")

// Config is what a Chain needs.
type Config struct {
	Store    *store.Store
	Runtime  *runtime.Runtime
	Verifier crypto.Verifier
	// Now is the clock.
	Now func() primitives.Millis
	// Beat is told that the loop is alive. Default nobody.
	Beat supervise.Beat
	// Urgency is told while a block is taken in. Default nobody.
	Urgency *supervise.Urgency
	// Registerer receives the metrics. Default none.
	Registerer prometheus.Registerer
	// Logger gets one line per refused block and per equivocation. Default none.
	Logger *zap.Logger
}

// Chain is the relay chain as this node knows it.
type Chain struct {
	config    Config
	requests  chan request
	listeners []Listener
	done      chan struct{} // closed when Run has ended
	tree      *forkchoice.Tree
	detector  *babe.Detector
	headers   map[primitives.Hash]primitives.Header // of the blocks in tree

	// mu guards epochs: gossip checks headers from many goroutines while the
	// loop imports, and a check must not wait for an import.
	mu     sync.RWMutex
	epochs *babe.Epochs

	snapshot     atomic.Pointer[Snapshot]
	slotDuration primitives.Millis
	metrics      metrics
}

// request is a block to take in, or a block to finalize.
type request struct {
	block    *primitives.Block
	own      bool
	finalize *finalizeRequest
	reply    chan error // capacity 1
}

type finalizeRequest struct {
	hash          primitives.Hash
	justification *primitives.Justification
}

// New returns the chain that config.Store holds, which must have its genesis.
func New(config Config) (*Chain, error) {
	if config.Logger == nil {
		config.Logger = zap.NewNop()
	}
	config.Logger = config.Logger.Named("chain")
	if config.Urgency == nil {
		config.Urgency = new(supervise.Urgency)
	}
	c := &Chain{config: config, requests: make(chan request, 64), done: make(chan struct{}), headers: map[primitives.Hash]primitives.Header{}}
	c.metrics = newMetrics(config.Registerer, func() int { return len(c.requests) })
	if err := c.restore(); err != nil {
		return nil, fmt.Errorf("chain in the database: %w", err)
	}
	return c, nil
}

// restore rebuilds what is kept in memory from the store.
func (c *Chain) restore() error {
	finalized := c.config.Store.Finalized()
	view, err := c.config.Store.View(finalized.Hash)
	if err != nil {
		return err
	}
	parameters := runtime.NewQuery(view).BABE()
	c.slotDuration = parameters.SlotDuration
	c.detector = babe.NewDetector(parameters.EpochDuration)
	state, err := c.epochState(finalized, parameters)
	if err != nil {
		return err
	}
	if c.epochs, err = babe.NewEpochs(state, maxUnfinalized); err != nil {
		return err
	}
	c.tree = forkchoice.New(finalized, maxUnfinalized)
	header, err := c.config.Store.Header(finalized.Hash)
	if err != nil {
		return err
	}
	c.headers[finalized.Hash] = header
	for _, b := range c.config.Store.Unfinalized() {
		if err := c.attach(b.Hash, b.Header, b.Weight); err != nil {
			return fmt.Errorf("block %d: %w", b.Header.Number, err)
		}
	}
	c.publish()
	return nil
}

// epochState returns the epochs at the finalized block.
func (c *Chain) epochState(finalized primitives.BlockID, genesis runtime.BABE) (babe.EpochState, error) {
	if finalized.Number == 0 {
		return babe.GenesisState(finalized.Hash, babe.EpochData{
			Length: genesis.EpochDuration, Authorities: genesis.Authorities, Randomness: genesis.Randomness, Config: genesis.Config,
		}), nil
	}
	raw, err := c.config.Store.Aux(epochsKey)
	if err != nil {
		return babe.EpochState{}, err
	}
	var state babe.EpochState
	if err := scale.Unmarshal(raw, &state); err != nil {
		return babe.EpochState{}, fmt.Errorf("epochs: %w", err)
	}
	return state, nil
}

// attach adds a block that is in the store, or about to be, to what is kept in
// memory. It changes nothing if it returns an error.
func (c *Chain) attach(hash primitives.Hash, header primitives.Header, weight uint32) error {
	c.mu.Lock()
	err := c.epochs.Import(header)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	if err := c.tree.Insert(primitives.BlockID{Hash: hash, Number: header.Number}, header.ParentHash, weight); err != nil {
		return err
	}
	c.headers[hash] = header
	return nil
}

// publish swaps in a new snapshot.
func (c *Chain) publish() {
	s := Snapshot{Best: c.tree.Best(), Finalized: c.tree.Finalized()}
	if claim, err := c.headers[s.Best.Hash].BABEPreDigest(); err == nil {
		_, s.BestSlot = claim.Author()
	}
	c.snapshot.Store(&s)
	c.metrics.heights(s, c.tree.LeafCount())
}

// Snapshot returns the best and the finalized block.
func (c *Chain) Snapshot() Snapshot { return *c.snapshot.Load() }

// SlotDuration returns how long a slot is.
func (c *Chain) SlotDuration() primitives.Millis { return c.slotDuration }

// EpochView returns what a child of the block must obey; false if the block is
// neither the finalized one nor above it.
func (c *Chain) EpochView(block primitives.Hash) (babe.View, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.epochs.At(block)
}

// Known reports whether the block is the finalized one or a known descendant.
func (c *Chain) Known(block primitives.Hash) bool {
	_, ok := c.EpochView(block)
	return ok
}

// CheckHeader says whether the header may be passed on: nil if its claim and
// seal are good, ErrUnknownParent if that cannot be said, or why not.
func (c *Chain) CheckHeader(header primitives.Header) error {
	parent, ok := c.EpochView(header.ParentHash)
	if !ok {
		return ErrUnknownParent
	}
	_, err := babe.Verify(c.config.Verifier, header, parent, c.slot())
	return err
}

func (c *Chain) slot() primitives.Slot { return babe.SlotAt(c.config.Now(), c.slotDuration) }

// Run takes in blocks and finality until ctx ends, and tells listeners. It
// returns an error if the store fails: the process must end then. Call it once.
func (c *Chain) Run(ctx context.Context, listeners ...Listener) error {
	defer close(c.done)
	c.listeners = listeners
	idle := time.NewTicker(supervise.Idle)
	defer idle.Stop()
	for {
		c.config.Beat.Alive()
		select {
		case <-ctx.Done():
			return nil
		case <-idle.C:
		case r := <-c.requests:
			var err error
			if r.finalize != nil {
				err = c.finalize(*r.finalize)
			} else {
				err = c.measured(*r.block, r.own)
			}
			r.reply <- err
			if fatal(err) {
				return fmt.Errorf("chain: %w", err)
			}
		}
	}
}

// fatal reports whether err comes from this machine rather than from the block.
func fatal(err error) bool { return errors.Is(err, ErrLocal) }

// ErrLocal marks faults of this machine: they say nothing of a block, and Run ends
// with them.
var ErrLocal = errors.New("local fault")

func local(err error) error { return fmt.Errorf("%w: %w", ErrLocal, err) }

// Import takes in a block with its seal. It returns nil, or why the block was
// refused: a Reason of this package or of those that check blocks. Own blocks
// pass through the same checks. ErrStopped if Run has ended.
func (c *Chain) Import(ctx context.Context, block primitives.Block, own bool) error {
	return c.do(ctx, request{block: &block, own: own})
}

// Finalize makes an imported block final. The caller has proof. The
// justification is kept if it is not nil.
func (c *Chain) Finalize(ctx context.Context, hash primitives.Hash, justification *primitives.Justification) error {
	return c.do(ctx, request{finalize: &finalizeRequest{hash: hash, justification: justification}})
}

func (c *Chain) do(ctx context.Context, r request) error {
	r.reply = make(chan error, 1)
	select {
	case c.requests <- r:
	case <-c.done:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-r.reply:
		return err
	case <-c.done:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// measured is take, measured.
func (c *Chain) measured(block primitives.Block, own bool) error {
	defer c.config.Urgency.Begin()()
	started := time.Now()
	err := c.take(block, own)
	c.metrics.took(err, time.Since(started))
	return err
}

// take is Import in the loop.
func (c *Chain) take(block primitives.Block, own bool) error {
	header, hash := block.Header, block.Header.Hash()
	if c.tree.Contains(hash) {
		return ErrKnown
	}
	if header.Number <= c.tree.Finalized().Number {
		return ErrOld
	}
	parent, ok := c.EpochView(header.ParentHash)
	if !ok {
		return ErrUnknownParent
	}
	started := time.Now()
	verified, err := babe.Verify(c.config.Verifier, header, parent, c.slot())
	c.metrics.verified(err, time.Since(started))
	if err != nil {
		return c.refuse(header, err)
	}
	if proof, found := c.detector.Observe(header, verified); found {
		c.metrics.equivocations.Inc()
		c.config.Logger.Warn("author made two blocks in one slot", zap.Uint64("slot", uint64(proof.Slot)), zap.Stringer("first", proof.First.Hash()), zap.Stringer("second", proof.Second.Hash()))
	}
	if err := c.execute(block, hash, verified.Weight()); err != nil {
		return c.refuse(header, err)
	}
	failpoint.Here(failpoint.BlockStored)
	c.publish()
	for _, l := range c.listeners {
		if l.Imported != nil {
			l.Imported(Imported{Hash: hash, Header: header, Extrinsics: block.Extrinsics, Best: c.tree.Best(), Own: own, Took: time.Since(started)})
		}
	}
	failpoint.Here(failpoint.BlockTold)
	return nil
}

// refuse logs why a block was refused, unless that is nobody's fault.
func (c *Chain) refuse(header primitives.Header, err error) error {
	if !errors.Is(err, babe.ErrFuture) && !fatal(err) {
		c.config.Logger.Warn("block refused", zap.Uint32("number", uint32(header.Number)), zap.Stringer("block", header.Hash()), zap.NamedError("reason", err))
	}
	return err
}

// execute runs the block on its parent's state and stores it.
func (c *Chain) execute(block primitives.Block, hash primitives.Hash, weight uint32) error {
	unsealed, _, err := block.Header.Unsealed()
	if err != nil {
		return err
	}
	view, err := c.config.Store.View(block.Header.ParentHash)
	if err != nil {
		return local(err)
	}
	outcome, err := c.config.Runtime.Execute(view, c.headers[block.Header.ParentHash], primitives.Block{Header: unsealed, Extrinsics: block.Extrinsics})
	switch {
	case errors.Is(err, runtime.ErrView):
		return local(err)
	case err != nil:
		return err
	}
	if err := c.attach(hash, block.Header, weight); err != nil {
		return err
	}
	failpoint.Here(failpoint.BlockExecuted)
	err = c.config.Store.Import(store.Import{
		Block: block, Hash: hash, Weight: weight, Best: c.tree.Best().Hash,
		Diff: store.Diff{Values: outcome.Changes, Nodes: outcome.Nodes},
	})
	if err != nil {
		return local(err)
	}
	return nil
}

// finalize is Finalize in the loop.
func (c *Chain) finalize(r finalizeRequest) error {
	if !c.tree.Contains(r.hash) {
		if header, err := c.config.Store.Header(r.hash); err == nil && header.Number <= c.tree.Finalized().Number {
			return nil // final already: only canonical blocks are stored down there
		}
		return ErrUnknownBlock
	}
	block, _ := c.tree.Block(r.hash)
	if block == c.tree.Finalized() && r.justification == nil {
		return nil
	}
	started := time.Now()
	view, _ := c.EpochView(r.hash)
	finality, err := c.tree.Finalize(r.hash)
	if err != nil {
		return err
	}
	_, err = c.config.Store.Finalize(store.Finality{
		Hash: r.hash, Justification: r.justification, Best: c.tree.Best().Hash,
		Aux: []store.Record{{Key: epochsKey, Value: scale.Marshal(view.State())}},
	})
	if err != nil {
		return local(err)
	}
	failpoint.Here(failpoint.FinalityStored)
	c.mu.Lock()
	err = c.epochs.Finalize(r.hash)
	c.mu.Unlock()
	if err != nil {
		return local(err)
	}
	c.forget(finality)
	c.publish()
	c.metrics.finalizing.Observe(time.Since(started).Seconds())
	for _, l := range c.listeners {
		if l.Finalized != nil {
			l.Finalized(Finalized{Block: block, Best: c.tree.Best(), Canonical: finality.Canonical, Pruned: finality.Pruned})
		}
	}
	failpoint.Here(failpoint.FinalityTold)
	return nil
}

// forget drops the headers of blocks that are no longer in the tree.
func (c *Chain) forget(finality forkchoice.Finality) {
	for _, id := range finality.Pruned {
		delete(c.headers, id.Hash)
	}
	for _, id := range finality.Canonical[:max(0, len(finality.Canonical)-1)] {
		delete(c.headers, id.Hash)
	}
	for hash := range c.headers {
		if !c.tree.Contains(hash) {
			delete(c.headers, hash) // the root before
		}
	}
}
