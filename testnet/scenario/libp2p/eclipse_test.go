package libp2p

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	libp2phost "github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// sybils are hostile peers that shake hands like honest ones, are always there,
// and tell of each other only.
type sybils struct {
	hosts    []libp2phost.Host
	services []*request.Service
}

func runSybils(t *testing.T, net *nettest.Net, count int) *sybils {
	t.Helper()
	s := &sybils{}
	var limits []protocol.Limits
	for _, l := range protocol.Requests(2000) {
		if l.Name == protocol.Handshaking || l.Name == protocol.Peers {
			limits = append(limits, l)
		}
	}
	for i := range count {
		h := net.Host(t, attackers+i)
		service, err := request.New(request.Config{Host: h, Genesis: genesisHash, Protocols: limits})
		if err != nil {
			t.Fatal(err)
		}
		for name, answer := range map[protocol.Name]func() []byte{
			protocol.Handshaking: func() []byte { return scale.Marshal(handshake()) },
			protocol.Peers:       s.told,
		} {
			err := service.Handle(name, func(context.Context, peer.ID, []byte) ([]byte, error) { return answer(), nil })
			if err != nil {
				t.Fatal(err)
			}
		}
		s.hosts, s.services = append(s.hosts, h), append(s.services, service)
	}
	for _, service := range s.services {
		runFor(t, service.Run)
	}
	return s
}

// told is an answer to a request for addresses: a vector of pairs of a peer id and
// an address.
func (s *sybils) told() []byte {
	n := min(len(s.hosts), 64)
	b := scale.AppendCompact(nil, uint64(n))
	for _, h := range s.hosts[:n] {
		b = scale.AppendBytes(scale.AppendBytes(b, []byte(h.ID())), h.Addrs()[0].Bytes())
	}
	return b
}

// press has every other sybil dial the victim and shake hands, again and again. The
// rest wait to be dialed.
func (s *sybils) press(ctx context.Context, victim *shell) {
	to := peer.AddrInfo{ID: victim.ID(), Addrs: victim.LibP2P().Addrs()}
	for i := 0; i < len(s.hosts); i += 2 {
		h := s.hosts[i]
		go func() {
			for ctx.Err() == nil {
				if h.Connect(ctx, to) == nil {
					_, _ = s.services[i].Do(ctx, to.ID, protocol.Handshaking, scale.Marshal(handshake()))
				}
				select {
				case <-ctx.Done():
				case <-time.After(3 * time.Second):
				}
			}
		}()
	}
}

// honest returns how many honest hosts the victim is connected to, and how many of
// them it has dialed.
func honest(t *testing.T, victim *shell, count int) (connected, dialed int) {
	t.Helper()
	for _, p := range victim.Peers() {
		for i := 1; i <= count; i++ {
			if p.ID == idOf(t, i) {
				connected++
				if p.Outbound {
					dialed++
				}
			}
		}
	}
	return connected, dialed
}

// TestLibp2pN06Eclipse surrounds a node: four of five peers are hostile, take every
// place there is and tell of each other only. The node must keep two connections
// that it has dialed to honest nodes, hear what they gossip within a slot, and find
// them again after it was cut off from them while hostile peers took their places.
func TestLibp2pN06Eclipse(t *testing.T) {
	if testing.Short() {
		t.Skip("minutes of 26 hosts")
	}
	good, bad := 5, 20
	if engine.Long() {
		good, bad = 12, 48
	}
	synctest.Test(t, func(t *testing.T) {
		net := nettest.New(t, latency)
		var friends []*shell
		for i := 1; i <= good; i++ {
			c := knowing(t, net)
			if i > 1 {
				c = knowing(t, net, 1)
			}
			friends = append(friends, runShell(t, net, i, c, nil))
		}
		c := knowing(t, net, 1, 2)
		c.Limits = host.Limits{Target: 8, Peers: 10, Outbound: 4}
		victim := runShell(t, net, 0, c, nil)
		hostile := runSybils(t, net, bad)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		hostile.press(ctx, victim)
		check := func(when string) {
			t.Helper()
			took := eventually(t, 60*time.Second, "two honest peers that the node has dialed, "+when, func() bool {
				_, dialed := honest(t, victim, good)
				return dialed >= 2
			})
			message := "block " + when
			time.Sleep(2 * time.Second) // virtual: meshes form
			if err := friends[good-1].gossip.Publish(ctx, protocol.GRANDPA, []byte(message)); err != nil {
				t.Fatal(err)
			}
			heard := eventually(t, slot, "honest gossip "+when, func() bool { return victim.hears(message) })
			connected, dialed := honest(t, victim, good)
			t.Logf("%s: two honest peers after %s, a message after %s; %d peers, %d of them honest, %d of those dialed", when, took, heard, len(victim.Peers()), connected, dialed)
		}
		time.Sleep(20 * time.Second) // virtual
		check("under siege")
		for i := 1; i <= good; i++ {
			net.Cut(0, i, true)
		}
		time.Sleep(90 * time.Second) // virtual
		if connected, _ := honest(t, victim, good); connected != 0 || len(victim.Peers()) < 8 {
			t.Errorf("cut off, the node has %d honest peers and %d in all, want none, and hostile ones in their places", connected, len(victim.Peers()))
		}
		for i := 1; i <= good; i++ {
			net.Cut(0, i, false)
		}
		check("after it was cut off")
		stop()
		synctest.Wait()
	})
}

// TestLibp2pN10Heal splits hosts that are connected to each other for a minute, and
// for so long that they dial as seldom as they ever do: all pairs must talk within 30 s after the split, and hear each other's gossip.
func TestLibp2pN10Heal(t *testing.T) {
	hosts := 8
	if engine.Long() {
		hosts = 20
	}
	synctest.Test(t, func(t *testing.T) {
		net := nettest.New(t, latency)
		var all []*shell
		for i := range hosts {
			c := knowing(t, net)
			if i > 0 {
				c = knowing(t, net, 0)
			}
			c.Limits = host.Limits{Target: hosts}
			all = append(all, runShell(t, net, i, c, nil))
		}
		whole := func() bool {
			for _, s := range all {
				if len(s.Peers()) < hosts-1 {
					return false
				}
			}
			return true
		}
		eventually(t, time.Minute, "whole mesh", whole)
		split := func(on bool) {
			for i := range hosts / 2 {
				for j := hosts / 2; j < hosts; j++ {
					net.Cut(i, j, on)
				}
			}
		}
		for round, lasts := range []time.Duration{time.Minute, 67 * time.Second, 7 * time.Minute} {
			split(true)
			time.Sleep(lasts) // virtual
			if whole() {
				t.Fatal("the split changed nothing")
			}
			split(false)
			took := eventually(t, 30*time.Second, "whole mesh after the split", whole)
			for i, s := range all {
				if err := s.gossip.Publish(t.Context(), protocol.GRANDPA, fmt.Appendf(nil, "%d after split %d", i, round)); err != nil {
					t.Fatal(err)
				}
			}
			eventually(t, 10*time.Second, "gossip of everybody with everybody", func() bool {
				for i := range all {
					for j, s := range all {
						if i != j && !s.hears(fmt.Sprintf("%d after split %d", i, round)) {
							return false
						}
					}
				}
				return true
			})
			t.Logf("split %d: all pairs after %s", round, took)
		}
	})
}
