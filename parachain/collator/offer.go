package collator

import (
	"context"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// sessionKeys say how validators of a session are found in the network.
type sessionKeys struct {
	index     primitives.SessionIndex
	known     bool
	discovery map[primitives.SR25519Public]primitives.SR25519Public // by para validator key
}

// lead takes up the relay block that blocks are made at: whom to be connected
// to, and what is still to be offered to whom.
func (c *Collator) lead(ctx context.Context, view executive.View, header primitives.Header) {
	state := frame.NewState(view)
	leaf := prospective.NewLeaf(state, header)
	c.noteSession(state, leaf)
	if state.Err() != nil {
		return
	}
	group, due := c.offers.ActiveLeaf(leaf)
	for _, key := range group {
		if _, connected := c.relay.Validator(c.session.discovery[key]); connected {
			due = append(due, c.offers.Connected(key)...)
		} else {
			c.offers.Disconnected(key)
		}
	}
	c.send(ctx, due)
}

// noteSession learns who the validators of the leaf's session are.
func (c *Collator) noteSession(state *frame.State, leaf *prospective.Leaf) {
	if c.session.known && c.session.index == leaf.Session {
		return
	}
	info, ok := sessioninfo.Sessions.Lookup(state, leaf.Session)
	if !ok {
		return
	}
	c.session = sessionKeys{index: leaf.Session, known: true, discovery: map[primitives.SR25519Public]primitives.SR25519Public{}}
	for i, key := range info.Validators {
		if i < len(info.DiscoveryKeys) {
			c.session.discovery[key] = info.DiscoveryKeys[i]
		}
	}
	keys := append([]primitives.SR25519Public(nil), info.DiscoveryKeys...)
	for _, v := range session.QueuedKeys.Get(state) {
		keys = append(keys, v.Keys.AuthorityDiscovery)
	}
	c.relay.Session(leaf.Session, keys)
}

// offer puts a candidate on offer.
func (c *Collator) offer(ctx context.Context, candidate Candidate) {
	receipt := candidate.Receipt.Receipt()
	c.mu.Lock()
	c.made = append(c.made, collation.Collation{Receipt: receipt, PoV: candidate.PoV})
	c.made = c.made[max(0, len(c.made)-maxMade):]
	c.mu.Unlock()
	d := receipt.Descriptor
	c.send(ctx, c.offers.Made(collation.Offer{
		Para: d.ParaID, RelayParent: d.RelayParent, Candidate: receipt.Hash(), ParentHead: candidate.ValidationData.ParentHead.Hash(),
	}, candidate.Core))
}

// send sends offers, beside the loop.
func (c *Collator) send(ctx context.Context, due []collation.OfferTo) {
	for _, to := range due {
		id, connected := c.relay.Validator(c.session.discovery[to.Validator])
		if !connected {
			c.offers.Disconnected(to.Validator)
			continue
		}
		c.sending.Go(func() {
			if c.taken(ctx, id, to) {
				return
			}
			select {
			case c.refused <- to:
			case <-ctx.Done():
			}
		})
	}
}

// taken sends one offer and reports whether the validator took it.
func (c *Collator) taken(ctx context.Context, id peer.ID, to collation.OfferTo) bool {
	failpoint.Here(failpoint.CollatorOfferBefore)
	raw, err := c.relay.Do(ctx, id, protocol.CollationOffer, scale.Marshal(to.Offer))
	failpoint.Here(failpoint.CollatorOfferAfter)
	if err != nil {
		c.metrics.offers.WithLabelValues(offerUnanswered).Inc()
		c.log.Debug("offer not answered", zap.Stringer("peer", id), zap.NamedError("reason", err))
		return false
	}
	var answer collation.OfferAnswer
	if err := scale.Unmarshal(raw, &answer); err != nil {
		c.metrics.offers.WithLabelValues(offerUnanswered).Inc()
		return false
	}
	if answer.Taken {
		c.metrics.offers.WithLabelValues(offerTaken).Inc()
	} else {
		c.metrics.offers.WithLabelValues(offerRefused).Inc()
		c.log.Debug("offer not taken", zap.Stringer("peer", id), zap.String("reason", answer.Reason))
	}
	return answer.Taken
}

// serve answers a validator that wants a collation.
func (c *Collator) serve(_ context.Context, _ peer.ID, payload []byte) ([]byte, error) {
	var request collation.Request
	if err := scale.Unmarshal(payload, &request); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.made {
		if c.made[i].Receipt.Hash() == request.Candidate {
			return scale.Marshal(collation.Answer{Collation: &c.made[i]}), nil
		}
	}
	return scale.Marshal(collation.Answer{}), nil
}

// finalize makes final what the finalized relay chain includes. An error means
// that the disk failed.
func (c *Collator) finalize() error {
	view, err := c.relay.View(c.relay.Snapshot().Finalized.Hash)
	if err != nil {
		return nil
	}
	state := frame.NewState(view)
	raw := paras.Heads.Get(state, c.config.Para)
	var head primitives.Header
	if state.Err() != nil || scale.Unmarshal(raw, &head) != nil || head.Number <= c.store.Finalized().Number {
		return nil
	}
	return c.finalizeHead(head)
}
