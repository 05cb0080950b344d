package host

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/gossip"
	"github.com/rampart-chain/rampart/network/protocol"
)

// Gossip alone does not heal after a split; the redialing of this package does.
func TestLibp2pGossipHealsAfterASplit(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		const nodes = 4
		var mu sync.Mutex
		heard := map[string]int{}
		var talkers []*gossip.Gossip
		for i := range nodes {
			c := n.config(t, i)
			if i > 0 {
				c = n.config(t, i, 0)
			}
			r := start(t, c)
			r.drain(t)
			g, err := gossip.New(gossip.Config{Host: r.LibP2P(), Report: r.Report, Topics: []gossip.Topic{{
				TopicLimits: protocol.TopicLimits{Topic: "votes", MaxMessage: 100, Queue: 100},
				Handle:      func(_ peer.ID, data []byte) { mu.Lock(); defer mu.Unlock(); heard[string(data)]++ },
			}}})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			go func() { done <- g.Run(ctx) }()
			t.Cleanup(func() {
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
			talkers = append(talkers, g)
		}
		say := func(when string) {
			for i, g := range talkers {
				if err := g.Publish(t.Context(), "votes", fmt.Appendf(nil, "%s %d", when, i)); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(5 * time.Second) // virtual
		}
		expectEach := func(when string, want int) {
			t.Helper()
			mu.Lock()
			defer mu.Unlock()
			for i := range nodes {
				if got := heard[fmt.Sprintf("%s %d", when, i)]; got != want {
					t.Errorf("%s the split, %d of %d others heard node %d", when, got, want, i)
				}
			}
		}
		time.Sleep(20 * time.Second) // virtual
		say("before")
		expectEach("before", nodes-1)
		split := func(on bool) {
			for _, i := range []int{0, 1} {
				n.Cut(i, 2, on)
				n.Cut(i, 3, on)
			}
		}
		split(true)
		time.Sleep(time.Minute) // virtual
		say("during")
		expectEach("during", 1)
		split(false)
		time.Sleep(lastPause + dialTimeout) // virtual
		say("after")
		expectEach("after", nodes-1)
	})
}
