package gossip

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Reason says why a message was not published. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package.
const (
	ErrUnknownTopic = Reason("unknown gossip topic")
	ErrTooLarge     = Reason("message exceeds the size limit of its topic")
)

// topic is a Topic that was joined.
type topic struct {
	Topic
	id           string
	handle       *pubsub.Topic        // set before ready closes
	subscription *pubsub.Subscription // set before ready closes
}

// Gossip spreads and receives messages. Its methods may be called from any
// goroutine.
type Gossip struct {
	config  Config
	topics  map[protocol.Topic]*topic
	names   map[string]protocol.Topic // by id
	metrics *metrics
	ready   chan struct{} // closed when topics are joined
}

// New returns a Gossip that is silent before Run.
func New(c Config) (*Gossip, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	c.Logger = c.Logger.Named("gossip")
	m, err := newMetrics(c.Registerer)
	if err != nil {
		return nil, fmt.Errorf("gossip metrics: %w", err)
	}
	g := &Gossip{
		config: c, topics: map[protocol.Topic]*topic{}, names: map[string]protocol.Topic{}, metrics: m,
		ready: make(chan struct{}),
	}
	for _, t := range c.Topics {
		id := protocol.TopicID(c.Genesis, t.Topic)
		g.topics[t.Topic] = &topic{Topic: t, id: id}
		g.names[id] = t.Topic
	}
	return g, nil
}

// Run joins the topics and handles messages until ctx ends. Call it once, before
// the host connects to anyone if possible: then no subscription is late.
func (g *Gossip) Run(ctx context.Context) error {
	router, err := pubsub.NewGossipSub(ctx, g.config.Host, g.options()...)
	if err != nil {
		return fmt.Errorf("gossipsub: %w", err)
	}
	for _, t := range g.topics {
		if err := g.join(router, t); err != nil {
			return fmt.Errorf("gossip topic %s: %w", t.Topic.Topic, err)
		}
	}
	close(g.ready)
	var handlers sync.WaitGroup
	for _, t := range g.topics {
		if t.Handle != nil {
			handlers.Go(func() { g.deliver(ctx, t) })
		}
	}
	g.idle(ctx)
	handlers.Wait()
	return nil
}

// idle waits for the end of ctx. Meanwhile it asks the router something now and
// then: a router that does not answer is stuck.
func (g *Gossip) idle(ctx context.Context) {
	tick := time.NewTicker(supervise.Idle)
	defer tick.Stop()
	for {
		g.config.Beat.Alive()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, t := range g.topics {
				t.handle.ListPeers()
			}
		}
	}
}

func (g *Gossip) join(router *pubsub.PubSub, t *topic) error {
	validate := func(_ context.Context, from peer.ID, m *pubsub.Message) pubsub.ValidationResult {
		return g.validate(t, from, m.GetData())
	}
	// Inline validators run in a fixed number of goroutines behind a bounded queue.
	how := pubsub.WithValidatorInline(true)
	if t.Concurrent > 0 {
		how = pubsub.WithValidatorConcurrency(t.Concurrent)
	}
	if err := router.RegisterTopicValidator(t.id, validate, how); err != nil {
		return err
	}
	var err error
	if t.handle, err = router.Join(t.id); err != nil {
		return err
	}
	if t.Handle == nil {
		_, err = t.handle.Relay()
		return err
	}
	self := g.config.Host.ID()
	t.subscription, err = t.handle.Subscribe(pubsub.WithBufferSize(t.Queue),
		pubsub.WithMessageFilter(func(m *pubsub.Message) bool { return m.ReceivedFrom != self }))
	return err
}

// deliver hands the messages of peers to the handler of t until ctx ends.
func (g *Gossip) deliver(ctx context.Context, t *topic) {
	seconds := g.metrics.handling.WithLabelValues(string(t.Topic.Topic))
	for {
		m, err := t.subscription.Next(ctx)
		if err != nil { // ctx ended
			return
		}
		begin := time.Now()
		t.Handle(m.ReceivedFrom, m.GetData())
		seconds.Observe(time.Since(begin).Seconds())
	}
}

// validate is the one place that maps verdicts to what they cost.
func (g *Gossip) validate(t *topic, from peer.ID, data []byte) pubsub.ValidationResult {
	if from == g.config.Host.ID() {
		return pubsub.ValidationAccept
	}
	if len(data) > t.MaxMessage {
		g.metrics.received.WithLabelValues(string(t.Topic.Topic), "oversize").Inc()
		g.config.Report(from, reputation.Oversize)
		return pubsub.ValidationReject
	}
	verdict := protocol.Accept
	if t.Validate != nil {
		verdict = t.Validate(from, data)
	}
	g.metrics.received.WithLabelValues(string(t.Topic.Topic), verdict.String()).Inc()
	switch verdict {
	case protocol.Accept:
		return pubsub.ValidationAccept
	case protocol.Reject:
		g.config.Report(from, reputation.InvalidMessage)
		return pubsub.ValidationReject
	default:
		return pubsub.ValidationIgnore
	}
}

// Publish sends data to the nodes of the chain; data must not change afterwards.
// It waits until Run has joined the topics. A message that was published or
// received within the last two minutes is not sent again. Without peers nothing
// happens, which is no error. ErrUnknownTopic, ErrTooLarge.
func (g *Gossip) Publish(ctx context.Context, name protocol.Topic, data []byte) error {
	t := g.topics[name]
	if t == nil {
		return fmt.Errorf("%s: %w", name, ErrUnknownTopic)
	}
	if len(data) > t.MaxMessage {
		return fmt.Errorf("%s message of %d bytes: %w", name, len(data), ErrTooLarge)
	}
	select {
	case <-g.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := t.handle.Publish(ctx, data); err != nil {
		if errors.Is(err, context.Canceled) { // the router has ended
			return err
		}
		return fmt.Errorf("%s message: %w", name, err)
	}
	g.metrics.published.WithLabelValues(string(name)).Inc()
	return nil
}

// Peers returns how many peers take part in topic name.
func (g *Gossip) Peers(name protocol.Topic) int {
	t := g.topics[name]
	if t == nil {
		return 0
	}
	select {
	case <-g.ready:
		return len(t.handle.ListPeers())
	default:
		return 0
	}
}
