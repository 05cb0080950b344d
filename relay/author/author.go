package author

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/supervise"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// Config is what an Author needs.
type Config struct {
	Chain   *chain.Chain
	Store   *store.Store
	Runtime *runtime.Runtime
	Signer  *signer.Signer
	// Keys returns the BABE keys that the signer holds, which may become more. It is
	// called from more than one goroutine.
	Keys func() []primitives.SR25519Public
	// LastClaimed is the last slot for which the signer's guard allows nothing
	// any more.
	LastClaimed primitives.Slot
	// Syncing reports whether the node is still behind the chain.
	Syncing func() bool
	// Parachains returns what this node has to put into a child of parent.
	Parachains func(ctx context.Context, parent primitives.Hash) ([]primitives.SignedBitfield, []primitives.BackedCandidate)
	// Ready returns the transactions of the pool, best first; Unfit takes those that
	// could not be in the block although it had room. It must not block.
	Ready func(ctx context.Context) (*txpool.Ready, error)
	Unfit func(hashes []primitives.Hash)
	// Distrust makes all keys of the signer wait for what the chain is at now.
	Distrust func() error
	// Announce tells peers of a block that was made and taken in. It must not
	// block.
	Announce func(block primitives.Block)
	// Now is the clock.
	Now func() primitives.Millis
	// Beat is told that the loop is alive. Default nobody.
	Beat supervise.Beat
	// Urgency is told while a block is made.
	Urgency *supervise.Urgency
	// Logger and Registerer. Default none.
	Logger     *zap.Logger
	Registerer prometheus.Registerer
}

// Author makes blocks.
type Author struct {
	config  Config
	core    *babe.Core
	changed chan struct{} // capacity 1: the best block changed
	foreign chan error    // capacity 1: why Run must end
	metrics metrics
	heard   heard
}

// New returns an Author.
func New(config Config) *Author {
	if config.Logger == nil {
		config.Logger = zap.NewNop()
	}
	config.Logger = config.Logger.Named("babe")
	return &Author{
		config: config, changed: make(chan struct{}, 1), foreign: make(chan error, 1),
		metrics: newMetrics(config.Registerer),
		heard:   heard{keys: config.Keys(), since: babe.SlotAt(config.Now(), config.Chain.SlotDuration())},
		core:    babe.New(config.Chain.SlotDuration(), config.LastClaimed),
	}
}

// Listener returns what the chain must tell the author. It never blocks: the
// author reads the newest state itself.
func (a *Author) Listener() chain.Listener {
	wake := func() {
		select {
		case a.changed <- struct{}{}:
		default:
		}
	}
	imported := func(i chain.Imported) {
		a.hear(i)
		wake()
	}
	return chain.Listener{Imported: imported, Finalized: func(chain.Finalized) { wake() }}
}

// Run makes blocks until ctx ends. It returns an error if the signer or the
// store fails, and signer.ErrForeign if another node makes blocks with an own key:
// the process must end then.
func (a *Author) Run(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		a.config.Beat.Alive()
		if err := a.refresh(ctx); err != nil {
			return err
		}
		timer.Reset(a.wait())
		select {
		case <-ctx.Done():
			return nil
		case err := <-a.foreign:
			return err
		case <-a.changed:
		case <-timer.C:
			if err := a.step(ctx, babe.Wake{}); err != nil {
				return err
			}
		}
	}
}

// wait returns how long to sleep: until the core wants to be woken, at most a
// slot, so that the end of a sync is noticed, and at most supervise.Idle.
func (a *Author) wait() time.Duration {
	longest := min(time.Duration(a.config.Chain.SlotDuration())*time.Millisecond, supervise.Idle)
	next, ok := a.core.Next()
	if !ok {
		return longest
	}
	now := a.config.Now()
	if next <= now {
		return 0
	}
	return min(longest, time.Duration(next-now)*time.Millisecond)
}

// refresh tells the core on which block to build, whether to, and with which keys.
func (a *Author) refresh(ctx context.Context) error {
	if err := a.step(ctx, babe.Keys{Keys: a.config.Keys()}); err != nil {
		return err
	}
	if err := a.step(ctx, babe.Syncing{On: a.config.Syncing()}); err != nil {
		return err
	}
	view, ok := a.config.Chain.EpochView(a.config.Chain.Snapshot().Best.Hash)
	if !ok {
		return nil // finality moved meanwhile; the chain tells so
	}
	return a.step(ctx, babe.Best{View: view})
}

// step gives ev to the core and performs what follows.
func (a *Author) step(ctx context.Context, ev babe.Event) error {
	for events := []babe.Event{ev}; len(events) > 0; events = events[1:] {
		for _, effect := range a.core.Step(a.config.Now(), events[0]) {
			switch effect := effect.(type) {
			case babe.EvaluateVRF:
				answer, err := a.evaluate(effect)
				if err != nil {
					return err
				}
				events = append(events, answer)
			case babe.ClaimSlot:
				if err := a.author(ctx, effect); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// author makes the block of a claimed slot.
func (a *Author) author(ctx context.Context, claim babe.ClaimSlot) error {
	log := a.config.Logger.With(zap.Uint64("slot", uint64(claim.Slot)), zap.Uint32("number", uint32(claim.Parent.Number+1)))
	defer a.config.Urgency.Begin()()
	started := time.Now()
	block, err := a.build(ctx, claim)
	if err != nil {
		a.metrics.slots.WithLabelValues(slotNotBuilt).Inc()
		log.Error("block not built", zap.Error(err))
		return nil
	}
	failpoint.Here(failpoint.OwnBlockBuilt)
	a.metrics.constructed.Observe(time.Since(started).Seconds())
	a.metrics.extrinsics.Set(float64(len(block.Extrinsics)))
	preHash := primitives.Blake2b256(scale.Marshal(block.Header))
	signature, err := a.seal(claim, preHash)
	switch {
	case errors.Is(err, errRefused):
		a.metrics.slots.WithLabelValues(slotGuarded).Inc()
		log.Warn("slot left empty: the guard refuses to sign", zap.NamedError("reason", err))
		return nil
	case err != nil:
		return fmt.Errorf("author: %w", err)
	}
	failpoint.Here(failpoint.OwnBlockSealed)
	block.Header = block.Header.Sealed(primitives.BABESeal(signature))
	if err := a.config.Chain.Import(ctx, block, true); err != nil {
		if ctx.Err() == nil {
			a.metrics.slots.WithLabelValues(slotRefused).Inc()
			log.Error("own block refused", zap.NamedError("reason", err))
		}
		return nil
	}
	a.metrics.slots.WithLabelValues(slotMade).Inc()
	log.Info("block made", zap.Stringer("block", block.Header.Hash()), zap.Int("extrinsics", len(block.Extrinsics)), zap.Duration("took", time.Since(started)))
	failpoint.Here(failpoint.OwnBlockImported)
	a.config.Announce(block)
	failpoint.Here(failpoint.OwnBlockAnnounced)
	return nil
}

// build makes the unsealed block of a claimed slot.
func (a *Author) build(ctx context.Context, claim babe.ClaimSlot) (primitives.Block, error) {
	parent, err := a.config.Store.Header(claim.Parent.Hash)
	if err != nil {
		return primitives.Block{}, err
	}
	view, err := a.config.Store.View(claim.Parent.Hash)
	if err != nil {
		return primitives.Block{}, err
	}
	duration := a.config.Chain.SlotDuration()
	first := primitives.Millis(claim.Slot) * duration
	bitfields, candidates := a.config.Parachains(ctx, claim.Parent.Hash)
	// What is signed has a third of the slot, as by its weights.
	ready, err := a.config.Ready(ctx)
	if err != nil {
		a.config.Logger.Warn("block goes without transactions", zap.Error(err))
	}
	offer := txpool.NewOffer(ready, func() bool { return a.config.Now() < first+duration/3 })
	block, _, err := a.config.Runtime.Build(view, parent, runtime.Proposal{
		Claim: claim.Claim,
		// The clock may have gone on past the slot meanwhile.
		Now:        min(max(a.config.Now(), first), first+duration-1),
		Bitfields:  bitfields,
		Candidates: candidates,
		Next:       offer.Next,
		Refused: func(x primitives.Extrinsic, why error) {
			a.config.Logger.Debug("left out of the block", zap.NamedError("reason", why))
			if x != nil {
				offer.Refused(why)
			}
		},
	})
	if unfit := offer.Unfit(); len(unfit) > 0 {
		a.config.Unfit(unfit)
	}
	if err == nil && offer.End() != "" {
		a.metrics.ends.WithLabelValues(string(offer.End())).Inc()
	}
	return block, err
}
