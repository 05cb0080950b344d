package v1

import (
	"cmp"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/transactions"
)

// Config is what is served, and how much of it to whom.
type Config struct {
	Chain backend.Chain
	// Transactions may be nil: transaction_v1 and transactionWatch_v1 are absent then.
	Transactions *transactions.Pool
	// Archive serves archive_v1. It promises every state of every final block, so the
	// node must keep them: store.Config.Archive.
	Archive bool
	Limits  Limits
	// Logger gets faults that are the node's. Default none.
	Logger *zap.Logger
}

// Limits bound what clients can make the node keep and do. Zero is the default. Most
// defaults are those of polkadot-sdk substrate/client/rpc-spec-v2.
type Limits struct {
	// Pinned bounds the final and pruned blocks that a follow pins. Default 512. More
	// stop it.
	Pinned int
	// AllPinned bounds Pinned of all follows together: each has an equal part, but 32
	// at least. Default 32,768.
	AllPinned int
	// Behind bounds the events that wait for a follow. Default 512. More stop it.
	Behind int
	// Kept bounds the blocks of which state and body are kept in case they are pruned.
	// Default 1,024. KeptBytes bounds their bodies. Default 64 MiB.
	Kept, KeptBytes int
	// Steps bounds the steps of operations at once that read, and those that call the
	// runtime, of all clients. Default 4 each.
	Steps int
	// Page is the number of messages of descendants after which a client must ask for
	// more. Default 8. A message has at most 128 items.
	Page int
	// Broadcasts bounds the transactions that a connection has broadcast at once; the
	// specification wants 4. Default 16. More get null.
	Broadcasts int
	// Queries bounds the archive storage subscriptions of a connection. Default 16.
	Queries int
}

// Bounds that nobody sets.
const (
	// maxFollows bounds those of a connection; the specification wants 2. More get an
	// error.
	maxFollows = 4
	// maxOperations bounds those of a follow at once, each storage item counted; the
	// specification wants 16. More are limitReached.
	maxOperations = 16
	// minPinned is the least that a follow may pin of final and pruned blocks.
	minPinned = 32
)

func (c Config) withDefaults() Config {
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	l := &c.Limits
	for _, each := range []struct {
		limit *int
		value int
	}{
		{&l.Pinned, 512}, {&l.AllPinned, 1 << 15}, {&l.Behind, 512}, {&l.Kept, 1 << 10},
		{&l.KeptBytes, 64 << 20}, {&l.Steps, 4}, {&l.Page, 8}, {&l.Broadcasts, 16}, {&l.Queries, 16},
	} {
		*each.limit = cmp.Or(*each.limit, each.value)
	}
	return c
}
