package libp2p

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	libp2p "github.com/libp2p/go-libp2p/core/protocol"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// attackers is the number of the first hostile host.
const attackers = 100

// heap returns the bytes of memory that the whole test uses.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// dialAgain opens one more connection to a peer, however many there are.
func dialAgain(ctx context.Context, from *swarm.Swarm, to peer.AddrInfo) error {
	transport := from.TransportForDialing(to.Addrs[0])
	if transport == nil {
		return errors.New("no transport")
	}
	c, err := transport.Dial(ctx, to.Addrs[0], to.ID)
	if err != nil {
		return err
	}
	// A stranger that keeps its connection open and says nothing.
	go func() {
		for {
			if _, err := c.AcceptStream(); err != nil {
				return
			}
		}
	}()
	context.AfterFunc(ctx, func() { c.Close() })
	return nil
}

// flooding has addresses open so many connections each to a victim, and counts
// those that were opened.
func flooding(ctx context.Context, t *testing.T, net *nettest.Net, all *sync.WaitGroup, victim *shell, addresses, each int) *atomic.Int64 {
	to := peer.AddrInfo{ID: victim.ID(), Addrs: victim.LibP2P().Addrs()}
	opened := &atomic.Int64{}
	for a := range addresses {
		from := net.Host(t, attackers+a).Network().(*swarm.Swarm)
		all.Go(func() {
			for range each {
				if dialAgain(ctx, from, to) == nil {
					opened.Add(1)
				}
				time.Sleep(250 * time.Millisecond) // virtual
			}
		})
	}
	return opened
}

// TestLibp2pN01ConnectionFlood has many addresses open connections, until every
// place is taken and on. Connections and memory must stay bounded, and validators must
// get in: those that are configured, and one that is reserved only meanwhile, as
// discovery does.
func TestLibp2pN01ConnectionFlood(t *testing.T) {
	addresses, dials := 30, 600
	if engine.Long() {
		addresses, dials = 50, 5000
	}
	synctest.Test(t, func(t *testing.T) {
		net := nettest.New(t, latency)
		c := host.Config{Limits: host.Limits{Target: 4, Peers: 16, Outbound: 4}}
		c.Addresses.Reserved = []string{address(t, net, 1), address(t, net, 2)}
		victim := runShell(t, net, 0, c, nil)
		before := heap()
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var flood sync.WaitGroup
		opened := flooding(ctx, t, net, &flood, victim, addresses, dials/addresses)
		most := 0
		for range 40 {
			time.Sleep(50 * time.Millisecond) // virtual
			most = max(most, len(victim.LibP2P().Network().Conns()))
		}
		limit := 2*(16+2) + 32 // inbound; of the three validators at most one is dialed
		if most < limit {
			t.Errorf("%d connections at once, want %d: this is no flood", most, limit)
		}
		// Two validators dial, a third one is dialed.
		runShell(t, net, 1, knowing(t, net, 0), nil)
		runShell(t, net, 2, knowing(t, net, 0), nil)
		runShell(t, net, 3, host.Config{}, nil)
		found, err := peer.AddrInfoFromString(address(t, net, 3))
		if err != nil {
			t.Fatal(err)
		}
		victim.Reserve(t.Context(), *found)
		for i := 1; i <= 3; i++ {
			took := eventually(t, 15*time.Second, fmt.Sprintf("validator %d during the flood", i), func() bool { return victim.knows(t, i) })
			t.Logf("validator %d after %s", i, took)
		}
		flood.Wait()
		perAddress := map[string]int{}
		for _, c := range victim.LibP2P().Network().Conns() {
			if ip, err := manet.ToIP(c.RemoteMultiaddr()); err == nil {
				perAddress[ip.String()]++
			}
			most = max(most, len(victim.LibP2P().Network().Conns()))
		}
		grown := int64(heap()) - int64(before)
		if most > limit+8 {
			t.Errorf("%d connections at once, want at most %d and those of validators", most, limit)
		}
		for ip, n := range perAddress {
			if n > 32 {
				t.Errorf("%d connections of %s, want at most 32", n, ip)
			}
		}
		if grown > 256<<20 {
			t.Errorf("memory grew by %d MiB, want at most 256", grown>>20)
		}
		time.Sleep(11 * time.Second) // virtual: strangers are closed
		if got := len(victim.LibP2P().Network().Conns()); got > 6 {
			t.Errorf("%d connections after the flood, want those of three validators", got)
		}
		t.Logf("%d dials succeeded, %d connections at once, memory of everybody grew by %d MiB", opened.Load(), most, grown>>20)
		stop()
		synctest.Wait()
	})
}

// TestLibp2pN02StreamFlood has one peer open streams without end. It must hit a
// bound, and others must get answers.
func TestLibp2pN02StreamFlood(t *testing.T) {
	streams := 2000
	if engine.Long() {
		streams = 10_000
	}
	synctest.Test(t, func(t *testing.T) {
		net := nettest.New(t, latency)
		victim := runShell(t, net, 0, host.Config{}, nil)
		honest := runShell(t, net, 1, knowing(t, net, 0), nil)
		eventually(t, 10*time.Second, "connection", func() bool { return honest.knows(t, 0) })
		hostile := runShell(t, net, attackers, knowing(t, net, 0), nil) // it shakes hands, as any peer
		eventually(t, 10*time.Second, "connection", func() bool { return hostile.knows(t, 0) && victim.knows(t, attackers) })
		conn := hostile.LibP2P().Network().ConnsToPeer(victim.ID())[0]
		opened, refused, most := 0, 0, 0
		for range streams {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
			stream, err := conn.NewStream(ctx)
			if err == nil {
				// That a protocol is to be named, and then nothing.
				_, err = stream.Write([]byte("\x13/multistream/1.0.0\n"))
			}
			cancel()
			if err != nil {
				refused++
				continue
			}
			opened++
			open := 0
			for _, c := range victim.LibP2P().Network().ConnsToPeer(hostile.ID()) {
				open += len(c.GetStreams())
			}
			most = max(most, open)
		}
		if opened < 200 || refused < streams/10 || most > 512 {
			t.Errorf("of %d streams %d were opened and %d refused, %d at once: want a bound of at most 512", streams, opened, refused, most)
		}
		begin := time.Now()
		if _, err := honest.requests.Do(t.Context(), victim.ID(), protocol.Pull, []byte("?")); err != nil {
			t.Errorf("request of another peer during the flood: %v", err)
		}
		took := time.Since(begin)
		if took > 10*latency {
			t.Errorf("the answer took %s", took)
		}
		time.Sleep(15 * time.Second) // virtual: what names no protocol is closed
		for _, c := range victim.LibP2P().Network().ConnsToPeer(hostile.ID()) {
			if left := len(c.GetStreams()); left > 8 {
				t.Errorf("%d streams are still open after the flood", left)
			}
		}
		t.Logf("of %d streams %d were opened, %d refused, %d at once; an honest answer took %s", streams, opened, refused, most, took)
	})
}

// TestLibp2pN03Slowloris has a peer send one byte every ten seconds on every
// protocol: each stream must be closed by the deadline of its protocol. The same on
// a stream whose protocol is never named.
func TestLibp2pN03Slowloris(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		net := nettest.New(t, latency)
		victim := runShell(t, net, 0, host.Config{}, nil)
		slow := runShell(t, net, 1, knowing(t, net, 0), nil) // it shakes hands, as any peer
		eventually(t, 10*time.Second, "connection", func() bool { return slow.knows(t, 0) && victim.knows(t, 1) })
		held := make(chan string, 32)
		drip := func(name string, limit time.Duration, s network.Stream, payload []byte) {
			begin := time.Now()
			gone := make(chan struct{})
			go func() { // told of the reset at once, not at the next byte
				defer close(gone)
				for b := make([]byte, 1); ; {
					if _, err := s.Read(b); err != nil {
						return
					}
				}
			}()
			go func() {
				for i := 0; i < len(payload); i++ {
					if _, err := s.Write(payload[i : i+1]); err != nil {
						return
					}
					select {
					case <-gone:
						return
					case <-time.After(10 * time.Second):
					}
				}
			}()
			go func() {
				<-gone
				took, fault := time.Since(begin), ""
				if took > limit+time.Second || took < limit/2 {
					fault = fmt.Sprintf("%s was held for %s, its deadline is %s", name, took, limit)
				}
				held <- fault
			}()
		}
		count := 0
		for _, l := range protocol.Requests(2000) {
			if l.MaxRequest == 0 {
				continue // the first length is refused
			}
			s, err := slow.LibP2P().NewStream(t.Context(), victim.ID(), libp2p.ID(protocol.RequestID(genesisHash, l.Name)))
			if err != nil {
				t.Fatalf("%s: %v", l.Name, err)
			}
			drip(string(l.Name), time.Duration(l.Deadline)*time.Millisecond, s, []byte{200, 0, 0, 0, 1, 2, 3, 4})
			count++
		}
		raw, err := slow.LibP2P().Network().ConnsToPeer(victim.ID())[0].NewStream(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		drip("a stream without protocol", 10*time.Second, raw, []byte("\x13/multistream/1.0.0\n"))
		for range count + 1 {
			if fault := <-held; fault != "" {
				t.Error(fault)
			}
		}
		if !victim.knows(t, 1) {
			t.Error("a peer was disconnected for being slow")
		}
	})
}

// forging has every host gossip a thousand messages a second.
func forging(ctx context.Context, all *sync.WaitGroup, hosts []*shell) {
	for i, b := range hosts {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				// What is not published is not the matter here.
				_ = b.gossip.Publish(ctx, protocol.GRANDPA, fmt.Appendf(nil, "forged %d %d", i, n))
				time.Sleep(time.Millisecond) // virtual
			}
		})
	}
}

// TestLibp2pN05BadSignatures has peers gossip messages with bad signatures, a
// thousand a second each: within two seconds nobody may listen to them any more,
// and an honest message must arrive.
func TestLibp2pN05BadSignatures(t *testing.T) {
	hostile := 4
	if engine.Long() {
		hostile = 10
	}
	synctest.Test(t, func(t *testing.T) {
		net := nettest.New(t, latency)
		var judged atomic.Int64
		judge := func(_ peer.ID, data []byte) protocol.Verdict {
			if strings.HasPrefix(string(data), "signed") {
				return protocol.Accept
			}
			judged.Add(1)
			return protocol.Reject
		}
		victim := runShell(t, net, 0, host.Config{}, judge)
		honest := runShell(t, net, 1, knowing(t, net, 0), judge)
		eventually(t, 10*time.Second, "connection", func() bool { return honest.knows(t, 0) })
		var bad []*shell
		for i := range hostile {
			c := knowing(t, net, 0)
			c.Limits = host.Limits{Target: 1, Peers: 1, Outbound: 1} // they have no use for each other
			bad = append(bad, runShell(t, net, attackers+i, c, nil)) // believes everything
		}
		eventually(t, 20*time.Second, "hostile peers", func() bool {
			for i := range hostile {
				if !victim.knows(t, attackers+i) {
					return false
				}
			}
			return victim.gossip.Peers(protocol.GRANDPA) > hostile
		})
		time.Sleep(2 * time.Second) // virtual: meshes form
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var flood sync.WaitGroup
		forging(ctx, &flood, bad)
		took := eventually(t, 2*time.Second, "ban of all hostile peers", func() bool {
			for i := range hostile {
				if victim.knows(t, attackers+i) {
					return false
				}
			}
			return true
		})
		cost := judged.Load()
		if limit := int64(hostile) * 2 * 2000; cost > limit {
			t.Errorf("%d forged messages were judged, want at most %d", cost, limit)
		}
		if err := honest.gossip.Publish(ctx, protocol.GRANDPA, []byte("signed by an honest node")); err != nil {
			t.Fatal(err)
		}
		eventually(t, 2*time.Second, "honest message", func() bool { return victim.hears("signed by an honest node") })
		time.Sleep(3 * time.Second) // virtual: the flood goes on, and they dial again
		if later := judged.Load() - cost; later > cost+int64(hostile)*200 {
			t.Errorf("%d more forged messages were judged after the ban", later)
		}
		if !victim.knows(t, 1) || !honest.knows(t, 0) {
			t.Error("an honest peer was banned")
		}
		t.Logf("all %d banned after %s and %d messages", hostile, took, cost)
		stop()
		flood.Wait()
	})
}
