package subsystem

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/distribution"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Subsystem is a validator's part in parachains.
type Subsystem struct {
	config       Config
	keys         []primitives.SR25519Public // own
	distribution *distribution.Distribution
	inputs       chan input
	results      chan backing.Event   // of jobs for backing
	fetched      chan collation.Event // of jobs for collation
	done         chan struct{}        // closed when Run has ended
	// sessions is what Peers looks validators up in; the loop swaps it.
	sessions atomic.Pointer[sessionKeys]

	chains    *prospective.Chains
	backing   *backing.Core
	collation *collation.Core
	leaves    map[primitives.Hash]*leafState
	bitfields map[primitives.Hash]*bitfields // by the block they speak of
	verdict   verdict                        // of the message being handled
	quiet     bool                           // nothing is signed yet, after the start
	held      held
	jobs      sync.WaitGroup
	metrics   metrics
	log       *zap.Logger

	// started is the slot in which this node was started or got its last key;
	// distrusted says that the keys wait because of what one of them signed before.
	started    primitives.Slot
	distrusted bool
}

// verdict is what a core says of a message.
type verdict struct {
	judgment protocol.Verdict
	reason   error
}

// New returns a Subsystem, and installs the handler of offers of collations.
func New(config Config) (*Subsystem, error) {
	if config.Queue == 0 {
		config.Queue = 1024
	}
	if config.Logger == nil {
		config.Logger = zap.NewNop()
	}
	if config.Distrust == nil {
		config.Distrust = func() error { return nil }
	}
	chains, slot := prospective.New(), config.Chain.SlotDuration()
	s := &Subsystem{
		config: config, keys: config.Keys(), log: config.Logger.Named("parachains"),
		inputs: make(chan input, config.Queue), results: make(chan backing.Event, 64), fetched: make(chan collation.Event, 64),
		done: make(chan struct{}), chains: chains,
		leaves: map[primitives.Hash]*leafState{}, bitfields: map[primitives.Hash]*bitfields{},
		quiet: config.Quiet != nil, started: babe.SlotAt(config.Now(), slot),
	}
	s.backing = backing.New(backing.Params{Keys: s.keys, Slot: slot, Verifier: config.Verifier}, chains)
	s.collation = collation.New(collation.Params{Keys: s.keys, Slot: slot}, chains)
	s.metrics = newMetrics(config.Registerer)
	s.measure(config.Registerer)
	s.sessions.Store(&sessionKeys{})
	var err error
	if s.distribution, err = config.Distribution(s.bitfieldDue, s.Peer); err != nil {
		return nil, err
	}
	if err := config.Requests.Handle(protocol.CollationOffer, s.offered); err != nil {
		return nil, fmt.Errorf("parachains: %w", err)
	}
	return s, nil
}

// Run takes part until ctx ends. It returns an error if the signer or the store
// of chunks fails, and signer.ErrForeign if another node signs with an own key: the
// process must end then. Call it once.
func (s *Subsystem) Run(ctx context.Context) error {
	defer close(s.done)
	ctx, stop := context.WithCancel(ctx)
	defer s.jobs.Wait()
	defer stop()
	failed := make(chan error, 1)
	s.jobs.Go(func() { failed <- s.distribution.Run(ctx) })
	if err := s.loop(ctx, failed); err != nil {
		return fmt.Errorf("parachains: %w", err)
	}
	return nil
}

func (s *Subsystem) loop(ctx context.Context, failed <-chan error) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	slot := time.NewTicker(time.Duration(s.config.Chain.SlotDuration()) * time.Millisecond)
	defer slot.Stop()
	idle := time.NewTicker(supervise.Idle)
	defer idle.Stop()
	if err := s.activateBest(ctx); err != nil {
		return err
	}
	for {
		s.config.Beat.Alive()
		if s.quiet && !s.config.Quiet() {
			if err := s.speak(ctx); err != nil {
				return err
			}
		}
		s.arm(timer)
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-idle.C:
		case err = <-failed:
			if err == nil {
				return nil // ctx ended
			}
		case in := <-s.inputs:
			err = s.handle(ctx, in)
		case event := <-s.results:
			err = s.stepBacking(ctx, event)
		case event := <-s.fetched:
			err = s.stepCollation(ctx, event)
		case <-timer.C:
			if err = s.stepBacking(ctx, backing.Wake{}); err == nil {
				err = s.stepCollation(ctx, collation.Wake{})
			}
		case <-slot.C:
			s.summarize(s.config.Neighbors())
			err = s.activateBest(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// arm sets the timer to when the first core wants to be woken.
func (s *Subsystem) arm(timer *time.Timer) {
	timer.Stop()
	first, any := s.backing.Next()
	if at, ok := s.collation.Next(); ok && (!any || at < first) {
		first, any = at, true
	}
	if any {
		now := s.config.Now()
		timer.Reset(time.Duration(max(first, now)-now) * time.Millisecond)
	}
}

// summarize tells peers which statements and bitfields this node has, so that
// they send what it lacks.
func (s *Subsystem) summarize(peers []protocol.PeerID) {
	statements := [][]byte{backing.Encode(s.backing.Summary())}
	held := s.bitfieldSummaries()
	for _, p := range peers {
		s.config.SendStatements(p, statements)
		if len(held) > 0 {
			s.config.SendBitfields(p, held)
		}
	}
}

// Peer returns the peer that is a validator of a session. It may be called from
// any goroutine.
func (s *Subsystem) Peer(session primitives.SessionIndex, validator primitives.ValidatorIndex) (peer.ID, bool) {
	key, ok := s.sessions.Load().key(session, validator)
	if !ok {
		return "", false
	}
	return s.config.Discovery.Peer(key)
}
