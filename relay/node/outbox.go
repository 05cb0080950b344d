package node

import (
	"context"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/rampart-chain/rampart/network/gossip"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// senders is how many pull messages are on their way at once.
const senders = 4

// outbox takes what shells want sent without letting them wait: gossip, and
// messages to one peer. What does not fit is dropped and counted; the next
// summary makes up for it.
type outbox struct {
	gossip   *gossip.Gossip
	requests *request.Service
	publish  chan publication
	direct   chan parcel
	beat     supervise.Beat // of what publishes
	dropped  prometheus.Counter
}

type publication struct {
	topic protocol.Topic
	data  []byte
}

type parcel struct {
	to      peer.ID
	payload []byte
}

func newOutbox(g *gossip.Gossip, r *request.Service, beat supervise.Beat, registerer prometheus.Registerer) *outbox {
	o := &outbox{
		gossip: g, requests: r, beat: beat, publish: make(chan publication, 1024), direct: make(chan parcel, 1024),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{Name: "relay_outbox_dropped_total", Help: "Messages not sent because too many were waiting."}),
	}
	if registerer != nil {
		registerer.MustRegister(o.dropped)
	}
	return o
}

// Publish gossips data.
func (o *outbox) Publish(topic protocol.Topic, data []byte) {
	select {
	case o.publish <- publication{topic, data}:
	default:
		o.dropped.Inc()
	}
}

// Send sends messages about subject to one peer, in as many requests as their
// size takes.
func (o *outbox) Send(subject pullSubject, to protocol.PeerID, messages [][]byte) {
	for _, payload := range packPull(subject, messages) {
		select {
		case o.direct <- parcel{peer.ID(to), payload}:
		default:
			o.dropped.Inc()
		}
	}
}

// Run sends until ctx ends. Failures are the peers' affair: what was lost comes
// with the next summary.
func (o *outbox) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	workers.Go(func() {
		idle := time.NewTicker(supervise.Idle)
		defer idle.Stop()
		for {
			o.beat.Alive()
			select {
			case <-ctx.Done():
				return
			case <-idle.C:
			case p := <-o.publish:
				at := pointsOf(p.topic)
				at.reach(toSend)
				_ = o.gossip.Publish(ctx, p.topic, p.data)
				at.reach(sent)
			}
		}
	})
	for range senders {
		workers.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case p := <-o.direct:
					pullPoints.reach(toSend)
					_, _ = o.requests.Do(ctx, p.to, protocol.Pull, p.payload)
					pullPoints.reach(sent)
				}
			}
		})
	}
	workers.Wait()
	return nil
}
