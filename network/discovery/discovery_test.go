package discovery

import (
	"context"
	"crypto/ed25519"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p"
	libp2pcrypto "github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/rampart-chain/rampart/network/discovery/book"
	"github.com/rampart-chain/rampart/network/gossip"
	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
)

const slot = 1000

var uris = []string{"//Alice", "//Bob", "//Charlie", "//Dave", "//Eve", "//Ferdie"}

// authorities returns the keys of the first n names.
func authorities(t testing.TB, n int) []primitives.SR25519Public {
	t.Helper()
	var out []primitives.SR25519Public
	for _, uri := range uris[:n] {
		secret, err := keys.Sr25519(uri)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, primitives.SR25519Public(secret.Public()))
	}
	return out
}

// node is one node of a test: a validator if it has a name.
type node struct {
	*Discovery
	key      primitives.SR25519Public
	host     host.Host
	gossip   *gossip.Gossip
	requests *request.Service

	mu       sync.Mutex
	reserved []peer.ID
	reports  []reputation.Reason
	sent     int
	stop     []func()
}

func (n *node) report(_ peer.ID, r reputation.Reason) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.reports = append(n.reports, r)
}

func (n *node) reserve(_ context.Context, info peer.AddrInfo) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.reserved = append(n.reserved, info.ID)
}

func (n *node) neighbors() []protocol.PeerID {
	var out []protocol.PeerID
	for _, id := range n.host.Network().Peers() {
		out = append(out, protocol.PeerID(id))
	}
	return out
}

// send sends messages as a pull request: Vec<Vec<u8>>.
func (n *node) send(to protocol.PeerID, messages [][]byte) {
	n.mu.Lock()
	n.sent += len(messages)
	n.mu.Unlock()
	go func() {
		_, _ = n.requests.Do(context.Background(), peer.ID(to), protocol.Pull, protocol.AppendBlocks(nil, messages))
	}()
}

func (n *node) pulled(_ context.Context, from peer.ID, b []byte) ([]byte, error) {
	messages, err := protocol.DecodeBlocks(b, 100)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		if verdict, _ := n.Receive(protocol.PeerID(from), m); verdict == protocol.Reject {
			n.report(from, reputation.InvalidMessage)
		}
	}
	return nil, nil
}

// newNode starts a node at an address, with a node key and, if name is not empty,
// the authority-discovery key of that name. It must be called in a bubble.
func newNode(t *testing.T, net *nettest.Net, at int, nodeKey byte, name string, edit func(*Config)) *node {
	t.Helper()
	secret := ed25519.NewKeyFromSeed(append(make([]byte, 31), nodeKey))
	libp2pKey, err := libp2pcrypto.UnmarshalEd25519PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	n := &node{host: net.Host(t, at, libp2p.Identity(libp2pKey))}
	n.requests, err = request.New(request.Config{Host: n.host, Protocols: protocol.Requests(slot), Report: n.report})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.requests.Handle(protocol.Pull, n.pulled); err != nil {
		t.Fatal(err)
	}
	topics := protocol.Topics()
	limits := topics[slices.IndexFunc(topics, func(l protocol.TopicLimits) bool { return l.Topic == protocol.Authorities })]
	n.gossip, err = gossip.New(gossip.Config{Host: n.host, Report: n.report, Topics: []gossip.Topic{{
		TopicLimits: limits,
		Validate:    func(_ peer.ID, data []byte) protocol.Verdict { v, _ := n.Announced(data); return v },
	}}})
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Verifier: crypto.Real{}, Key: secret, Addresses: n.host.Addrs, Slot: slot, Send: n.send, Neighbors: n.neighbors, Reserve: n.reserve,
		Publish: func(data []byte) {
			go func() { _ = n.gossip.Publish(context.Background(), protocol.Authorities, data) }()
		},
	}
	if name != "" {
		c.Signer, n.key = newSigner(t, name)
	}
	if edit != nil {
		edit(&c)
	}
	if n.Discovery, err = New(c); err != nil {
		t.Fatal(err)
	}
	for _, f := range []func(context.Context) error{n.gossip.Run, n.requests.Run, n.Run} {
		n.stop = append(n.stop, run(t, f))
	}
	synctest.Wait()
	return n
}

func newSigner(t *testing.T, name string) (*signer.Signer, primitives.SR25519Public) {
	t.Helper()
	store, err := signer.OpenKeystore(signer.KeystoreConfig{})
	if err != nil {
		t.Fatal(err)
	}
	key, err := store.InsertMemory(signer.AuthorityDiscovery, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := signer.Open(signer.Config{Keystore: store, Disk: signer.NewMemory()})
	if err != nil {
		t.Fatal(err)
	}
	return s, key
}

// run runs f until the test ends or stop is called.
func run(t *testing.T, f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// close ends a node.
func (n *node) close() {
	for _, stop := range n.stop {
		stop()
	}
	n.host.Close()
}

func (n *node) connect(t *testing.T, o *node) {
	t.Helper()
	if err := n.host.Connect(t.Context(), peer.AddrInfo{ID: o.host.ID(), Addrs: o.host.Addrs()}); err != nil {
		t.Fatal(err)
	}
	n.Connected(protocol.PeerID(o.host.ID()))
}

// told returns how many messages n has sent to peers.
func (n *node) told() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.sent
}

// knows fails unless n knows, in both directions, which nodes the validators are.
func (n *node) knows(t *testing.T, validators ...*node) {
	t.Helper()
	for i, o := range validators {
		if id, ok := n.Peer(o.key); !ok || id != o.host.ID() {
			t.Errorf("validator %d is %s, %t, want %s", i, id, ok, o.host.ID())
		}
		if key, ok := n.Authority(o.host.ID()); !ok || key != o.key {
			t.Errorf("node of validator %d is %x, %t", i, key, ok)
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, o := range validators {
		if o != n && !slices.Contains(n.reserved, o.host.ID()) {
			t.Errorf("validator %d is not reserved", i)
		}
	}
	if len(n.reports) > 0 || slices.Contains(n.reserved, n.host.ID()) {
		t.Errorf("reports %v, reserved itself %t", n.reports, slices.Contains(n.reserved, n.host.ID()))
	}
}

func settle(d time.Duration) { time.Sleep(d); synctest.Wait() } // virtual

func bubble(t *testing.T, f func(t *testing.T, net *nettest.Net)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, nettest.New(t, 20*time.Millisecond)) })
}

func TestEverybodyLearnsAllAndARestart(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		session := authorities(t, 4)
		var nodes []*node
		for i := range 4 {
			n := newNode(t, net, i, byte(i), uris[i], nil)
			n.Session(1, session)
			if i > 0 {
				n.connect(t, nodes[i-1]) // in a line
			}
			nodes = append(nodes, n)
		}
		settle(3 * time.Second)
		for _, n := range nodes {
			n.knows(t, nodes...)
		}
		// Nothing is told any more but digests.
		before := nodes[1].told()
		settle(10 * time.Second)
		if sent := nodes[1].told() - before; sent > 2*10 {
			t.Errorf("%d messages of a node at rest in ten slots", sent)
		}
		// The last one starts again, with another node key and a clock that is right.
		nodes[3].close()
		again := newNode(t, net, 5, 99, uris[3], nil)
		again.Session(1, session)
		again.connect(t, nodes[0])
		settle(5 * time.Second)
		nodes[3] = again
		for _, n := range nodes {
			n.knows(t, nodes...)
		}
	})
}

func TestLateNodeCatchesUp(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		session := authorities(t, 3)
		var nodes []*node
		for i := range 3 {
			n := newNode(t, net, i, byte(i), uris[i], nil)
			n.Session(1, session)
			for _, o := range nodes {
				n.connect(t, o)
			}
			nodes = append(nodes, n)
		}
		settle(5 * time.Minute / 4) // gossip forgets nothing yet, but tells it no more either
		late := newNode(t, net, 3, 3, "", nil)
		late.connect(t, nodes[0])
		late.Session(1, session)
		settle(3 * time.Second)
		late.knows(t, nodes...)

		// Of the next session's keys only those that are in it stay.
		late.Session(2, session[1:])
		if _, ok := late.Peer(session[0]); ok {
			t.Error("an authority of an earlier session is known still")
		}
		if _, ok := late.Authority(nodes[0].host.ID()); ok {
			t.Error("its node is known still")
		}
		late.knows(t, nodes[1:]...)
	})
}

// A record is dated by the node's clock.
func TestOwnRecordIsOfTheClock(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		const now = 5_000_000
		var published [][]byte
		n := newNode(t, net, 0, 1, uris[0], func(c *Config) {
			c.Now = func() primitives.Millis { return now }
			c.Publish = func(data []byte) { published = append(published, data) }
		})
		n.Session(1, authorities(t, 1))
		synctest.Wait()
		if len(published) != 1 {
			t.Fatalf("%d records published, want 1", len(published))
		}
		m, err := book.Decode(published[0])
		if a, ok := m.(book.Announcement); !ok || a.Signed.Record.Sequence != now {
			t.Errorf("published %+v, %v, want one of %d", m, err, now)
		}
	})
}

// A clock that went back does not keep a validator from being found.
func TestOwnRecordIsLaterThanTheKnownOne(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		session := authorities(t, 1)
		var published []book.Signed
		n := newNode(t, net, 0, 1, uris[0], func(c *Config) {
			c.Publish = func(data []byte) {
				m, err := book.Decode(data)
				if err != nil {
					t.Error(err)
				}
				published = append(published, m.(book.Announcement).Signed)
			}
		})
		old, _ := newSigner(t, uris[0])
		secret := ed25519.NewKeyFromSeed(make([]byte, 32))
		r := book.Record{Authority: session[0], Sequence: uint64(n.config.Now()) + 60_000}
		copy(r.Peer[:], secret[32:])
		signature, err := old.SignAuthorityRecord(primitives.Hash{}, r)
		if err != nil {
			t.Fatal(err)
		}
		s := book.Signed{Record: r, Signature: signature, PeerSignature: primitives.Signature(ed25519.Sign(secret, r.SigningPayload(primitives.Hash{})))}
		n.Session(1, session)
		settle(1100 * time.Millisecond)
		if verdict, err := n.Receive("somebody", book.Encode(book.Announcement{Signed: s})); verdict != protocol.Accept {
			t.Fatal(err)
		}
		if id, _ := n.Peer(session[0]); id == n.host.ID() {
			t.Error("the later record does not count")
		}
		n.Session(2, session)
		settle(3 * time.Second)
		if id, _ := n.Peer(session[0]); id != n.host.ID() || len(published) != 2 || published[1].Record.Sequence != r.Sequence+1 {
			t.Errorf("own record does not replace it: %d published", len(published))
		}
	})
}

func TestVerdicts(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		n := newNode(t, net, 0, 1, uris[0], nil)
		session := authorities(t, 2)
		n.Session(1, session)
		settle(time.Second)
		digest := book.Encode(book.Digest{})
		if v, err := n.Announced(digest); v != protocol.Reject || err != ErrKind {
			t.Errorf("gossiped digest: %s, %v", v, err)
		}
		for name, f := range map[string]func([]byte) (protocol.Verdict, error){
			"gossip": n.Announced, "pull": func(b []byte) (protocol.Verdict, error) { return n.Receive("somebody", b) },
		} {
			if v, _ := f([]byte{1, 9}); v != protocol.Reject {
				t.Errorf("%s of garbage: %s", name, v)
			}
			s := book.Signed{Record: book.Record{Authority: session[1], Sequence: uint64(n.config.Now())}}
			if v, err := f(book.Encode(book.Announcement{Signed: s})); v != protocol.Reject || err != book.ErrSignature {
				t.Errorf("%s of a record without signature: %s, %v", name, v, err)
			}
		}
		// A peer is told the list once per slot, whatever it sends.
		settle(1050 * time.Millisecond)
		before := n.told()
		for range 10 {
			n.Receive("somebody", digest)
			n.Receive("somebody", book.Encode(book.List{Entries: []book.Entry{{Key: [8]byte(session[0][:8])}}}))
		}
		if sent := n.told() - before; sent != 2 {
			t.Errorf("%d messages for twenty, want a list and a record", sent)
		}
	})
}

// An authority that moves all the time is not connected to every time.
func TestMovesAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		n := newNode(t, net, 0, 1, "", nil)
		session := authorities(t, 1)
		n.Session(1, session)
		mover, _ := newSigner(t, uris[0])
		address := book.Address(ma.StringCast("/ip4/1.2.3.4/tcp/30333").Bytes())
		for i := range 30 {
			settle(2 * time.Second)
			secret := ed25519.NewKeyFromSeed(append(make([]byte, 31), byte(100+i)))
			r := book.Record{Authority: session[0], Addresses: []book.Address{address, {255}}, Sequence: uint64(n.config.Now())}
			copy(r.Peer[:], secret[32:])
			signature, err := mover.SignAuthorityRecord(primitives.Hash{}, r)
			if err != nil {
				t.Fatal(err)
			}
			s := book.Signed{Record: r, Signature: signature, PeerSignature: primitives.Signature(ed25519.Sign(secret, r.SigningPayload(primitives.Hash{})))}
			if v, err := n.Announced(book.Encode(book.Announcement{Signed: s})); v != protocol.Accept {
				t.Fatal(err)
			}
			if got := info(r).Addrs; len(got) != 1 || !slices.Equal(got[0].Bytes(), address) {
				t.Fatalf("addresses %v", got)
			}
		}
		settle(time.Second)
		if len(n.reserved) != maxMoves {
			t.Errorf("%d nodes of one authority are reserved", len(n.reserved))
		}
	})
}

func TestConfigFaultsAreListed(t *testing.T) {
	_, err := New(Config{})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 5 {
		t.Errorf("got %v, want five faults", err)
	}
}
