package recovery

import (
	"errors"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/recovery/plan"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Local is what this node keeps itself, such as a distribution.Distribution.
type Local interface {
	// Data returns the available data of a candidate, if all of it is kept.
	Data(candidate primitives.Hash) (primitives.AvailableData, bool)
	// Chunk returns a chunk of a candidate, if it is kept.
	Chunk(candidate primitives.Hash, index primitives.ValidatorIndex) (chunk.Chunk, bool)
}

// Config is what a Recovery needs. The zero value of a field is its default.
type Config struct {
	// Requests asks peers; it must know protocol.Chunk and protocol.AvailableData.
	// Required.
	Requests *request.Service
	// Peer returns the peer that is a validator of a session; false if it is not
	// known. It is called from many goroutines and must not block. Required.
	Peer func(primitives.SessionIndex, primitives.ValidatorIndex) (peer.ID, bool)
	// Local is what this node keeps. Default: nothing.
	Local Local
	// Report is told what peers did wrong. It must not block. Default: nobody.
	Report func(peer.ID, reputation.Reason)
	// Params bound one recovery.
	Params plan.Params
	// Jobs bounds the recoveries at once; others wait. Default 4.
	Jobs int
	// Seed decides, with the candidate, in which order validators are asked; nodes
	// should have different ones.
	Seed primitives.Hash
	// Now is the clock, which must not go back. Default: the system's.
	Now func() primitives.Millis
	// Logger. Default: none.
	Logger *zap.Logger
	// Registerer receives the metrics. Default: none.
	Registerer prometheus.Registerer
}

func (c Config) withDefaults() Config {
	if c.Local == nil {
		c.Local = nothing{}
	}
	if c.Report == nil {
		c.Report = func(peer.ID, reputation.Reason) {}
	}
	if c.Jobs <= 0 {
		c.Jobs = 4
	}
	if c.Now == nil {
		c.Now = func() primitives.Millis { return primitives.Millis(time.Now().UnixMilli()) }
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	c.Logger = c.Logger.Named("recovery")
	return c
}

// Validate lists every fault of c.
func (c Config) Validate() error {
	var faults []error
	if c.Requests == nil {
		faults = append(faults, errors.New("recovery config: no requests"))
	}
	if c.Peer == nil {
		faults = append(faults, errors.New("recovery config: no peer"))
	}
	return errors.Join(faults...)
}

// nothing is the Local of a node that keeps nothing.
type nothing struct{}

func (nothing) Data(primitives.Hash) (primitives.AvailableData, bool) {
	return primitives.AvailableData{}, false
}

func (nothing) Chunk(primitives.Hash, primitives.ValidatorIndex) (chunk.Chunk, bool) {
	return chunk.Chunk{}, false
}
