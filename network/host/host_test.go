package host

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	dto "github.com/prometheus/client_model/go"

	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

func key(i int) ed25519.PrivateKey {
	var seed [ed25519.SeedSize]byte
	copy(seed[:], fmt.Sprint("node ", i))
	return ed25519.NewKeyFromSeed(seed[:])
}

func id(t testing.TB, i int) peer.ID {
	t.Helper()
	p, err := PeerID(key(i).Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func status(genesis byte) func() protocol.Handshake {
	return func() protocol.Handshake {
		return protocol.Handshake{
			Role: protocol.Validator, BestNumber: 7, Genesis: primitives.Hash{genesis}, ProtocolVersion: protocol.Version,
		}
	}
}

// net is a simulated network of hosts with a genesis.
type net struct{ *nettest.Net }

func (n net) address(t testing.TB, i int) string { return n.Addr(i) + "/p2p/" + id(t, i).String() }

// config is that of node i, which knows the bootnodes.
func (n net) config(t testing.TB, i int, bootnodes ...int) Config {
	c := Config{Key: key(i), Status: status(1), Options: n.Options(), Addresses: Addresses{Listen: []string{n.Addr(i)}}}
	for _, b := range bootnodes {
		c.Addresses.Bootnodes = append(c.Addresses.Bootnodes, n.address(t, b))
	}
	return c
}

// running is a host whose Run runs.
type running struct {
	*Host
	stop func()
}

func start(t *testing.T, c Config) *running {
	t.Helper()
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- h.Run(ctx) }()
	stopped := false
	r := &running{Host: h}
	r.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	}
	t.Cleanup(r.stop)
	return r
}

// event returns the next event, or nil if there is none within a (virtual, in a
// bubble) time.
func (r *running) event(within time.Duration) Event {
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	select {
	case e := <-r.Events():
		return e
	case <-timeout.C:
		return nil
	}
}

// expect fails unless the next event is of kind E, about peer want, in time.
func expect[E Event](t *testing.T, r *running, want peer.ID, within time.Duration) {
	t.Helper()
	e := r.event(within)
	var about peer.ID
	switch e := e.(type) {
	case PeerConnected:
		about = e.ID
	case PeerDisconnected:
		about = e.ID
	}
	if _, ok := e.(E); !ok || about != want {
		t.Fatalf("waited %v for %T of %s, got %T %+v", within, *new(E), want, e, e)
	}
}

// drain reads events until the end of the test.
func (r *running) drain(t *testing.T) {
	go func() {
		for {
			select {
			case <-r.Events():
			case <-t.Context().Done():
				return
			}
		}
	}()
}

func value(t *testing.T, m interface{ Write(*dto.Metric) error }) float64 {
	t.Helper()
	var out dto.Metric
	if err := m.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.GetCounter().GetValue()
}

func bubble(t *testing.T, f func(t *testing.T, n net)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, net{nettest.New(t, 25*time.Millisecond)}) })
}

func TestHandshakeOnConnect(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		a := start(t, n.config(t, 0))
		b := start(t, n.config(t, 1, 0))
		expect[PeerConnected](t, a, id(t, 1), 5*time.Second)
		expect[PeerConnected](t, b, id(t, 0), 5*time.Second)
		peers := b.Peers()
		if len(peers) != 1 || peers[0].Handshake != status(1)() || !peers[0].Outbound || peers[0].Address != n.Addr(0) {
			t.Errorf("got %+v", peers)
		}
		if !a.Admits(id(t, 1)) || a.Admits(id(t, 2)) {
			t.Error("admits the wrong peers")
		}
		b.stop()
		expect[PeerDisconnected](t, a, id(t, 1), time.Minute)
		if len(a.Peers()) != 0 {
			t.Errorf("still lists %+v", a.Peers())
		}
	})
}

func TestOtherGenesisIsDroppedAndLeftAlone(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		a := start(t, n.config(t, 0))
		foreign := n.config(t, 1, 0)
		foreign.Status = status(2)
		b := start(t, foreign)
		time.Sleep(refusedPause - time.Minute) // virtual
		for _, r := range []*running{a, b} {
			if e := r.event(time.Second); e != nil {
				t.Errorf("got %T", e)
			}
			if got := value(t, r.metrics.refused.WithLabelValues("different chain or version")); got != 1 {
				t.Errorf("refused %v times in nine minutes, want once", got)
			}
			if conns := r.host.Network().Conns(); len(conns) != 0 {
				t.Errorf("%d connections left", len(conns))
			}
		}
	})
}

// A peer that dials us and does not care about the genesis itself.
func TestOtherGenesisIsRefusedAndToldSo(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		a := start(t, n.config(t, 0))
		careless := n.Host(t, 1)
		if err := careless.Connect(t.Context(), peer.AddrInfo{ID: a.ID(), Addrs: a.LibP2P().Addrs()}); err != nil {
			t.Fatal(err)
		}
		requests, err := request.New(request.Config{Host: careless, Protocols: protocol.Requests(0)})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			handshake protocol.Handshake
			want      error
		}{
			{status(2)(), refusedGenesis},
			{protocol.Handshake{Role: protocol.Full, Genesis: primitives.Hash{1}, ProtocolVersion: 99}, refusedVersion},
		} {
			if _, err := requests.Do(t.Context(), a.ID(), protocol.Handshaking, scale.Marshal(c.handshake)); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		}
		if e := a.event(time.Second); e != nil || len(a.Peers()) != 0 {
			t.Errorf("got %T and %d peers", e, len(a.Peers()))
		}
	})
}

func TestPeerThatOnceDialedUsIsDialed(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		a := start(t, n.config(t, 0))
		b := start(t, n.config(t, 1, 0))
		expect[PeerConnected](t, a, id(t, 1), 5*time.Second)
		b.stop()
		expect[PeerDisconnected](t, a, id(t, 1), time.Minute)
		start(t, n.config(t, 1)) // it has forgotten us
		expect[PeerConnected](t, a, id(t, 1), lastPause+dialTimeout)
	})
}

func TestPeerIsRedialedAfterItsRestart(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		a := start(t, n.config(t, 0, 1))
		b := start(t, n.config(t, 1))
		expect[PeerConnected](t, a, id(t, 1), 5*time.Second)
		for range 2 {
			b.stop()
			expect[PeerDisconnected](t, a, id(t, 1), time.Minute)
			if e := a.event(5 * time.Minute); e != nil { // pauses grow to 20 s
				t.Fatalf("got %T while the peer is down", e)
			}
			b = start(t, n.config(t, 1))
			expect[PeerConnected](t, a, id(t, 1), lastPause+5*time.Second)
		}
	})
}

// N10 of the network scenarios: after a split of a minute all talk again within
// the longest pause and a dial.
func TestSplitHeals(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		a := start(t, n.config(t, 0, 1))
		b := start(t, n.config(t, 1))
		expect[PeerConnected](t, a, id(t, 1), 5*time.Second)
		expect[PeerConnected](t, b, id(t, 0), 5*time.Second)
		n.Cut(0, 1, true)
		expect[PeerDisconnected](t, a, id(t, 1), time.Minute)
		expect[PeerDisconnected](t, b, id(t, 0), time.Minute)
		time.Sleep(time.Minute) // virtual
		n.Cut(0, 1, false)
		expect[PeerConnected](t, a, id(t, 1), lastPause+dialTimeout)
		expect[PeerConnected](t, b, id(t, 0), lastPause+dialTimeout)
	})
}

// After a split of two hours, and hundreds of dials in vain, dials go on as before.
func TestLongSplitHeals(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		a := start(t, n.config(t, 0, 1))
		n.Cut(0, 1, true)
		start(t, n.config(t, 1)).drain(t)
		time.Sleep(2 * time.Hour) // virtual
		n.Cut(0, 1, false)
		expect[PeerConnected](t, a, id(t, 1), lastPause+dialTimeout)
	})
}

// Only the first node is known; the others hear of each other from it.
func TestPeersFindEachOther(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		nodes := []*running{start(t, n.config(t, 0))}
		for i := 1; i < 4; i++ {
			nodes = append(nodes, start(t, n.config(t, i, 0)))
		}
		for _, r := range nodes {
			r.drain(t)
		}
		time.Sleep(20 * time.Second) // virtual
		for i, r := range nodes {
			if got := len(r.Peers()); got != 3 {
				t.Errorf("node %d has %d peers, want 3", i, got)
			}
		}
		// The first node goes: the others know each other now.
		nodes[0].stop()
		time.Sleep(time.Minute) // virtual
		for i, r := range nodes[1:] {
			if got := len(r.Peers()); got != 2 {
				t.Errorf("without the first, node %d has %d peers, want 2", i+1, got)
			}
		}
	})
}

func TestBan(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		a := start(t, n.config(t, 0))
		start(t, n.config(t, 1, 0)).drain(t)
		expect[PeerConnected](t, a, id(t, 1), 5*time.Second)
		for range 1000 {
			a.Report(id(t, 1), reputation.Timeout)
			synctest.Wait()
		}
		if e := a.event(time.Second); e != nil {
			t.Fatalf("got %T for being late", e)
		}
		a.Report(id(t, 1), reputation.InvalidBlock)
		a.Report(id(t, 1), reputation.InvalidBlock)
		expect[PeerDisconnected](t, a, id(t, 1), time.Second)
		if e := a.event(9 * time.Minute); e != nil {
			t.Fatalf("got %T of a banned peer", e)
		}
		expect[PeerConnected](t, a, id(t, 1), 2*time.Minute)
	})
}

func TestFullNodeKeepsPlacesForReservedPeers(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		c := n.config(t, 0)
		c.Limits = Limits{Target: 1, Peers: 3, Outbound: 1} // two inbound peers
		c.Addresses.Reserved = []string{n.address(t, 4)}
		a := start(t, c)
		a.drain(t)
		for i := 1; i <= 4; i++ {
			c := n.config(t, i, 0)
			c.Limits = Limits{Target: 1, Peers: 1, Outbound: 1}
			start(t, c).drain(t)
			time.Sleep(5 * time.Second) // virtual
		}
		got := map[peer.ID]bool{}
		for _, p := range a.Peers() {
			got[p.ID] = true
		}
		if !got[id(t, 1)] || !got[id(t, 2)] || got[id(t, 3)] || !got[id(t, 4)] {
			t.Errorf("connected to %v, want 1 and 2, not 3 for which there is no place, and 4 which is reserved", got)
		}
	})
}

func TestReservedOnly(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		c := n.config(t, 0, 1)
		c.Limits.ReservedOnly = true
		c.Addresses.Reserved = []string{n.address(t, 3)}
		start(t, n.config(t, 1)).drain(t)    // a bootnode
		start(t, n.config(t, 2, 0)).drain(t) // dials it
		start(t, n.config(t, 3)).drain(t)
		a := start(t, c)
		a.drain(t)
		time.Sleep(30 * time.Second) // virtual
		if p := a.Peers(); len(p) != 1 || p[0].ID != id(t, 3) {
			t.Errorf("peers %v, want the reserved one", p)
		}
	})
}

func TestNoPrivate(t *testing.T) {
	bootnode, other := peer.ID("bootnode"), peer.ID("other")
	known := parsed{bootnodes: []peer.AddrInfo{{ID: bootnode}}}
	for addr, global := range map[string]bool{"/ip4/10.0.0.1/tcp/1": false, "/ip4/127.0.0.1/tcp/1": false, "/ip6/fd00::1/tcp/1": false, "/ip4/8.8.8.8/tcp/1": true} {
		a := multiaddrs(t, addr)[0]
		if got := newGater(true, known, nil).InterceptAddrDial(other, a); got != global {
			t.Errorf("%s of others may be dialed: %t", addr, got)
		}
		if !newGater(true, known, nil).InterceptAddrDial(bootnode, a) || !newGater(false, known, nil).InterceptAddrDial(other, a) {
			t.Errorf("%s must not be dialed", addr)
		}
	}
}

// Others have taken every place while a bootnode was out of reach: it must have one
// nevertheless when it is back (N06).
func TestFullNodeKeepsPlacesForBootnodes(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		c := n.config(t, 0, 3)
		c.Limits = Limits{Target: 2, Peers: 2, Outbound: 1}
		n.Cut(0, 3, true)
		a := start(t, c)
		a.drain(t)
		start(t, n.config(t, 1, 0)).drain(t)
		start(t, n.config(t, 2)).drain(t) // heard of, and dialed
		a.send(t.Context(), heard{[]peer.AddrInfo{{ID: id(t, 2), Addrs: multiaddrs(t, n.Addr(2))}}})
		start(t, n.config(t, 3)).drain(t)
		time.Sleep(10 * time.Second) // virtual
		if got := len(a.Peers()); got != 2 {
			t.Fatalf("%d peers, want both places taken", got)
		}
		n.Cut(0, 3, false)
		time.Sleep(lastPause + dialTimeout) // virtual
		if !slices.ContainsFunc(a.Peers(), func(p Peer) bool { return p.ID == id(t, 3) && p.Outbound }) {
			t.Errorf("peers %v, want the bootnode among them", a.Peers())
		}
	})
}

func multiaddrs(t *testing.T, s string) []ma.Multiaddr {
	t.Helper()
	addr, err := ma.NewMultiaddr(s)
	if err != nil {
		t.Fatal(err)
	}
	return []ma.Multiaddr{addr}
}

func TestSilentPeerIsClosed(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		a := start(t, n.config(t, 0))
		silent := n.Host(t, 1)
		to := peer.AddrInfo{ID: a.ID(), Addrs: a.LibP2P().Addrs()}
		if err := silent.Connect(t.Context(), to); err != nil {
			t.Fatal(err)
		}
		time.Sleep(handshakeTimeout - time.Second) // virtual
		if got := len(silent.Network().Conns()); got != 1 {
			t.Fatalf("%d connections before the deadline, want 1", got)
		}
		time.Sleep(2 * time.Second) // virtual
		if got := len(silent.Network().Conns()); got != 0 {
			t.Errorf("%d connections after the deadline, want 0", got)
		}
		if e := a.event(time.Second); e != nil {
			t.Errorf("got %T for a peer that said nothing", e)
		}
	})
}
