package subsystem

import (
	"context"
	"errors"
	"fmt"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/chunkstore"
	"github.com/rampart-chain/rampart/availability/distribution"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
)

// stepBacking gives an event to backing and performs, in order, what it asks
// for. What answers an effect at once is given to it after all effects.
func (s *Subsystem) stepBacking(ctx context.Context, event backing.Event) error {
	for events := []backing.Event{event}; len(events) > 0; events = events[1:] {
		for _, effect := range s.backing.Step(s.config.Now(), events[0]) {
			answer, err := s.performBacking(ctx, effect)
			if err != nil {
				return err
			}
			if answer != nil {
				events = append(events, answer)
			}
		}
	}
	return nil
}

func (s *Subsystem) performBacking(ctx context.Context, effect backing.Effect) (backing.Event, error) {
	switch e := effect.(type) {
	case backing.Validate:
		s.work(ctx, func() backing.Event {
			out := validate(ctx, s.config.Pool, e, s.code(e.Receipt.Descriptor))
			s.metrics.validations.WithLabelValues(validity(out)).Inc()
			return out
		})
	case backing.FetchPoV:
		s.work(ctx, func() backing.Event { return s.fetchPoV(ctx, e) })
	case backing.StoreAvailableData:
		number := e.Data.ValidationData.RelayParentNumber
		own, ok := s.own(e.Receipt.Descriptor.RelayParent)
		if !ok {
			return backing.Stored{Candidate: e.Candidate, Reason: errors.New("no validator of the session any more")}, nil
		}
		s.work(ctx, func() backing.Event {
			err := s.distribution.Keep(ctx, distribution.Kept{
				Candidate: e.Candidate, Root: e.Receipt.Descriptor.ErasureRoot, Validators: e.Validators, Own: own, Number: number, Data: e.Data,
			})
			return backing.Stored{Candidate: e.Candidate, Reason: err}
		})
	case backing.Sign:
		if s.quiet {
			s.held.statements = append(s.held.statements, e)
			return nil, nil
		}
		return s.signStatement(e)
	case backing.OwnHeard:
		return nil, s.hearStatement(e)
	case backing.Broadcast:
		s.config.Publish(protocol.Statements, backing.Encode(e.Message))
		failpoint.Here(failpoint.StatementHanded)
	case backing.SendTo:
		data := make([][]byte, len(e.Messages))
		for i, m := range e.Messages {
			data[i] = backing.Encode(m)
		}
		s.config.SendStatements(e.To, data)
	case backing.Extended:
		return nil, s.stepCollation(ctx, collation.Extended{})
	case backing.Judged:
		return nil, s.stepCollation(ctx, collation.Judged{Candidate: e.Candidate, Reason: e.Reason, Fault: e.Fault})
	case backing.Verdict:
		s.verdict = verdict{e.Judgment, e.Reason}
	case backing.Report:
		s.config.Report(peer.ID(e.Peer), reputation.InvalidMessage)
	case backing.Alarm:
		s.log.Error("backing alarm", zap.Stringer("candidate", e.Candidate), zap.NamedError("reason", e.Reason))
		if errors.Is(e.Reason, chunkstore.ErrNotDurable) {
			return nil, e.Reason
		}
	default:
		s.tell(effect)
	}
	return nil, nil
}

// tell logs what backing says for people to know.
func (s *Subsystem) tell(effect backing.Effect) {
	switch e := effect.(type) {
	case backing.Refuted:
		s.log.Warn("candidate is invalid", zap.Stringer("candidate", e.Candidate), zap.Stringer("para", e.Receipt.Descriptor.ParaID), zap.NamedError("reason", e.Reason))
	case backing.Abstained:
		s.metrics.abstained.Inc()
		s.log.Debug("no vote for a candidate", zap.Stringer("candidate", e.Candidate), zap.NamedError("reason", e.Reason))
	case backing.Equivocation:
		s.metrics.equivocation.Inc()
		s.log.Warn("validator signed conflicting statements", zap.Uint32("validator", uint32(e.Validator)), zap.Stringer("relay_parent", e.Context.Parent), zap.NamedError("reason", e.Reason))
	default:
		panic(fmt.Sprintf("effect %T is not performed", effect))
	}
}

// work runs f beside the loop and gives its result to the loop.
func (s *Subsystem) work(ctx context.Context, f func() backing.Event) {
	s.jobs.Go(func() {
		select {
		case s.results <- f():
		case <-ctx.Done():
		}
	})
}

// signStatement has the signer sign. A statement that the guard refuses is
// answered as such; an error means that nothing can be signed any more.
func (s *Subsystem) signStatement(e backing.Sign) (backing.Event, error) {
	signature, err := s.config.Signer.SignBacking(e.Key, e.Context, e.Statement, e.MaxSeconded)
	switch {
	case errors.Is(err, signer.ErrFatal):
		return nil, err
	case err != nil:
		s.metrics.refused.WithLabelValues("statement").Inc()
		s.log.Warn("statement not signed", zap.Stringer("candidate", e.Statement.CandidateHash), zap.NamedError("reason", err))
		return backing.Signed{Request: e, Refused: true}, nil
	}
	failpoint.Here(failpoint.StatementSigned)
	s.metrics.statements.Inc()
	if e.Statement.Kind == primitives.Seconded {
		s.metrics.seconded.Inc()
	}
	return backing.Signed{Request: e, Signature: signature}, nil
}

// own returns the index of this node among the validators of the session of a
// relay parent.
func (s *Subsystem) own(relayParent primitives.Hash) (primitives.ValidatorIndex, bool) {
	leaf := s.chains.LeafWith(relayParent)
	if leaf == nil {
		return 0, false
	}
	return leaf.Own(s.keys)
}

// code returns what reads the validation function that a descriptor names, from
// the state of its relay parent.
func (s *Subsystem) code(d primitives.CandidateDescriptor) func() ([]byte, error) {
	return func() ([]byte, error) {
		view, err := s.config.Store.View(d.RelayParent)
		if err != nil {
			return nil, err
		}
		state := frame.NewState(view)
		code, ok := paras.CodeByHash.Lookup(state, d.ValidationCodeHash)
		if err := state.Err(); err != nil {
			return nil, err
		}
		if !ok {
			return nil, errCode
		}
		return code, nil
	}
}

// fetchPoV asks a validator for a proof of validity.
func (s *Subsystem) fetchPoV(ctx context.Context, e backing.FetchPoV) backing.Event {
	id, ok := s.Peer(e.Session, e.From)
	if !ok {
		return backing.PoVFailed{Fetch: e}
	}
	pov, err := s.distribution.FetchPoV(ctx, id, e.Candidate, e.PoVHash)
	if err != nil {
		s.log.Debug("PoV not fetched", zap.Stringer("candidate", e.Candidate), zap.Stringer("peer", id), zap.Error(err))
		return backing.PoVFailed{Fetch: e}
	}
	s.metrics.povs.Inc()
	return backing.PoVFetched{Fetch: e, Peer: protocol.PeerID(id), PoV: pov, PoVHash: pov.Hash()}
}
