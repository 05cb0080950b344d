package subsystem

import (
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/distribution"
	"github.com/rampart-chain/rampart/network/discovery"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/parachain/worker"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Config is what a Subsystem needs. Everything is required but where it says
// otherwise.
type Config struct {
	Chain    *chain.Chain
	Store    *store.Store
	Signer   *signer.Signer
	Verifier crypto.Verifier
	// Keys returns the para validator keys that the signer holds, which may become
	// more. It is asked for each new block.
	Keys func() []primitives.SR25519Public
	// Pool executes validation functions.
	Pool         *worker.Pool
	Discovery    *discovery.Discovery
	Distribution func(bitfield func(Bitfield), validator Peers) (*distribution.Distribution, error)
	Requests     *request.Service
	// Publish gossips an encoded message. It must not block.
	Publish func(topic protocol.Topic, data []byte)
	// SendStatements and SendBitfields send encoded messages to one peer. They
	// must not block.
	SendStatements, SendBitfields func(to protocol.PeerID, data [][]byte)
	// Neighbors returns the connected peers.
	Neighbors func() []protocol.PeerID
	// Report is told what peers did wrong. It must not block.
	Report func(peer.ID, reputation.Reason)
	// Syncing reports whether the node is behind the chain: then it takes no
	// part.
	Syncing func() bool
	// Distrust makes all keys of the signer wait for what the chain is at now, when
	// one of them is found to have signed elsewhere before the node started. Default:
	// that key alone waits.
	Distrust func() error
	// Quiet reports whether own statements and bitfields are held back, after the
	// start: another node that signs with the same keys is heard meanwhile. It is
	// asked until it says no, at least once per slot. Default never.
	Quiet func() bool
	// Now is the clock.
	Now func() primitives.Millis
	// Queue bounds the inputs waiting for the loop. Default 1024. Full: messages
	// of peers are dropped, the chain waits.
	Queue int
	// Beat is told that the loop is alive. Default nobody.
	Beat supervise.Beat
	// Logger and Registerer. Default none.
	Logger     *zap.Logger
	Registerer prometheus.Registerer
}

// Peers returns the peer that is a validator of a session; false if it is not
// known.
type Peers func(primitives.SessionIndex, primitives.ValidatorIndex) (peer.ID, bool)
