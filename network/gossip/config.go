package gossip

import (
	"errors"
	"fmt"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Topic is a subject of gossip and what is done with its messages.
type Topic struct {
	protocol.TopicLimits
	// Validate judges a message before it is forwarded. It is called from several
	// goroutines at once and must neither block, unless Concurrent allows it, nor
	// change data. Default: accept.
	Validate func(from peer.ID, data []byte) protocol.Verdict
	// Concurrent is how many calls of Validate may wait at once, beside those of
	// other topics; further messages are dropped. Default 0: Validate never waits.
	Concurrent int
	// Handle is given every accepted message of peers, from one goroutine. While
	// it runs, TopicLimits.Queue messages wait; more are dropped. It must not
	// change data. Default: none; the node then only forwards.
	Handle func(from peer.ID, data []byte)
}

// Config is what a Gossip needs. The zero value of a field is its default.
type Config struct {
	// Host carries the messages. Required.
	Host host.Host
	// Genesis is the chain whose topics are joined.
	Genesis primitives.Hash
	// Topics are the topics of the chain. Required.
	Topics []Topic
	// Report is told whose messages were rejected. It must not block. Default:
	// nobody.
	Report func(peer.ID, reputation.Reason)
	// Heartbeat is the interval at which the mesh is mended and missing messages
	// are asked for. Default 700 ms.
	Heartbeat time.Duration
	// PeerQueue bounds the messages waiting to be sent to one peer. Full: drop,
	// the oldest kept. Default 512.
	PeerQueue int
	// ValidateQueue bounds the messages waiting for validation. Full: drop, the
	// oldest kept. Default 4096.
	ValidateQueue int
	// Beat is told that the service is alive. Default: nobody.
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
	if c.Heartbeat <= 0 {
		c.Heartbeat = 700 * time.Millisecond
	}
	if c.PeerQueue <= 0 {
		c.PeerQueue = 512
	}
	if c.ValidateQueue <= 0 {
		c.ValidateQueue = 4096
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
		faults = append(faults, errors.New("gossip config: no host"))
	}
	if len(c.Topics) == 0 {
		faults = append(faults, errors.New("gossip config: no topics"))
	}
	seen := map[protocol.Topic]bool{}
	for _, t := range c.Topics {
		if t.MaxMessage <= 0 || t.Queue <= 0 {
			faults = append(faults, fmt.Errorf("gossip config: topic %s without limits", t.Topic))
		}
		if seen[t.Topic] {
			faults = append(faults, fmt.Errorf("gossip config: topic %s twice", t.Topic))
		}
		seen[t.Topic] = true
	}
	return errors.Join(faults...)
}
