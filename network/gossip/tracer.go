package gossip

import (
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"
	libp2p "github.com/libp2p/go-libp2p/core/protocol"

	"github.com/rampart-chain/rampart/network/reputation"
)

// tracer counts what gossipsub drops by itself, and reports envelopes that no
// node of ours would send. Gossipsub calls it from its own goroutines.
type tracer struct{ gossip *Gossip }

func (t *tracer) RejectMessage(m *pubsub.Message, reason string) {
	switch reason {
	case pubsub.RejectMissingSignature, pubsub.RejectUnexpectedSignature, pubsub.RejectUnexpectedAuthInfo,
		pubsub.RejectInvalidSignature:
		t.drop(m, "envelope")
		t.gossip.config.Report(m.ReceivedFrom, reputation.Malformed)
	case pubsub.RejectValidationQueueFull, pubsub.RejectValidationThrottled:
		t.drop(m, "validation queue full")
	}
}

func (t *tracer) UndeliverableMessage(m *pubsub.Message) { t.drop(m, "handler queue full") }

func (t *tracer) DropRPC(rpc *pubsub.RPC, _ peer.ID) {
	for _, m := range rpc.GetPublish() {
		t.gossip.metrics.dropped.WithLabelValues(t.name(m.GetTopic()), "peer queue full").Inc()
	}
}

func (t *tracer) DuplicateMessage(m *pubsub.Message) {
	t.gossip.metrics.duplicates.WithLabelValues(t.name(m.GetTopic())).Inc()
}

func (t *tracer) RecvRPC(rpc *pubsub.RPC)            { t.measure("in", rpc) }
func (t *tracer) SendRPC(rpc *pubsub.RPC, _ peer.ID) { t.measure("out", rpc) }

// measure notes how large the messages in rpc are.
func (t *tracer) measure(direction string, rpc *pubsub.RPC) {
	for _, m := range rpc.GetPublish() {
		t.gossip.metrics.sizes.WithLabelValues(direction, t.name(m.GetTopic())).Observe(float64(len(m.GetData())))
	}
}

func (t *tracer) drop(m *pubsub.Message, reason string) {
	t.gossip.metrics.dropped.WithLabelValues(t.name(m.GetTopic()), reason).Inc()
}

// name returns a label out of a closed set.
func (t *tracer) name(id string) string {
	if name, known := t.gossip.names[id]; known {
		return string(name)
	}
	return "unknown"
}

func (t *tracer) OnNewOutboundStream(peer.ID, libp2p.ID)               {}
func (t *tracer) OnClosedOutboundStream(peer.ID)                       {}
func (t *tracer) Join(string)                                          {}
func (t *tracer) Leave(string)                                         {}
func (t *tracer) Graft(peer.ID, string)                                {}
func (t *tracer) Prune(peer.ID, string)                                {}
func (t *tracer) ValidateMessage(*pubsub.Message)                      {}
func (t *tracer) DeliverMessage(*pubsub.Message)                       {}
func (t *tracer) ThrottlePeer(peer.ID)                                 {}
func (t *tracer) SendRPCCompleted(*pubsub.RPC, peer.ID, time.Duration) {}
