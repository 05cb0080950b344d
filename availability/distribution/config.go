package distribution

import (
	"errors"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/chunkstore"
	"github.com/rampart-chain/rampart/availability/distribution/plan"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Config is what a Distribution needs. The zero value of a field is its default.
type Config struct {
	// Requests asks and answers peers; New installs the handlers of protocol.Chunk,
	// protocol.AvailableData and protocol.PoV. Required.
	Requests *request.Service
	// Store keeps chunks and data. Required.
	Store *chunkstore.Store
	// Peer returns the peer that is a validator of a session; false if it is not
	// known. It is called from one goroutine and must not block. Required.
	Peer func(primitives.SessionIndex, primitives.ValidatorIndex) (peer.ID, bool)
	// Held is told, from one goroutine, that the own chunk of a candidate is
	// durable. It must not block. Default: nobody.
	Held func(candidate primitives.Hash)
	// Bitfield is told, from one goroutine, what the bitfield of a block says, once
	// per block. It must not block. Default: nobody.
	Bitfield func(plan.Bitfield)
	// Report is told what peers did wrong. It must not block. Default: nobody.
	Report func(peer.ID, reputation.Reason)
	// Params bound the fetches.
	Params plan.Params
	// Seed decides in which order validators are asked; nodes should have
	// different ones.
	Seed [32]byte
	// Cache bounds the chunks of all validators kept in memory, in bytes; those of
	// the latest candidate are kept in any case. Default 64 MiB.
	Cache int
	// Burst is what one peer may be served at once, Rate what it may be served
	// beyond that, in bytes and bytes per second. What must be computed for it
	// counts as well. Default 64 MiB and 16 MiB. Used up: refused with Busy.
	Burst, Rate int
	// Queue bounds the events waiting for the loop. Default 256. Full: the sender
	// waits.
	Queue int
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
	if c.Held == nil {
		c.Held = func(primitives.Hash) {}
	}
	if c.Bitfield == nil {
		c.Bitfield = func(plan.Bitfield) {}
	}
	if c.Report == nil {
		c.Report = func(peer.ID, reputation.Reason) {}
	}
	if c.Cache <= 0 {
		c.Cache = 64 << 20
	}
	if c.Burst <= 0 {
		c.Burst = 64 << 20
	}
	if c.Rate <= 0 {
		c.Rate = 16 << 20
	}
	if c.Queue <= 0 {
		c.Queue = 256
	}
	if c.Now == nil {
		c.Now = func() primitives.Millis { return primitives.Millis(time.Now().UnixMilli()) }
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	c.Logger = c.Logger.Named("distribution")
	return c
}

// Validate lists every fault of c.
func (c Config) Validate() error {
	var faults []error
	if c.Requests == nil {
		faults = append(faults, errors.New("distribution config: no requests"))
	}
	if c.Store == nil {
		faults = append(faults, errors.New("distribution config: no store"))
	}
	if c.Peer == nil {
		faults = append(faults, errors.New("distribution config: no peer"))
	}
	return errors.Join(faults...)
}
