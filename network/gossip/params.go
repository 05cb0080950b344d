package gossip

import (
	"io"
	"log/slog"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// envelope is what gossipsub adds to a message: topic and lengths, in bytes.
const envelope = 4 << 10

// options returns the settings of gossipsub: for 4 to 100 validators, in one
// room or around the world.
func (g *Gossip) options() []pubsub.Option {
	c := g.config
	params := pubsub.DefaultGossipSubParams()
	params.HeartbeatInterval = c.Heartbeat
	// With a mesh of 8 a hundred validators are two or three hops apart.
	params.D, params.Dlo, params.Dhi = 8, 6, 12
	// A lost message is advertised for six heartbeats, about four seconds.
	params.HistoryGossip, params.HistoryLength = 6, 10
	// Votes on a stalled machine must not look like an attack.
	params.SlowHeartbeatWarning = 0
	var ids []string
	largest := 0
	for _, t := range c.Topics {
		ids = append(ids, g.topics[t.Topic].id)
		largest = max(largest, t.MaxMessage)
	}
	return []pubsub.Option{
		pubsub.WithGossipSubParams(params),
		pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign),
		pubsub.WithNoAuthor(),
		pubsub.WithMessageIdFn(messageID),
		pubsub.WithFloodPublish(true),
		pubsub.WithPeerExchange(false), // network/host finds peers
		pubsub.WithMaxMessageSize(largest + envelope),
		pubsub.WithPeerOutboundQueueSize(c.PeerQueue),
		pubsub.WithValidateQueueSize(c.ValidateQueue),
		pubsub.WithSubscriptionFilter(pubsub.WrapLimitSubscriptionFilter(
			pubsub.NewAllowlistSubscriptionFilter(ids...), 64)),
		pubsub.WithPeerScore(scoring(ids)),
		pubsub.WithRawTracer(&tracer{gossip: g}),
		pubsub.WithLogger(slog.New(slog.NewTextHandler(io.Discard, nil))),
	}
}

// messageID returns BLAKE2b-256(topic ‖ data). No topic id is the beginning of
// another, so the two cannot run into each other.
func messageID(m *pb.Message) string {
	topic := m.GetTopic()
	b := make([]byte, 0, len(topic)+len(m.GetData()))
	h := primitives.Blake2b256(append(append(b, topic...), m.GetData()...))
	return string(h[:])
}

// scoring returns gossipsub's own opinion of peers. It is lenient: only rejected
// messages and protocol abuse count; being slow, rare or in the same house as
// others does not. A peer is ignored after sixteen rejected messages in short
// order (10·16² > 2500); network/reputation bans it earlier.
func scoring(topics []string) (*pubsub.PeerScoreParams, *pubsub.PeerScoreThresholds) {
	params := &pubsub.PeerScoreParams{
		SkipAtomicValidation:      true,
		Topics:                    map[string]*pubsub.TopicScoreParams{},
		BehaviourPenaltyWeight:    -10,
		BehaviourPenaltyThreshold: 16,
		BehaviourPenaltyDecay:     0.9,
		DecayInterval:             time.Second,
		DecayToZero:               0.01,
		RetainScore:               10 * time.Minute,
	}
	for _, id := range topics {
		params.Topics[id] = &pubsub.TopicScoreParams{
			SkipAtomicValidation:           true,
			TopicWeight:                    1,
			TimeInMeshQuantum:              time.Second, // a divisor even where it has no weight
			InvalidMessageDeliveriesWeight: -10,
			InvalidMessageDeliveriesDecay:  0.9,
		}
	}
	return params, &pubsub.PeerScoreThresholds{
		SkipAtomicValidation: true,
		GossipThreshold:      -500,
		PublishThreshold:     -1000,
		GraylistThreshold:    -2500,
	}
}
