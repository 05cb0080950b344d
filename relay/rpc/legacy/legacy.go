package legacy

import (
	"encoding/json"
	"slices"
	"sync/atomic"

	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/transactions"
)

// Config is what the methods are about.
type Config struct {
	// Chain is required.
	Chain backend.Chain
	// Transactions, Network and Keys may be nil: methods that need them are absent
	// then.
	Transactions *transactions.Pool
	Network      backend.Network
	Keys         backend.Keys
}

// Bounds of what one client, or all together, can ask for.
const (
	maxKeys    = 10_000    // of a call or subscription, and of a list of block numbers
	maxPage    = 1000      // keys of a page, as in Substrate
	maxRange   = 10_000    // blocks of state_queryStorage
	maxResult  = 7_500_000 // bytes of a result, which has two digits for each
	maxWatched = 1 << 18   // keys of all subscriptions to storage
	maxBehind  = 64        // events that wait for a subscription
)

// methods are the handlers.
type methods struct {
	Config
	metadata metadataCache
	watched  atomic.Int64 // keys of subscriptions to storage
}

// Register adds the methods to s.
func Register(s *jsonrpc.Server, c Config) {
	m := &methods{Config: c, metadata: metadataCache{entries: map[metadataKey]json.RawMessage{}}}
	for _, method := range slices.Concat(m.system(), m.account(), m.chain(), m.state(), m.childState(), m.author(), m.keys(), m.payment()) {
		s.Method(method)
	}
	for _, subscription := range slices.Concat(m.heads(), m.stateSubscriptions(), m.authorSubscriptions(), m.justifications()) {
		s.Subscription(subscription)
	}
}
