package finality

import (
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/store"
)

// step gives event to the core and performs, in order, what it asks for. What
// answers an effect is given to the core after all effects of the step.
func (f *Finality) step(event grandpa.Event) error {
	for events := []grandpa.Event{event}; len(events) > 0; events = events[1:] {
		for _, effect := range f.core.Step(f.config.Now(), events[0]) {
			answer, err := f.perform(effect)
			if err != nil {
				return err
			}
			if answer != nil {
				events = append(events, answer)
			}
		}
	}
	set, _ := f.core.Authorities()
	f.set.Store(uint64(set))
	round, _ := f.core.Round()
	f.metrics.round.Set(float64(max(round, 1) - 1)) // the one being voted in is not completed
	f.metrics.set.Set(float64(set))
	return nil
}

// perform does one effect and returns the event that answers it, if any.
func (f *Finality) perform(effect grandpa.Effect) (grandpa.Event, error) {
	log := f.config.Logger
	switch e := effect.(type) {
	case grandpa.Sign:
		if f.quiet {
			if len(f.held) > 0 && f.held[0].Set != e.Set {
				f.held = nil // of a set that is over: the core waits for them no more
			}
			f.held = append(f.held, e)
			return nil, nil
		}
		return f.sign(e)
	case grandpa.Persist:
		if f.unkept > 0 {
			// A state of the next set without the proof that ended the last one
			// would never prove it again: a crash between would lose it.
			f.persist = &e
			return nil, nil
		}
		return f.write(e)
	case grandpa.Broadcast:
		f.config.Publish(grandpa.Encode(e.Message))
		failpoint.Here(failpoint.VoteHanded)
	case grandpa.SendTo:
		data := make([][]byte, len(e.Messages))
		for i, m := range e.Messages {
			data[i] = grandpa.Encode(m)
		}
		f.config.Send(protocol.PeerID(e.To), data)
	case grandpa.Fetch:
		f.config.Want(protocol.PeerID(e.From), e.Blocks)
	case grandpa.Finalize:
		f.backlog = append(f.backlog, e)
		if e.Keep {
			f.unkept++
		}
		log.Info("block finalized", zap.Uint32("number", uint32(e.Block.Number)), zap.Stringer("block", e.Block.Hash), zap.Uint64("set", uint64(e.Set)), zap.Uint64("round", uint64(e.Round)))
	case grandpa.SetChanged:
		log.Info("authority set changed", zap.Uint64("set", uint64(e.Set)), zap.Int("voters", len(e.Authorities)), zap.Uint32("number", uint32(e.Block.Number)))
	case grandpa.Verdict:
		f.judgment = e
	case grandpa.Equivocation:
		f.metrics.equivocations.Inc()
		log.Warn("voter signed two votes of a phase", zap.Uint64("set", uint64(e.Set)), zap.Uint64("round", uint64(e.Round)), zap.Binary("voter", e.First.ID[:]))
	case grandpa.Alarm:
		f.metrics.alarms.Inc()
		log.Error("finality alarm", zap.NamedError("reason", e.Reason), zap.Uint32("number", uint32(e.Block.Number)), zap.Stringer("block", e.Block.Hash))
	default:
		panic(fmt.Sprintf("effect %T is not performed", effect))
	}
	return nil, nil
}

// speak casts the votes that were held back, and ends that. Those of rounds that
// are over go nowhere.
func (f *Finality) speak() error {
	held := f.held
	f.quiet, f.held = false, nil
	for _, vote := range held {
		answer, err := f.sign(vote)
		if err != nil {
			return err
		}
		if err := f.step(answer); err != nil {
			return err
		}
	}
	return nil
}

// write makes a state durable.
func (f *Finality) write(e grandpa.Persist) (grandpa.Event, error) {
	failpoint.Here(failpoint.VotePersistBefore)
	if err := f.config.Store.PutAux(store.Record{Key: stateKey, Value: scale.Marshal(e.State)}); err != nil {
		return nil, err
	}
	failpoint.Here(failpoint.VotePersistAfter)
	return grandpa.Persisted{Sequence: e.Sequence}, nil
}

// stored writes the state that waited for a justification to be stored.
func (f *Finality) stored() error {
	f.unkept--
	if f.unkept > 0 || f.persist == nil {
		return nil
	}
	e := *f.persist
	f.persist = nil
	answer, err := f.write(e)
	if err != nil {
		return err
	}
	return f.step(answer)
}

// sign has the signer make a vote. A vote that the guard refuses is answered as
// such; an error means that nothing can be signed any more.
func (f *Finality) sign(request grandpa.Sign) (grandpa.Event, error) {
	signed, err := f.config.Signer.SignGRANDPA(request.Key, request.Set, request.Round, request.Message)
	switch {
	case errors.Is(err, signer.ErrFatal):
		return nil, err
	case err != nil:
		f.metrics.refused.Inc()
		f.config.Logger.Warn("vote not signed", zap.Uint64("set", uint64(request.Set)), zap.Uint64("round", uint64(request.Round)), zap.NamedError("reason", err))
		return grandpa.Signed{Request: request, Refused: true}, nil
	}
	failpoint.Here(failpoint.VoteSigned)
	switch request.Message.(type) {
	case primitives.Prevote:
		f.metrics.prevotes.Inc()
	case primitives.Precommit:
		f.metrics.precommits.Inc()
	}
	return grandpa.Signed{Request: request, Signature: signed.Signature}, nil
}
