package blocksync

import (
	"context"
	"errors"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/blocksync/plan"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Config is what a Sync needs. The zero value of a field is its default.
type Config struct {
	// Requests asks and answers peers; New installs the handler of protocol.Sync.
	// Required.
	Requests *request.Service
	// Serve returns the blocks that a peer asks for, encoded: the start first,
	// at most r.Max, none if the start is unknown. It is called from many goroutines.
	// Required.
	Serve func(r protocol.SyncRequest) [][]byte
	// Inspect reads the header of an encoded block of a peer, without checking more
	// than that it can be read. It is called from many goroutines. Required.
	Inspect func(block []byte) (plan.Info, error)
	// Import imports blocks of a peer, ascending, each the child of the one before,
	// the first the child of a known block. Blocks that were imported in the meantime
	// may be among them. After nil the last is Known. An error that wraps ErrInvalid
	// blames the peer, any other nobody; then the blocks are fetched again later. It
	// is called from one goroutine and may take its time. Required.
	Import func(ctx context.Context, from peer.ID, blocks [][]byte) error
	// Known says whether a block is imported or waits for import elsewhere. It is
	// called from one goroutine, often, and must be quick. Required.
	Known func(primitives.Hash) bool
	// Report is told what peers did wrong. It must not block. Default: nobody.
	Report func(peer.ID, reputation.Reason)
	// Params bound the work.
	Params plan.Params
	// Queue bounds the claims of peers waiting for the loop. Default 1024. Full:
	// drop; peers claim again with their next block.
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
	if c.Report == nil {
		c.Report = func(peer.ID, reputation.Reason) {}
	}
	if c.Queue <= 0 {
		c.Queue = 1024
	}
	if c.Now == nil {
		c.Now = func() primitives.Millis { return primitives.Millis(time.Now().UnixMilli()) }
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	return c
}

// Validate lists every fault of c.
func (c Config) Validate() error {
	var faults []error
	for name, missing := range map[string]bool{
		"requests": c.Requests == nil, "serve": c.Serve == nil, "inspect": c.Inspect == nil,
		"import": c.Import == nil, "known": c.Known == nil,
	} {
		if missing {
			faults = append(faults, errors.New("blocksync config: no "+name))
		}
	}
	return errors.Join(faults...)
}
