package node

import (
	"crypto/ed25519"
	"errors"

	"github.com/libp2p/go-libp2p"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/supervise"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// Config is the operator's choice.
type Config struct {
	// Name tells nodes apart in logs.
	Name string
	// BasePath is the directory of everything the node keeps. Required.
	BasePath string
	// ChainID is that of the chain spec; it names a directory under the base path.
	// Default DefaultChainID.
	ChainID string
	// KeystorePassword is put behind every secret URI in the keystore that has
	// none. Default none.
	KeystorePassword string
	// KeystorePath is the directory of session keys. Default keystore, beside the
	// chain.
	KeystorePath string
	// Genesis is block 0 of the chain. Required.
	Genesis genesis.Genesis
	// ForkID sets the network apart from others with the same genesis. Default
	// none.
	ForkID string
	// Validator makes the node author and vote with its session keys.
	Validator bool
	// Collator says that the node runs beside a collator.
	Collator bool
	// WorkerPath is the rampart binary, which a validator starts again as worker
	// processes. Required for validators.
	WorkerPath string
	// Workers is how many processes execute validation functions at once. Default
	// 2.
	Workers int
	// Listeners are told what happens to the chain, after the node's own.
	Listeners []chain.Listener
	// DevKeys are secret URIs such as //Alice; from each, a key of every type is
	// held in memory.
	DevKeys []string
	// Archive keeps every state.
	Archive bool
	// CacheBytes bounds state kept in memory. Default 16 MiB.
	CacheBytes int
	// ForceAuthoring makes a validator work before it has met anybody.
	ForceAuthoring bool
	// Pool are the bounds of the transaction pool; Author is set by the node.
	Pool    txpool.Params
	Network Network
	// RPC is where wallets and tools reach the node. Default nowhere.
	RPC rpc.Endpoint
	// Spec is what the chain spec says to wallets.
	Spec backend.Spec
	// Loops says how long a loop may be silent, or take to end.
	Loops supervise.Config
	// Logger and Registerer. Default none. Two nodes with one Registerer need a
	// label that tells them apart.
	Logger     *zap.Logger
	Registerer prometheus.Registerer
}

// Network is how the node talks to others.
type Network struct {
	// Key is the node key; nil means the one in the base path, made if there
	// is none.
	Key ed25519.PrivateKey
	// Listen, Public, Bootnodes and Reserved are multiaddrs; see network/host.
	Listen, Public, Bootnodes, Reserved []string
	// MDNS finds nodes of the same chain on the local network.
	MDNS bool
	// Target is the number of peers below which the node looks for more.
	// Default 25. Peers and Outbound are those of host.Limits.
	Target, Peers, Outbound int
	// NoPrivate keeps the node from dialing private addresses that others tell it
	// of, ReservedOnly from all peers but Reserved and validators.
	NoPrivate, ReservedOnly bool
	// Options are added to those of libp2p. Tests replace the network with them.
	Options []libp2p.Option
}

func (c Config) paths() Paths {
	p := PathsOf(c.BasePath, c.ChainID)
	if c.KeystorePath != "" {
		p.Keystore = c.KeystorePath
	}
	return p
}

// network returns what stands for the chain in the names of its protocols.
func (c Config) network() primitives.Hash {
	return protocol.Network(c.Genesis.Header.Hash(), c.ForkID)
}

// Validate lists every fault of c.
func (c Config) Validate() error {
	var faults []error
	if c.BasePath == "" {
		faults = append(faults, errors.New("node config: no base path"))
	}
	if c.Genesis.Header.StateRoot.IsZero() {
		faults = append(faults, errors.New("node config: no genesis"))
	}
	if len(c.DevKeys) > 0 && !c.Validator {
		faults = append(faults, errors.New("node config: keys without the validator role"))
	}
	if c.Validator && c.WorkerPath == "" {
		faults = append(faults, errors.New("node config: validator without the path of its worker"))
	}
	return errors.Join(faults...)
}
