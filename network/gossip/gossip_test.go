package gossip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
)

const (
	votes = protocol.Topic("votes")
	files = protocol.Topic("files")
)

// node is one member of the chain and what it heard.
type node struct {
	*Gossip
	host host.Host

	mu      sync.Mutex
	heard   []string
	blames  []reputation.Reason
	verdict protocol.Verdict
	block   chan struct{} // if set, handlers wait for it
}

func (n *node) handle(_ peer.ID, data []byte) {
	if n.block != nil {
		<-n.block
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heard = append(n.heard, string(data))
}

func (n *node) snapshot() (heard []string, blames []reputation.Reason) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.heard), slices.Clone(n.blames)
}

// cluster starts count nodes connected in a line, whose configs edit may change.
// It must be called in a bubble.
func cluster(t *testing.T, count int, edit func(i int, n *node, c *Config)) []*node {
	t.Helper()
	net := nettest.New(t, 20*time.Millisecond)
	nodes := make([]*node, count)
	for i := range nodes {
		n := &node{host: net.Host(t, i)}
		c := Config{
			Host: n.host,
			Topics: []Topic{{
				TopicLimits: protocol.TopicLimits{Topic: votes, MaxMessage: 1000, Queue: 8},
				Validate:    func(peer.ID, []byte) protocol.Verdict { return n.verdict },
				Handle:      n.handle,
			}, {TopicLimits: protocol.TopicLimits{Topic: files, MaxMessage: 100_000, Queue: 8}, Handle: n.handle}},
			Report: func(_ peer.ID, r reputation.Reason) {
				n.mu.Lock()
				defer n.mu.Unlock()
				n.blames = append(n.blames, r)
			},
		}
		if edit != nil {
			edit(i, n, &c)
		}
		g, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		n.Gossip = g
		run(t, g.Run)
		nodes[i] = n
	}
	synctest.Wait()
	for i := 1; i < count; i++ {
		to := peer.AddrInfo{ID: nodes[i-1].host.ID(), Addrs: nodes[i-1].host.Addrs()}
		if err := nodes[i].host.Connect(t.Context(), to); err != nil {
			t.Fatal(err)
		}
	}
	settle(3 * time.Second)
	return nodes
}

func run(t *testing.T, f func(context.Context) error) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// settle lets virtual time pass.
func settle(d time.Duration) { time.Sleep(d); synctest.Wait() }

func publish(t *testing.T, n *node, topic protocol.Topic, data string) {
	t.Helper()
	if err := n.Publish(t.Context(), topic, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func TestEveryoneHearsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := cluster(t, 5, nil)
		for i, n := range nodes {
			publish(t, n, votes, fmt.Sprint("vote of ", i))
		}
		publish(t, nodes[0], votes, "vote of 0") // again: known, silently not sent
		settle(time.Second)
		for i, n := range nodes {
			var want []string
			for j := range nodes {
				if j != i {
					want = append(want, fmt.Sprint("vote of ", j))
				}
			}
			heard, blames := n.snapshot()
			slices.Sort(heard)
			if !slices.Equal(heard, want) || len(blames) != 0 {
				t.Errorf("node %d heard %q, want %q; blames %v", i, heard, want, blames)
			}
		}
		if got := nodes[2].Peers(votes); got != 2 {
			t.Errorf("the node in the middle has %d peers, want 2", got)
		}
	})
}

func TestVerdicts(t *testing.T) {
	for verdict, want := range map[protocol.Verdict]struct {
		heard int
		blame []reputation.Reason
	}{
		protocol.Accept: {2, nil},
		protocol.Reject: {0, []reputation.Reason{reputation.InvalidMessage}},
		protocol.Ignore: {0, nil},
	} {
		t.Run(verdict.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// The middle of three judges; the last hears what is forwarded.
				nodes := cluster(t, 3, func(i int, n *node, _ *Config) {
					if i == 1 {
						n.verdict = verdict
					}
				})
				publish(t, nodes[0], votes, "vote")
				settle(2 * time.Second)
				middle, blames := nodes[1].snapshot()
				last, innocent := nodes[2].snapshot()
				if got := len(middle) + len(last); got != want.heard {
					t.Errorf("heard by %d, want %d", got, want.heard)
				}
				if !slices.Equal(blames, want.blame) || len(innocent) != 0 {
					t.Errorf("blames %v, want %v", blames, want.blame)
				}
			})
		})
	}
}

func TestOversizeCostsReputation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nodes := cluster(t, 2, func(i int, _ *node, c *Config) {
			if i == 0 { // a node that ignores the limit of the topic
				c.Topics[0].MaxMessage = 50_000
			}
		})
		publish(t, nodes[0], votes, string(bytes.Repeat([]byte{1}, 1001)))
		settle(time.Second)
		heard, blames := nodes[1].snapshot()
		if len(heard) != 0 || !slices.Equal(blames, []reputation.Reason{reputation.Oversize}) {
			t.Errorf("heard %d messages, blames %v, want none and oversize", len(heard), blames)
		}
		if err := nodes[1].Publish(t.Context(), votes, make([]byte, 1001)); !errors.Is(err, ErrTooLarge) {
			t.Errorf("own message: got %v, want %v", err, ErrTooLarge)
		}
		if err := nodes[1].Publish(t.Context(), "rumors", nil); !errors.Is(err, ErrUnknownTopic) {
			t.Errorf("unknown topic: got %v, want %v", err, ErrUnknownTopic)
		}
	})
}

func TestFullHandlerQueueDropsAndCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		nodes := cluster(t, 2, func(i int, n *node, _ *Config) {
			if i == 1 {
				n.block = release
			}
		})
		for i := range 20 {
			publish(t, nodes[0], votes, fmt.Sprint("vote ", i))
			settle(50 * time.Millisecond)
		}
		close(release)
		settle(time.Second)
		heard, _ := nodes[1].snapshot()
		if want := 8 + 1; len(heard) != want || heard[0] != "vote 0" {
			t.Errorf("heard %q, want the first %d", heard, want)
		}
		var dropped dto.Metric
		nodes[1].metrics.dropped.WithLabelValues("votes", "handler queue full").Write(&dropped)
		if got := dropped.GetCounter().GetValue(); got != 11 {
			t.Errorf("counted %v drops, want 11", got)
		}
		for way, n := range map[string]*node{"out": nodes[0], "in": nodes[1]} {
			var sizes dto.Metric
			n.metrics.sizes.WithLabelValues(way, "votes").(prometheus.Metric).Write(&sizes)
			if h := sizes.GetHistogram(); h.GetSampleCount() != 20 || h.GetSampleSum() != 10*6+10*7 {
				t.Errorf("measured %d messages %s of %v bytes, want 20 of 130", h.GetSampleCount(), way, h.GetSampleSum())
			}
		}
	})
}

// A peer whose gossipsub signs its messages, which no node of the chain does.
func TestForeignEnvelopeIsBlamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := nettest.New(t, 20*time.Millisecond)
		var blames []reputation.Reason
		g, err := New(Config{
			Host:   net.Host(t, 0),
			Topics: []Topic{{TopicLimits: protocol.TopicLimits{Topic: votes, MaxMessage: 100, Queue: 8}}},
			Report: func(_ peer.ID, r reputation.Reason) { blames = append(blames, r) },
		})
		if err != nil {
			t.Fatal(err)
		}
		run(t, g.Run)
		stranger := net.Host(t, 1)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		router, err := pubsub.NewGossipSub(ctx, stranger)
		if err != nil {
			t.Fatal(err)
		}
		topic, err := router.Join(protocol.TopicID(g.config.Genesis, votes))
		if err != nil {
			t.Fatal(err)
		}
		to := peer.AddrInfo{ID: g.config.Host.ID(), Addrs: g.config.Host.Addrs()}
		if err := stranger.Connect(ctx, to); err != nil {
			t.Fatal(err)
		}
		settle(2 * time.Second)
		if err := topic.Publish(ctx, []byte("signed")); err != nil {
			t.Fatal(err)
		}
		settle(time.Second)
		if !slices.Equal(blames, []reputation.Reason{reputation.Malformed}) {
			t.Errorf("blames %v, want malformed", blames)
		}
	})
}

func TestConfigFaultsAreListed(t *testing.T) {
	twice := Topic{TopicLimits: protocol.TopicLimits{Topic: votes, MaxMessage: 1, Queue: 1}}
	_, err := New(Config{Topics: []Topic{twice, twice, {}}})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 3 {
		t.Errorf("got %v, want three faults", err)
	}
}
