package host

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
)

// wait is how long a test on real sockets waits for an event that takes
// milliseconds, or a redial.
const wait = 15 * time.Second

func local(i int, listen string, bootnodes ...ma.Multiaddr) Config {
	c := Config{Key: key(i), Status: status(1), Addresses: Addresses{Listen: []string{listen}}}
	for _, b := range bootnodes {
		c.Addresses.Bootnodes = append(c.Addresses.Bootnodes, b.String())
	}
	return c
}

func TestTransports(t *testing.T) {
	for name, listen := range map[string]string{
		"tcp":       "/ip4/127.0.0.1/tcp/0",
		"websocket": "/ip4/127.0.0.1/tcp/0/ws",
		"quic":      "/ip4/127.0.0.1/udp/0/quic-v1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, local(0, listen))
			b := start(t, local(1, listen, a.Addresses()[0]))
			expect[PeerConnected](t, a, id(t, 1), wait)
			expect[PeerConnected](t, b, id(t, 0), wait)
		})
	}
}

// A node that listens on TCP dials one that it hears of, which listens on WebSocket.
func TestTCPDialsWebSocket(t *testing.T) {
	t.Parallel()
	a := start(t, local(0, "/ip4/127.0.0.1/tcp/0/ws"))
	b := start(t, local(1, "/ip4/127.0.0.1/tcp/0"))
	b.send(t.Context(), heard{[]peer.AddrInfo{{ID: a.ID(), Addrs: a.LibP2P().Addrs()}}})
	expect[PeerConnected](t, b, id(t, 0), wait)
}

func TestRestartOnTheSamePort(t *testing.T) {
	t.Parallel()
	a := start(t, local(0, "/ip4/127.0.0.1/tcp/0"))
	b := start(t, local(1, "/ip4/127.0.0.1/tcp/0", a.Addresses()[0]))
	expect[PeerConnected](t, b, id(t, 0), wait)
	at := a.LibP2P().Network().ListenAddresses()[0].String()
	a.stop()
	expect[PeerDisconnected](t, b, id(t, 0), wait)
	start(t, local(0, at))
	expect[PeerConnected](t, b, id(t, 0), wait)
}

func TestPortInUseSaysWhichAndWhatToDo(t *testing.T) {
	t.Parallel()
	a := start(t, local(0, "/ip4/127.0.0.1/tcp/0"))
	at := a.LibP2P().Network().ListenAddresses()[0].String()
	_, err := New(local(1, at))
	if !errors.Is(err, ErrPortInUse) || !strings.Contains(err.Error(), at) || !strings.Contains(err.Error(), "another port") {
		t.Errorf("got %v", err)
	}
}

func TestOneBadListenAddressFails(t *testing.T) {
	t.Parallel()
	c := local(0, "/ip4/127.0.0.1/tcp/0")
	c.Addresses.Listen = append(c.Addresses.Listen, "/ip4/127.0.0.1/udp/0/webrtc-direct")
	if _, err := New(c); !errors.Is(err, ErrTransport) {
		t.Errorf("got %v, want %v", err, ErrTransport)
	}
}

func TestConfigFaultsAreListed(t *testing.T) {
	err := Config{Addresses: Addresses{
		Listen: []string{"30333"}, Bootnodes: []string{"/ip4/127.0.0.1/tcp/1"}, Reserved: []string{"x"},
	}}.Validate()
	for _, want := range []string{"node key", "no status", "listen", "bootnode", "reserved"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in: %v", want, err)
		}
	}
}
