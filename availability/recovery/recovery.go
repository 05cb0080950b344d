package recovery

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/availability/recovery/plan"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Reason says why there is no data. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package.
const (
	ErrInvalid     = Reason("erasure root does not commit to available data")
	ErrUnavailable = Reason("available data could not be recovered in time")
)

// Recovery recovers. Its methods may be called from any goroutine.
type Recovery struct {
	config  Config
	metrics *metrics
	jobs    chan struct{} // one token per recovery
}

// New returns a Recovery.
func New(c Config) (*Recovery, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	m, err := newMetrics(c.Registerer)
	if err != nil {
		return nil, fmt.Errorf("recovery metrics: %w", err)
	}
	return &Recovery{config: c, metrics: m, jobs: make(chan struct{}, c.Jobs)}, nil
}

// Target is a candidate whose data is wanted.
type Target struct {
	Receipt primitives.CandidateReceipt
	// Validators is how many active validators its session has.
	Validators int
	// Backers are the members of its backing group, as far as they are known.
	Backers []primitives.ValidatorIndex
	// Own is this node among the validators of the session, nil if it is none.
	Own *primitives.ValidatorIndex
}

// Recover returns the available data of a candidate. It works on the caller's
// goroutine and a few more, which end before it returns; at most Config.Jobs calls
// work at once, the others wait.
//
// The error wraps ErrInvalid and the Reason, or is ErrUnavailable; else it is
// erasure.ErrValidatorCount, ctx.Err(), or says why recovering did not work here.
func (r *Recovery) Recover(ctx context.Context, t Target) (primitives.AvailableData, error) {
	begin := time.Now()
	data, err := r.recover(ctx, t)
	r.metrics.seconds.WithLabelValues(label(err)).Observe(time.Since(begin).Seconds())
	if err != nil {
		candidate := t.Receipt.Hash()
		r.config.Logger.Debug("candidate not recovered", zap.Stringer("candidate", candidate), zap.Error(err))
		return data, fmt.Errorf("data of candidate %s: %w", candidate.Short(), err)
	}
	return data, nil
}

func (r *Recovery) recover(ctx context.Context, t Target) (primitives.AvailableData, error) {
	candidate := t.Receipt.Hash()
	if data, ok := r.config.Local.Data(candidate); ok {
		return data, nil
	}
	select {
	case r.jobs <- struct{}{}:
		defer func() { <-r.jobs }()
	case <-ctx.Done():
		return primitives.AvailableData{}, ctx.Err()
	}
	j := &job{
		Recovery: r, target: t, candidate: candidate, answers: make(chan answer),
		commitment: wire.Commitment{Root: t.Receipt.Descriptor.ErasureRoot, Validators: t.Validators},
		asks:       map[uint64]asked{}, data: map[uint64]*primitives.AvailableData{},
	}
	seed := primitives.Blake2b256(append(r.config.Seed[:], candidate[:]...))
	var err error
	if j.core, err = plan.New(r.config.Params, j.held(), seed); err != nil {
		return primitives.AvailableData{}, err
	}
	return j.run(ctx)
}

// job is one recovery. One goroutine owns it.
type job struct {
	*Recovery
	target     Target
	candidate  primitives.Hash
	commitment wire.Commitment
	core       *plan.Core
	chunks     []chunk.Chunk
	data       map[uint64]*primitives.AvailableData
	asks       map[uint64]asked
	answers    chan answer
	children   sync.WaitGroup
}

// asked is an ask under way.
type asked struct {
	peer   peer.ID
	cancel context.CancelFunc
}

// answer is the end of an ask, told by its goroutine.
type answer struct {
	id    uint64
	event plan.Event
	chunk *chunk.Chunk
	data  *primitives.AvailableData
}

// held notes the chunk that this node keeps and returns what the core must know.
func (j *job) held() plan.Target {
	t := plan.Target{Validators: j.target.Validators, Backers: j.target.Backers, Own: j.target.Own}
	if j.target.Own == nil {
		return t
	}
	own := *j.target.Own
	c, ok := j.config.Local.Chunk(j.candidate, own)
	if !ok || chunk.Verify(j.commitment.Root, t.Validators, erasure.Index(own), c.Data, c.Proof) != nil {
		return t
	}
	j.chunks = append(j.chunks, c)
	t.Held = []primitives.ValidatorIndex{own}
	if k, err := erasure.RecoveryThreshold(t.Validators); err == nil {
		t.Size = k * len(c.Data)
	}
	return t
}

// run recovers.
func (j *job) run(ctx context.Context) (primitives.AvailableData, error) {
	working, cancel := context.WithCancel(ctx)
	defer j.children.Wait()
	defer cancel()
	wake := time.NewTimer(time.Hour)
	defer wake.Stop()
	for events := []plan.Event{plan.Begin{}}; ; {
		for ; len(events) > 0; events = events[1:] {
			for _, effect := range j.core.Step(j.config.Now(), events[0]) {
				switch e := effect.(type) {
				case plan.Assemble:
					return j.assemble()
				case plan.Accept:
					return *j.data[e.ID], nil
				case plan.GiveUp:
					return primitives.AvailableData{}, ErrUnavailable
				default:
					events = append(events, j.perform(working, e)...)
				}
			}
		}
		if next, any := j.core.Next(); any {
			now := j.config.Now()
			wake.Reset(time.Duration(max(next, now+1)-now) * time.Millisecond)
		}
		select {
		case <-ctx.Done():
			return primitives.AvailableData{}, ctx.Err()
		case a := <-j.answers:
			events = j.take(a)
		case <-wake.C:
			events = []plan.Event{plan.Wake{}}
		}
	}
}

// perform does one effect and returns the events that answer it at once.
func (j *job) perform(ctx context.Context, effect plan.Effect) []plan.Event {
	switch e := effect.(type) {
	case plan.AskChunk:
		return j.ask(ctx, e.ID, e.From, func(ctx context.Context, id peer.ID) answer { return j.askChunk(ctx, id, e) })
	case plan.AskData:
		return j.ask(ctx, e.ID, e.From, func(ctx context.Context, id peer.ID) answer { return j.askData(ctx, id, e) })
	case plan.Drop:
		if a, ok := j.asks[e.ID]; ok {
			a.cancel()
		}
	case plan.Blame:
		if a, ok := j.asks[e.ID]; ok {
			j.config.Report(a.peer, reputation.InvalidProof)
			j.config.Logger.Debug("peer sent wrong data", zap.Stringer("peer", a.peer), zap.Stringer("candidate", j.candidate))
		}
	}
	return nil
}

// take notes what an answer brought and returns the event that it is.
func (j *job) take(a answer) []plan.Event {
	if ask, ok := j.asks[a.id]; ok {
		ask.cancel()
	}
	switch a.event.(type) {
	case plan.Chunk:
		j.chunks = append(j.chunks, *a.chunk)
	case plan.Data:
		j.data[a.id] = a.data
	}
	return []plan.Event{a.event}
}

// assemble recovers from the chunks, each of which is right. Everything that is
// wrong then is the fault of who made the candidate.
func (j *job) assemble() (primitives.AvailableData, error) {
	var data primitives.AvailableData
	padded, err := chunk.Recover(j.target.Validators, j.commitment.Root, j.chunks)
	switch {
	case errors.Is(err, chunk.ErrRoot), errors.Is(err, erasure.ErrShardSize):
		return data, fmt.Errorf("%w: %w", ErrInvalid, err)
	case err != nil:
		return data, err
	}
	if _, err := chunk.Unpad(j.target.Validators, padded, decode(&data)); err != nil {
		return primitives.AvailableData{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return data, nil
}
