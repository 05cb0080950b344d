package offline

import (
	"errors"
	"fmt"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/store"
)

// Reason says why nothing could be done. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

const (
	// ErrRunning: a node uses the database.
	ErrRunning = Reason("a node is running on this database: stop it first")
	// ErrNoChain: there is no database.
	ErrNoChain = Reason("there is no database: no node ran here with this chain")
	// ErrUnknownBlock: the block is not in the database, or not on its best chain.
	ErrUnknownBlock = Reason("block is not in the database")
	// ErrFork: a block is below the finalized one and not of its chain.
	ErrFork = Reason("block is on another chain than the finalized one")
	// ErrProof: a justification proves nothing here.
	ErrProof = Reason("justification does not hold")
)

// Config says which chain.
type Config struct {
	// Database is its directory; Genesis block 0. Both are required.
	Database string
	Genesis  genesis.Genesis
	// Create makes the database if there is none.
	Create bool
	// Archive keeps every state, as it must if the node does.
	Archive bool
	// Logger gets what the store and the chain say. Default none.
	Logger *zap.Logger
}

// Chain is the chain in a database.
type Chain struct {
	store    *store.Store
	verifier crypto.Remembering
	rules    *runtime.Runtime
	log      *zap.Logger
}

// Open opens the database. It returns ErrRunning, ErrNoChain, or an error of
// package store.
func Open(c Config) (*Chain, error) {
	if _, err := os.Stat(c.Database); err != nil && !c.Create {
		return nil, fmt.Errorf("%s: %w", c.Database, ErrNoChain)
	}
	s, err := store.Open(store.Config{Path: c.Database, Archive: c.Archive, Logger: c.Logger})
	if errors.Is(err, store.ErrLocked) {
		return nil, fmt.Errorf("%s: %w", c.Database, ErrRunning)
	}
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", c.Database, err)
	}
	if _, found := s.Genesis(); !found && !c.Create {
		return nil, errors.Join(fmt.Errorf("%s: %w", c.Database, ErrNoChain), s.Close())
	}
	g := c.Genesis
	if err := s.InitGenesis(g.Header, store.Diff{Values: g.Outcome.Changes, Nodes: g.Outcome.Nodes}); err != nil {
		return nil, errors.Join(fmt.Errorf("database %s: %w", c.Database, err), s.Close())
	}
	verifier := crypto.NewRemembering()
	return &Chain{store: s, verifier: verifier, rules: runtime.New(verifier), log: c.Logger}, nil
}

// Close closes the database.
func (c *Chain) Close() error { return c.store.Close() }

// Info is the chain at a glance.
type Info struct {
	Genesis         primitives.Hash
	Best, Finalized primitives.BlockID
	// Oldest is the oldest finalized block whose state can be read.
	Oldest primitives.BlockNumber
	// Unfinalized counts the blocks above the finalized one, forks included.
	Unfinalized int
}

// Info returns the heads of the chain.
func (c *Chain) Info() Info {
	first, _ := c.store.Genesis()
	return Info{Genesis: first, Best: c.store.Best(), Finalized: c.store.Finalized(), Oldest: c.store.Oldest(), Unfinalized: len(c.store.Unfinalized())}
}

// At returns the block with the number on the best chain, or ErrUnknownBlock.
func (c *Chain) At(number primitives.BlockNumber) (primitives.Hash, error) {
	hash, found, err := c.store.CanonicalHash(number)
	if err == nil && !found {
		err = fmt.Errorf("#%d: %w", number, ErrUnknownBlock)
	}
	return hash, err
}

// Block returns a stored block with its justification, if there is one.
func (c *Chain) Block(hash primitives.Hash) (b chain.StoredBlock, err error) {
	if b.Block.Header, err = c.store.Header(hash); err != nil {
		return b, fmt.Errorf("%s: %w", hash, unknown(err))
	}
	if b.Block.Extrinsics, err = c.store.Body(hash); err != nil {
		return b, fmt.Errorf("%s: %w", hash, err)
	}
	justification, found, err := c.store.Justification(hash)
	if found {
		b.Justification = &justification
	}
	return b, err
}

func unknown(err error) error {
	if errors.Is(err, store.ErrUnknownBlock) {
		return ErrUnknownBlock
	}
	return err
}

// Check executes a block again on the state of its parent. It returns nil if the
// result is what its header says, the reason why not, chain.ErrOtherRules, or
// store.ErrStateDiscarded.
func (c *Chain) Check(hash primitives.Hash) error {
	b, err := c.Block(hash)
	if err != nil {
		return err
	}
	if b.Block.Header.Number == 0 {
		return nil // opened with the genesis that the spec describes
	}
	parent, err := c.store.Header(b.Block.Header.ParentHash)
	if err != nil {
		return fmt.Errorf("parent: %w", err)
	}
	view, err := c.store.View(b.Block.Header.ParentHash)
	if err != nil {
		return fmt.Errorf("state of the parent: %w", err)
	}
	if err := chain.CheckRules(c.store, b.Block.Header.ID()); err != nil {
		return err
	}
	if b.Block.Header, _, err = b.Block.Header.Unsealed(); err != nil {
		return err
	}
	_, err = c.rules.Execute(view, parent, b.Block)
	return err
}

// State calls each with the keys and values of the state after a block, by key
// ascending, until it returns an error. Slices are shared. Errors are that one,
// ErrUnknownBlock or store.ErrStateDiscarded.
func (c *Chain) State(hash primitives.Hash, each func(key, value []byte) error) error {
	view, err := c.store.View(hash)
	if err != nil {
		return fmt.Errorf("state of %s: %w", hash, unknown(err))
	}
	for key, ok, err := view.Next(nil); ; key, ok, err = view.Next(key) {
		if err != nil || !ok {
			return err
		}
		value, err := view.Get(key)
		if err != nil {
			return err
		}
		if err := each(key, value); err != nil {
			return err
		}
	}
}

func wall() primitives.Millis { return primitives.Millis(time.Now().UnixMilli()) }
