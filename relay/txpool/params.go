package txpool

import "github.com/rampart-chain/rampart/relay/primitives"

// Limit bounds a queue of transactions.
type Limit struct {
	Count int // transactions
	Bytes int // of their extrinsics together
}

// exceeded reports whether count or bytes are above l.
func (l Limit) exceeded(count, bytes int) bool { return count > l.Count || bytes > l.Bytes }

// share returns l divided by n, at least one transaction of any size up to max.
func (l Limit) share(n, size int) Limit {
	return Limit{max(l.Count/n, 1), max(l.Bytes/n, size)}
}

// Params are a node's parameters of its pool. The zero value is usable.
type Params struct {
	// Ready bounds the ready transactions, Future the others. Default 8,192 and
	// 20 MiB; a tenth of Ready.
	//
	// Source: substrate/client/cli/src/params/transaction_pool_params.rs.
	Ready, Future Limit
	// MaxSize bounds an extrinsic, in bytes. Default 3.75 MiB: three quarters
	// of a block, which is what signed extrinsics may use.
	MaxSize int
	// BanTime is how long what was refused or evicted is not looked at again,
	// in milliseconds. Default 30 minutes.
	BanTime primitives.Millis
	// Regossip is after what time a transaction of this node that is still
	// ready is gossiped again, in milliseconds. Default 125 s: gossip drops
	// what it has seen within 120 s.
	Regossip primitives.Millis
	// MaxWatchers bounds watchers. Default 4,096.
	MaxWatchers int
	// Author says that this node authors blocks: else it has no use for
	// transactions that may not be sent on.
	Author bool
	// Provides returns the tags that an extrinsic of a block provided, none of
	// an inherent: such are not followed. Default Provided. It must be pure, and
	// agree with the runtime's Valid.Provides.
	Provides func(primitives.Extrinsic) []Tag
}

// Bounds that nobody needs to change.
const (
	maxValidating      = 1024     // extrinsics that await their first validity
	maxValidatingBytes = 16 << 20 // of them together
	maxValidatingPeer  = 128      // of them from one peer
	maxWaiters         = 64       // requests and peers that await one validity
	maxPerTransaction  = 64       // watchers of one transaction
	maxNamedPeers      = 64       // peers named to a watcher
	maxBans            = 4096
	maxRepeats         = 256
	maxRepeatsBytes    = 16 << 20
	maxAttempts        = 3 // validations at blocks that were retracted meanwhile
	// maxView is for how many blocks a transaction may await finality.
	//
	// Source: substrate/client/transaction-pool/src/graph/listener.rs, MAX_FINALITY_WATCHERS.
	maxView      = 512
	maxViewTx    = 1 << 16 // transactions in those blocks, besides those watched
	maxFinalKept = 32      // final blocks among them
	maxFinalSeen = 512     // final blocks remembered before they are entered
	// Every head validates one of revalidation ready transactions again, and at
	// most maxRevalidation, so that each has its turn in about twenty blocks.
	//
	// Source: substrate/client/transaction-pool/src/single_state_txpool.rs.
	revalidation    = 20
	maxRevalidation = 512
	// Parts of the pool that transactions of one peer may use.
	readyShare, futureShare = 2, 4
)

func (p Params) withDefaults() Params {
	if p.Ready == (Limit{}) {
		p.Ready = Limit{8192, 20 << 20}
	}
	if p.Future == (Limit{}) {
		p.Future = Limit{p.Ready.Count / 10, p.Ready.Bytes / 10}
	}
	if p.MaxSize == 0 {
		p.MaxSize = 5 << 20 / 4 * 3
	}
	if p.BanTime == 0 {
		p.BanTime = 30 * 60 * 1000
	}
	if p.Regossip == 0 {
		p.Regossip = 125_000
	}
	if p.MaxWatchers == 0 {
		p.MaxWatchers = 4096
	}
	if p.Provides == nil {
		p.Provides = Provided
	}
	return p
}
