package discovery

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/discovery/book"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Config is what a Discovery needs. The zero value of a field is its default.
type Config struct {
	// Genesis names the chain.
	Genesis primitives.Hash
	// Verifier checks records. Required.
	Verifier book.Verifier
	// Key is the node key. Required.
	Key ed25519.PrivateKey
	// Signer holds the authority-discovery keys. Default: this node is no authority.
	Signer *signer.Signer
	// Addresses returns where this node can be reached, with or without its peer id.
	// Default: nowhere.
	Addresses func() []ma.Multiaddr
	// Publish gossips an encoded message on protocol.Authorities. It must not block.
	// Required.
	Publish func(data []byte)
	// Send sends encoded messages to one peer. It must not block. Required.
	Send func(to protocol.PeerID, data [][]byte)
	// Neighbors returns the connected peers. Required.
	Neighbors func() []protocol.PeerID
	// Reserve has the host keep a connection to a validator, such as host.Reserve.
	// Default: nobody does.
	Reserve func(context.Context, peer.AddrInfo)
	// Slot is the duration of a slot. Default 6 s.
	Slot primitives.Millis
	// Every is how many slots apart own records are made, besides those at the
	// beginning of sessions. Default 100.
	Every int
	// Fanout is how many neighbors are told in a slot what this node has. Default 4.
	Fanout int
	// Now is the clock, which must not go back. Default: the system's.
	Now func() primitives.Millis
	// Beat is told that the loop is alive. Default: nobody.
	Beat supervise.Beat
	// Logger. Default: none.
	Logger *zap.Logger
	// Registerer receives the metrics. Default: none.
	Registerer prometheus.Registerer
}

func (c Config) withDefaults() Config {
	if c.Addresses == nil {
		c.Addresses = func() []ma.Multiaddr { return nil }
	}
	if c.Reserve == nil {
		c.Reserve = func(context.Context, peer.AddrInfo) {}
	}
	if c.Slot == 0 {
		c.Slot = 6_000
	}
	if c.Every <= 0 {
		c.Every = 100
	}
	if c.Fanout <= 0 {
		c.Fanout = 4
	}
	if c.Now == nil {
		c.Now = func() primitives.Millis { return primitives.Millis(time.Now().UnixMilli()) }
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	c.Logger = c.Logger.Named("discovery")
	return c
}

// Validate lists every fault of c.
func (c Config) Validate() error {
	var faults []error
	if len(c.Key) != ed25519.PrivateKeySize {
		faults = append(faults, fmt.Errorf("discovery config: node key of %d bytes, want %d", len(c.Key), ed25519.PrivateKeySize))
	}
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"verifier", c.Verifier == nil}, {"publish", c.Publish == nil}, {"send", c.Send == nil}, {"neighbors", c.Neighbors == nil},
	} {
		if f.missing {
			faults = append(faults, errors.New("discovery config: no "+f.name))
		}
	}
	return errors.Join(faults...)
}
