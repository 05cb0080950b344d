package host

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

var zero = time.UnixMilli(0)

func info(name string) peer.AddrInfo {
	return peer.AddrInfo{ID: peer.ID(name), Addrs: []ma.Multiaddr{ma.StringCast("/ip4/192.0.2.1/tcp/1")}}
}

func names(infos []peer.AddrInfo) (out []string) {
	for _, i := range infos {
		out = append(out, string(i.ID))
	}
	return out
}

func TestPausesDoubleToTwentySeconds(t *testing.T) {
	b := newDialBook()
	b.add(info("boot"), bootnode)
	now := zero
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 20, 20, 20} {
		if due := b.due(now, 9, false); len(due) != 1 {
			t.Fatalf("dial %d: %v due", i, names(due))
		}
		b.failed("boot", now, 0)
		if next, _ := b.nextDial(false); next.Sub(now) != want*time.Second {
			t.Errorf("pause %d: got %v, want %v s", i, next.Sub(now), int(want))
		}
		now, _ = b.nextDial(false)
	}
	if got := pause(99, 0.999); got < lastPause*3/4 || got >= lastPause {
		t.Errorf("spread pause: got %v", got)
	}
}

func TestWhoIsDue(t *testing.T) {
	b := newDialBook()
	b.add(info("heard"), heardOf)
	b.add(info("met"), met)
	b.add(info("boot"), bootnode)
	b.add(info("validator"), reserved)
	b.add(peer.AddrInfo{ID: "nowhere"}, reserved)
	if got, want := names(b.due(zero, 9, false)), []string{"validator", "boot"}; !slices.Equal(got, want) {
		t.Errorf("with enough peers: got %v, want %v", got, want)
	}
	if got, want := names(b.due(zero, 1, true)), []string{"met"}; !slices.Equal(got, want) {
		t.Errorf("one more: got %v, want %v", got, want)
	}
	b.hold("boot", zero, time.Hour)
	b.failed("boot", zero, 0)
	b.ended("validator", zero, 0)
	if got, want := names(b.due(zero.Add(time.Minute), 9, false)), []string{"validator"}; !slices.Equal(got, want) {
		t.Errorf("a minute later: got %v, want %v", got, want)
	}
	b.ended("validator", zero.Add(time.Minute), 0)
	b.add(info("validator"), heardOf)
	if b.rank("validator") != reserved {
		t.Error("hearsay lowered a rank")
	}
}

func TestHearsayIsBoundedAndForgotten(t *testing.T) {
	b := newDialBook()
	for i := range 2 * maxKnown {
		b.add(info(fmt.Sprint(i)), heardOf)
	}
	b.add(info("boot"), bootnode)
	b.add(info("friend"), met)
	if len(b.entries) != maxKnown+1 || b.entries["friend"] == nil || b.entries["boot"] == nil {
		t.Errorf("knows %d peers, want %d with the friend, and the bootnode", len(b.entries), maxKnown)
	}
	var stranger peer.ID
	for id, e := range b.entries {
		if e.rank == heardOf {
			stranger = id
		}
	}
	for range giveUp {
		b.failed(stranger, zero, 0)
	}
	if b.entries[stranger] != nil {
		t.Error("a peer that does not exist is remembered")
	}
	many := peer.AddrInfo{ID: "boot"}
	for i := range 100 {
		many.Addrs = append(many.Addrs, ma.StringCast(fmt.Sprintf("/ip4/192.0.2.%d/tcp/1", i)))
	}
	b.add(many, heardOf)
	if got := len(b.entries["boot"].info.Addrs); got != maxAddresses {
		t.Errorf("%d addresses of one peer, want %d", got, maxAddresses)
	}
}

func TestOutboxLeavesOutWhatCancels(t *testing.T) {
	up, down := PeerConnected{ID: "a"}, PeerDisconnected{ID: "a"}
	for name, c := range map[string]struct{ read, put, want []Event }{
		"unread connect and disconnect": {nil, []Event{up, down}, nil},
		"repeated handshake":            {nil, []Event{up, up}, []Event{up}},
		"disconnect of a known peer":    {[]Event{up}, []Event{down}, []Event{down}},
		"handshake again, then gone":    {[]Event{up}, []Event{up, down}, []Event{down}},
		"flapping":                      {[]Event{up}, []Event{down, up, down, up, down}, []Event{down}},
		"flapping, then there":          {[]Event{up}, []Event{down, up, down, up}, []Event{down, up}},
		"gone and known to be gone":     {[]Event{up, down}, []Event{up, down}, nil},
	} {
		var o outbox
		for _, e := range c.read {
			o.put(e)
			o.taken()
		}
		for _, e := range c.put {
			o.put(e)
		}
		if !slices.Equal(o.pending, c.want) {
			t.Errorf("%s: got %v, want %v", name, o.pending, c.want)
		}
	}
}

func TestToldPeersAreBounded(t *testing.T) {
	var infos []peer.AddrInfo
	for i := range 100 {
		infos = append(infos, peer.AddrInfo{ID: id(t, i), Addrs: info("").Addrs})
	}
	got, err := decodePeers(appendPeers(nil, infos))
	if err != nil || len(got) != maxTold || got[63].ID != id(t, 63) {
		t.Errorf("got %d peers, %v, want %d", len(got), err, maxTold)
	}
}

func FuzzDecodePeers(f *testing.F) {
	f.Add(appendPeers(nil, []peer.AddrInfo{{ID: id(f, 1), Addrs: info("").Addrs}}))
	f.Add([]byte{0})
	f.Add([]byte{255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = scaletest.Bytes(t, b, decodePeers, func(infos []peer.AddrInfo) []byte { return appendPeers(nil, infos) })
	})
}
