package nettest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

func TestConnectAndCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := New(t, 20*time.Millisecond)
		a, b := n.Host(t, 0), n.Host(t, 1)
		to := peer.AddrInfo{ID: b.ID(), Addrs: b.Addrs()}
		if err := a.Connect(t.Context(), to); err != nil {
			t.Fatal(err)
		}
		a.Network().ClosePeer(b.ID())
		n.Cut(0, 1, true)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := a.Connect(ctx, to); err == nil {
			t.Error("connected over a cut link")
		}
	})
}

func TestFaults(t *testing.T) {
	for name, disturb := range map[string]func(*Net){
		"one way":      func(n *Net) { n.CutOneWay(1, 0, true) },
		"all is lost":  func(n *Net) { n.Disturb(Faults{Loss: 1}) },
		"few are lost": func(n *Net) { n.Disturb(Faults{Loss: 0.05, Repeat: 0.5}) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := New(t, 20*time.Millisecond)
				a, b := n.Host(t, 0), n.Host(t, 1)
				disturb(n)
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				err := a.Connect(ctx, peer.AddrInfo{ID: b.ID(), Addrs: b.Addrs()})
				if lossy := name == "few are lost"; (err == nil) != lossy {
					t.Errorf("connected: %v (%v), want %v", err == nil, err, lossy)
				}
			})
		})
	}
}
