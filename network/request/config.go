package request

import (
	"errors"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Config is what a Service needs. The zero value of a field is its default.
type Config struct {
	// Host opens and accepts the streams. Required.
	Host host.Host
	// Genesis is the chain whose protocols are spoken.
	Genesis primitives.Hash
	// Protocols are the protocols that may be asked or answered, usually
	// protocol.Requests(slot). Required.
	Protocols []protocol.Limits
	// Allow says whether a peer is answered; others are refused with NotAllowed.
	// It is called from many goroutines. Default: everybody.
	Allow func(peer.ID) bool
	// Report is told what peers did wrong. It must not block. Default: nobody.
	Report func(peer.ID, reputation.Reason)
	// PerPeer bounds the requests of one peer that are open at once, over all
	// protocols. Default 32. Full: refused with Busy.
	PerPeer int
	// Workers bounds the handlers of one protocol that run at once. Default 8.
	// Full: the request waits in the queue of its protocol (Limits.Queue), and is
	// refused with Busy if that is full too.
	Workers int
	// Outgoing bounds the memory of responses that are being sent, in bytes.
	// Default 256 MiB. Full: refused with Busy.
	Outgoing int64
	// Beat is told that the service is alive. Default: nobody.
	Beat supervise.Beat
	// Logger. Default: none.
	Logger *zap.Logger
	// Registerer receives the metrics. Default: none.
	Registerer prometheus.Registerer
}

func (c Config) withDefaults() Config {
	if c.Allow == nil {
		c.Allow = func(peer.ID) bool { return true }
	}
	if c.Report == nil {
		c.Report = func(peer.ID, reputation.Reason) {}
	}
	if c.PerPeer <= 0 {
		c.PerPeer = 32
	}
	if c.Workers <= 0 {
		c.Workers = 8
	}
	if c.Outgoing <= 0 {
		c.Outgoing = 256 << 20
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	return c
}

// Validate lists every fault of c.
func (c Config) Validate() error {
	var faults []error
	if c.Host == nil {
		faults = append(faults, errors.New("request config: no host"))
	}
	if len(c.Protocols) == 0 {
		faults = append(faults, errors.New("request config: no protocols"))
	}
	return errors.Join(faults...)
}
