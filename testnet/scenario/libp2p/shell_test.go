package libp2p

import (
	"context"
	"crypto/ed25519"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/gossip"
	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// genesisHash names the chain of hosts that run no chain.
var genesisHash = primitives.Hash{7}

// shell is the network part of a node: host, requests and gossip, as relay/node
// makes them. It answers every request of protocol.Pull with nothing.
type shell struct {
	*host.Host
	requests *request.Service
	gossip   *gossip.Gossip

	mu    sync.Mutex
	heard map[string]int // gossip that was handled
}

// handshake is what every shell says about itself.
func handshake() protocol.Handshake {
	return protocol.Handshake{Role: protocol.Validator, Genesis: genesisHash, ProtocolVersion: protocol.Version}
}

// runShell runs host i until the end of the test. validate judges gossip about
// votes; nil accepts all.
func runShell(t *testing.T, net *nettest.Net, i int, c host.Config, validate func(peer.ID, []byte) protocol.Verdict) *shell {
	t.Helper()
	s := &shell{heard: map[string]int{}}
	c.Key, c.Status, c.Options = key(i), handshake, net.Options()
	c.Addresses.Listen = []string{net.Addr(i)}
	var err error
	if s.Host, err = host.New(c); err != nil {
		t.Fatal(err)
	}
	var limits []protocol.Limits
	for _, l := range protocol.Requests(2000) {
		if l.Name != protocol.Handshaking && l.Name != protocol.Peers {
			limits = append(limits, l)
		}
	}
	s.requests, err = request.New(request.Config{
		Host: s.LibP2P(), Genesis: genesisHash, Protocols: limits, Allow: s.Admits, Report: s.Report,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range limits {
		answer := func(context.Context, peer.ID, []byte) ([]byte, error) { return nil, nil }
		if err := s.requests.Handle(l.Name, answer); err != nil {
			t.Fatal(err)
		}
	}
	var topics []gossip.Topic
	for _, l := range protocol.Topics() {
		if l.Topic == protocol.GRANDPA {
			topics = append(topics, gossip.Topic{TopicLimits: l, Validate: validate, Handle: s.handle})
		}
	}
	s.gossip, err = gossip.New(gossip.Config{Host: s.LibP2P(), Genesis: genesisHash, Topics: topics, Report: s.Report})
	if err != nil {
		t.Fatal(err)
	}
	runFor(t, s.gossip.Run)
	runFor(t, s.requests.Run)
	runFor(t, s.Run)
	go func() {
		for {
			select {
			case <-s.Events():
			case <-t.Context().Done():
				return
			}
		}
	}()
	return s
}

// runFor runs f until the end of the test.
func runFor(t *testing.T, f func(context.Context) error) {
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func (s *shell) handle(_ peer.ID, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard[string(data)]++
}

func (s *shell) hears(data string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard[data] > 0
}

// knows reports whether there was a handshake with host i.
func (s *shell) knows(t *testing.T, i int) bool {
	t.Helper()
	want := idOf(t, i)
	for _, p := range s.Peers() {
		if p.ID == want {
			return true
		}
	}
	return false
}

func idOf(t testing.TB, i int) peer.ID {
	t.Helper()
	id, err := host.PeerID(key(i).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// knowing is the configuration of a host that dials others for ever.
func knowing(t *testing.T, net *nettest.Net, bootnodes ...int) host.Config {
	t.Helper()
	var c host.Config
	for _, b := range bootnodes {
		c.Addresses.Bootnodes = append(c.Addresses.Bootnodes, address(t, net, b))
	}
	return c
}

// eventually waits, in virtual time, until ok; it fails the test if that takes
// longer than limit, and returns how long it took.
func eventually(t *testing.T, limit time.Duration, what string, ok func() bool) time.Duration {
	t.Helper()
	begin := time.Now()
	for !ok() {
		if time.Since(begin) > limit {
			t.Fatalf("after %s still no %s", limit, what)
		}
		time.Sleep(50 * time.Millisecond) // virtual
	}
	return time.Since(begin)
}
