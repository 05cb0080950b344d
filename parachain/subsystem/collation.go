package subsystem

import (
	"context"
	"errors"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/relay/scale"
)

// stepCollation gives an event to collation and performs what it asks for.
func (s *Subsystem) stepCollation(ctx context.Context, event collation.Event) error {
	for _, effect := range s.collation.Step(s.config.Now(), event) {
		switch e := effect.(type) {
		case collation.Fetch:
			s.metrics.collations.Inc()
			s.jobs.Go(func() {
				select {
				case s.fetched <- s.fetchCollation(ctx, e):
				case <-ctx.Done():
				}
			})
		case collation.Second:
			if err := s.stepBacking(ctx, backing.CollationReady{Receipt: e.Receipt, ValidationData: e.ValidationData, PoV: e.PoV}); err != nil {
				return err
			}
		case collation.Verdict:
			s.verdict = verdict{e.Judgment, e.Reason}
		case collation.Report:
			reason := reputation.InvalidMessage
			if errors.Is(e.Reason, collation.ErrDeadline) {
				reason = reputation.Timeout
			}
			s.config.Report(peer.ID(e.Peer), reason)
			s.log.Debug("collator reported", zap.Stringer("peer", peer.ID(e.Peer)), zap.NamedError("reason", e.Reason))
		}
	}
	return nil
}

// offered answers the offer of a collator.
func (s *Subsystem) offered(ctx context.Context, from peer.ID, payload []byte) ([]byte, error) {
	var o collation.Offer
	if err := scale.Unmarshal(payload, &o); err != nil {
		s.config.Report(from, reputation.Malformed)
		return nil, err
	}
	in := offer{event: collation.Offered{From: protocol.PeerID(from), Offer: o}, reply: make(chan verdict, 1)}
	judgment, reason := s.judge(ctx, in, in.reply)
	answer := collation.OfferAnswer{Taken: judgment == protocol.Accept}
	if !answer.Taken {
		answer.Reason = "not taken now"
		if reason != nil {
			answer.Reason = reason.Error()
		}
	}
	if judgment == protocol.Reject {
		s.config.Report(from, reputation.InvalidMessage)
	}
	return scale.Marshal(answer), nil
}

// fetchCollation asks a collator for a collation.
func (s *Subsystem) fetchCollation(ctx context.Context, e collation.Fetch) collation.Event {
	from := peer.ID(e.From)
	raw, err := s.config.Requests.Do(ctx, from, protocol.Collation, scale.Marshal(e.Request))
	if err != nil {
		return collation.FetchFailed{Fetch: e}
	}
	var answer collation.Answer
	if err := scale.Unmarshal(raw, &answer); err != nil || answer.Collation == nil {
		return collation.FetchFailed{Fetch: e}
	}
	c := answer.Collation
	return collation.Fetched{Fetch: e, Receipt: c.Receipt, PoV: c.PoV, PoVHash: c.PoV.Hash()}
}
