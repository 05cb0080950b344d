package collator

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/supervise"
	"github.com/rampart-chain/rampart/relay/transactions"
)

// Config is what a Collator needs. Everything is required but where it says
// otherwise.
type Config struct {
	// Para is the chain's id on the relay chain.
	Para primitives.ParaID
	// Chain is the rules of the chain, Block0 its first block.
	Chain  *sdk.Chain
	Block0 sdk.Block0
	// Key is one of the chain's collator keys.
	Key *sr25519.SecretKey
	// BasePath is where the chain's blocks are kept.
	BasePath string
	// Network is how collators of the chain find each other.
	Network Network
	// Workload gives extrinsics for the block with the number on the state after
	// its parent. Default: none.
	Workload func(parent frame.Backend, number primitives.BlockNumber) ([]primitives.Extrinsic, error)
	// RPC is where and whom the collator answers about the chain, in JSON-RPC, and
	// Spec what it tells them of it. Default: nowhere.
	RPC  rpc.Endpoint
	Spec backend.Spec
	// Loops says how long a loop may be silent, or take to end.
	Loops supervise.Config
	// Logger and Registerer. Default none. The registerer must not be the relay
	// node's, unless a label tells the two chains apart.
	Logger     *zap.Logger
	Registerer prometheus.Registerer
}

// Collator makes blocks of one chain.
type Collator struct {
	config  Config
	public  primitives.SR25519Public
	relay   *node.Node // since Run
	store   *store.Store
	offers  *collation.Offers
	changed chan struct{}          // capacity 1: the relay chain moved
	refused chan collation.OfferTo // offers that were not taken
	last    primitives.Hash        // relay block at which a block was last tried
	// head is the number of the block to build on, as the relay chain shows it; tip
	// is the highest block that is known here.
	head  primitives.BlockNumber
	tip   primitives.BlockID
	stall stall
	pool  *transactions.Pool
	feed  *backend.Feed // nil without rpc
	rpc   *rpc.Server   // nil if nobody is answered
	// listeners are told what happens to the chain, by the loop.
	listeners []chain.Listener
	session   sessionKeys
	// recovering says that missing blocks are being recovered; recovered gets them.
	recovering bool
	recovered  chan recovered // capacity 1
	peers      *peers
	heard      chan heard    // blocks of peers
	done       chan struct{} // closed when the loop has ended
	loops      *supervise.Loops
	metrics    metrics
	log        *zap.Logger
	sending    sync.WaitGroup

	// mu guards made: peers ask for collations while the loop makes more.
	mu   sync.Mutex
	made []collation.Collation
}

// maxMade bounds the collations that are kept for validators to fetch.
const maxMade = 16

// New opens the chain's blocks. The relay node is given to Run.
func New(config Config) (*Collator, error) {
	if config.Logger == nil {
		config.Logger = zap.NewNop()
	}
	c := &Collator{
		config: config, public: primitives.SR25519Public(config.Key.Public()), offers: collation.NewOffers(config.Para),
		changed: make(chan struct{}, 1), refused: make(chan collation.OfferTo, 64), recovered: make(chan recovered, 1),
		heard: make(chan heard, 16), done: make(chan struct{}), log: config.Logger.Named("collator"),
		metrics: newMetrics(config.Registerer),
	}
	if config.Loops.Patience == 0 {
		config.Loops.Patience = 20 * time.Second // the relay node's, and more
	}
	c.loops = supervise.New(config.Loops)
	path := filepath.Join(config.BasePath, "para")
	var err error
	if c.store, err = store.Open(store.Config{Path: path, CacheBytes: 4 << 20, Logger: config.Logger}); err != nil {
		return nil, fmt.Errorf("blocks of the chain: %w", err)
	}
	b := config.Block0
	if err := c.store.InitGenesis(b.Header, store.Diff{Values: b.Outcome.Changes, Nodes: b.Outcome.Nodes}); err != nil {
		if errors.Is(err, store.ErrForeignGenesis) {
			err = fmt.Errorf("%w: the chain spec is another one, or the chain's rules in this program are of another version; remove that directory, or choose another --base-path", err)
		}
		return nil, errors.Join(fmt.Errorf("blocks of the chain in %s: %w", path, err), c.store.Close())
	}
	c.tip = c.store.Best()
	for _, b := range c.store.Unfinalized() { // by number
		c.tip = primitives.BlockID{Hash: b.Hash, Number: b.Header.Number}
	}
	c.buildPool()
	if err := c.buildPeers(config.Network); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := c.buildRPC(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	c.tellSync()
	return c, nil
}

// Listener returns what the relay node must tell the collator; put it into the
// node's configuration. It never blocks.
func (c *Collator) Listener() chain.Listener {
	wake := func() {
		select {
		case c.changed <- struct{}{}:
		default:
		}
	}
	return chain.Listener{Imported: func(chain.Imported) { wake() }, Finalized: func(chain.Finalized) { wake() }}
}

// Close gives everything free. Run does it too.
func (c *Collator) Close() error {
	var errs []error
	if c.rpc != nil {
		errs = append(errs, c.rpc.Close())
	}
	if c.peers != nil {
		errs = append(errs, c.peers.host.Close())
	}
	return errors.Join(append(errs, c.store.Close())...)
}

// Addresses returns where other collators can reach this one, each ending in
// /p2p/<peer id>.
func (c *Collator) Addresses() []string {
	var out []string
	for _, a := range c.peers.host.Addresses() {
		out = append(out, a.String())
	}
	return out
}

// Status is a collator at one moment.
type Status struct {
	// Best and Finalized are blocks of the chain as this collator has them.
	Best, Finalized primitives.BlockID
	DBBytes         int64
}

// Status may be called from any goroutine.
func (c *Collator) Status() Status {
	return Status{Best: c.store.Best(), Finalized: c.store.Finalized(), DBBytes: c.store.Size()}
}

// Silent returns for how long each loop of the collator has been silent. It may
// be called from any goroutine.
func (c *Collator) Silent() map[string]time.Duration { return c.loops.Silent() }

// Run runs the relay node, which must not run yet, and makes and offers blocks
// beside it until ctx ends or one of both fails. Everything is closed when it
// returns. Call it once.
func (c *Collator) Run(ctx context.Context, relay *node.Node) error {
	c.relay = relay
	if err := relay.Handle(protocol.Collation, c.serve); err != nil {
		return errors.Join(err, relay.Close(), c.Close())
	}
	beat := c.loops.Beat("collator")
	c.loops.Go("relay node", relay.Run)
	c.loops.Go("collator", func(ctx context.Context) error { return c.loop(ctx, beat) })
	c.loops.Go("transactions", c.pool.Run)
	c.runPeers()
	if c.rpc != nil {
		c.loops.Go("rpc", c.rpc.Run)
	}
	err := c.loops.Run(ctx)
	if errors.Is(err, supervise.ErrHung) {
		return err // what still runs uses what Close would take away
	}
	c.sending.Wait()
	return errors.Join(err, c.Close())
}

func (c *Collator) loop(ctx context.Context, beat supervise.Beat) error {
	defer close(c.done)
	c.listen(ctx)
	idle := time.NewTicker(supervise.Idle)
	defer idle.Stop()
	tick := time.NewTicker(time.Duration(c.relay.SlotDuration()) * time.Millisecond)
	defer tick.Stop()
	for {
		beat.Alive()
		select {
		case <-ctx.Done():
			return nil
		case <-idle.C:
			continue
		case to := <-c.refused:
			c.offers.Unanswered(to)
			continue
		case in := <-c.heard:
			in.reply <- c.takeHeard(in.block)
			if err := c.store.Err(); err != nil {
				return fmt.Errorf("collator of chain %d: %w", c.config.Para, err)
			}
		case r := <-c.recovered:
			if err := c.take(r); err != nil {
				return fmt.Errorf("collator of chain %d: %w", c.config.Para, err)
			}
		case <-c.changed:
		case <-tick.C:
		}
		if err := c.follow(ctx); err != nil {
			return fmt.Errorf("collator of chain %d: %w", c.config.Para, err)
		}
	}
}

// follow takes up what the relay chain is now. An error means that the disk
// failed.
func (c *Collator) follow(ctx context.Context) error {
	if err := c.finalize(); err != nil {
		return err
	}
	c.metrics.heights(c.Status())
	best := c.relay.Snapshot().Best
	if best.Hash == c.last || c.relay.Syncing() {
		return nil
	}
	header, err := c.relay.Header(best.Hash)
	if err != nil {
		return nil // pruned meanwhile; another block is best
	}
	view, err := c.relay.View(best.Hash)
	if err != nil {
		return nil
	}
	c.last = best.Hash
	at, err := situationAt(frame.NewState(view), c.config.Para, header)
	if err == nil {
		if err := c.choose(at.parent); err != nil {
			return err
		}
	}
	c.lead(ctx, view, header)
	var candidate Candidate
	if err == nil {
		candidate, err = c.collate(ctx, view, at)
	}
	c.watch(at, err)
	var reason Reason
	switch {
	case errors.Is(err, ErrUnknownHead):
		c.catchUp(ctx, candidate.Block.ParentHash, best.Hash)
		return nil
	case errors.As(err, &reason):
		c.metrics.slots.WithLabelValues(string(reason)).Inc()
		c.log.Debug("no block", zap.Uint32("relay_parent", uint32(best.Number)), zap.NamedError("reason", err))
		return nil
	case c.store.Err() != nil:
		return c.store.Err()
	case err != nil:
		c.log.Warn("no block", zap.Uint32("relay_parent", uint32(best.Number)), zap.Error(err))
		return nil
	}
	c.metrics.made.Inc()
	c.log.Info("block made", zap.Uint32("number", uint32(candidate.Block.Number)), zap.Uint32("relay_parent", uint32(best.Number)), zap.Stringer("candidate", candidate.Receipt.Hash()), zap.Int("pov_bytes", len(candidate.PoV.BlockData)))
	c.offer(ctx, candidate)
	return nil
}
