package host

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
)

// connected returns the peers of r, in ascending order.
func (r *running) connected() (ids []peer.ID) {
	for _, p := range r.Peers() {
		ids = append(ids, p.ID)
	}
	return ids
}

// TestKeep reserves a peer on a full host: it is connected beyond the bound, again
// after it was lost, and only as long as it is reserved.
func TestKeep(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		c := n.config(t, 0, 1)
		c.Limits = Limits{Target: 1, Peers: 1, Outbound: 1}
		start(t, n.config(t, 1)).drain(t)
		start(t, n.config(t, 2)).drain(t)
		a := start(t, c)
		expect[PeerConnected](t, a, id(t, 1), 5*time.Second)
		if err := a.AddReserved(t.Context(), n.address(t, 2)); err != nil {
			t.Fatal(err)
		}
		if got := a.Reserved(); !slices.Equal(got, []string{id(t, 2).String()}) {
			t.Errorf("kept %v at once, want node 2", got)
		}
		expect[PeerConnected](t, a, id(t, 2), time.Second)
		if err := a.LibP2P().Network().ClosePeer(id(t, 2)); err != nil {
			t.Fatal(err)
		}
		expect[PeerDisconnected](t, a, id(t, 2), time.Second)
		expect[PeerConnected](t, a, id(t, 2), 2*time.Second)
		if err := a.RemoveReserved(t.Context(), id(t, 2).String()); err != nil || len(a.Reserved()) != 0 {
			t.Errorf("released: %v, kept %v", err, a.Reserved())
		}
		expect[PeerDisconnected](t, a, id(t, 2), time.Second)
		a.drain(t)
		time.Sleep(time.Minute) // virtual
		if got := a.connected(); !slices.Equal(got, []peer.ID{id(t, 1)}) {
			t.Errorf("connected to %v, want only the one there is a place for", got)
		}
	})
}

// TestReleaseOfOthers: who has a place of another kind keeps it.
func TestReleaseOfOthers(t *testing.T) {
	bubble(t, func(t *testing.T, n net) {
		for i := 1; i <= 3; i++ {
			start(t, n.config(t, i)).drain(t)
		}
		c := n.config(t, 0)
		c.Limits.ReservedOnly = true
		c.Addresses.Reserved = []string{n.address(t, 1), n.address(t, 2)}
		a := start(t, c)
		a.drain(t)
		a.Reserve(t.Context(), peer.AddrInfo{ID: id(t, 2), Addrs: multiaddrs(t, n.Addr(2))}) // a validator
		if err := a.AddReserved(t.Context(), n.address(t, 3)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second) // virtual
		if got := a.connected(); len(got) != 3 {
			t.Fatalf("connected to %v, want 1, 2 and 3", got)
		}
		for i := 1; i <= 3; i++ {
			if err := a.RemoveReserved(t.Context(), id(t, i).String()); err != nil {
				t.Error(err)
			}
		}
		time.Sleep(time.Minute) // virtual
		if got := a.connected(); !slices.Equal(got, []peer.ID{id(t, 2)}) || len(a.Reserved()) != 0 {
			t.Errorf("connected to %v, kept %v, want the validator, and nobody", got, a.Reserved())
		}
	})
}

func TestKeepRefuses(t *testing.T) {
	h, err := New(Config{Key: key(0), Status: status(1)})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	other := "/p2p/" + id(t, 1).String()
	for address, want := range map[string]string{
		"":                                   "want /ip4/",
		"/ip4/10.0.0.1/tcp/30333":            "want /ip4/",
		"/p2p/12D3KooW":                      "want /ip4/",
		"/p2p/" + id(t, 0).String():          string(ErrOwnPeer),
		"/ip4/1.2.3.4/udp/1/quic-v1" + other: string(ErrTransport),
		"/dns4/" + strings.Repeat("a", maxKeptAddress) + "/tcp/1" + other: "at most 1024",
		"/dns4/relay.example/tcp/30333" + other:                           context.Canceled.Error(), // nobody runs the host
	} {
		if err := h.AddReserved(ctx, address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("keep %.80q: %v, want %q", address, err, want)
		}
	}
	if err := h.RemoveReserved(ctx, "nobody"); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("release of nobody: %v", err)
	}
}

// TestKeepIsBounded: a known peer can be kept again, one more cannot.
func TestKeepIsBounded(t *testing.T) {
	b := newDialBook()
	l := &loop{book: b, Host: &Host{}}
	for i := range maxKept {
		b.keep(info(strings.Repeat("p", i+1)))
	}
	if err := l.keep(keep{info: info("other")}); err != ErrReservedFull {
		t.Errorf("one more: %v, want %v", err, ErrReservedFull)
	}
	b.release(peer.ID("p"))
	if got := len(b.kept()); got != maxKept-1 {
		t.Errorf("%d kept after a release, want %d", got, maxKept-1)
	}
}
