package collator

import (
	"context"
	"errors"
	"slices"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
)

// Which blocks of the chain are best and final is the relay chain's word: the best
// one is what the next block is built on, the head that the best relay block
// shows included or pending; final is the head that the finalized relay block
// includes. A block that the relay chain does not take is never best.

// listen has the pool, and who follows the chain, told what happens to it, until ctx
// ends.
func (c *Collator) listen(ctx context.Context) {
	c.listeners = []chain.Listener{c.pool.Listener(ctx)}
	if c.feed != nil {
		c.listeners = append(c.listeners, c.feed.Listener())
	}
}

// finalized tells the listeners that blocks became final, or, without blocks, that
// another one is best.
func (c *Collator) finalized(cut store.Cut) {
	e := chain.Finalized{Block: c.store.Finalized(), Best: c.store.Best(), Canonical: cut.Canonical, Pruned: cut.Pruned}
	for _, l := range c.listeners {
		l.Finalized(e)
	}
}

// keep stores a block, so that others can be made on it. On the way to the head that
// the relay chain shows, each is best in turn.
func (c *Collator) keep(block primitives.Block, outcome executive.Outcome) error {
	id, best := block.Header.ID(), c.store.Best()
	if block.Header.ParentHash == best.Hash && id.Number <= c.head {
		best = id
	}
	failpoint.Here(failpoint.CollatorKeepBefore)
	err := c.store.Import(store.Import{
		Block: block, Hash: id.Hash, Best: best.Hash, Diff: store.Diff{Values: outcome.Changes, Nodes: outcome.Nodes},
	})
	failpoint.Here(failpoint.CollatorKeepAfter)
	if errors.Is(err, store.ErrKnown) {
		return nil
	}
	if err != nil {
		return err
	}
	if id.Number > c.tip.Number {
		c.tip = id
	}
	for _, l := range c.listeners {
		l.Imported(chain.Imported{Hash: id.Hash, Header: block.Header, Extrinsics: block.Extrinsics, Best: best})
	}
	return nil
}

// choose makes the block best that the next one is built on, if it is known here. An
// error means that the disk failed.
func (c *Collator) choose(head primitives.Header) error {
	c.head = head.Number
	hash := head.Hash()
	if hash == c.store.Best().Hash {
		return nil
	}
	err := c.store.SetBest(hash)
	if errors.Is(err, store.ErrBadBest) {
		return nil
	}
	if err != nil {
		return err
	}
	c.finalized(store.Cut{})
	c.tellSync()
	return nil
}

// finalizeHead makes a block of the chain final, if it is known here.
func (c *Collator) finalizeHead(head primitives.Header) error {
	failpoint.Here(failpoint.CollatorFinalizeBefore)
	cut, err := c.store.Finalize(store.Finality{Hash: head.Hash()})
	failpoint.Here(failpoint.CollatorFinalizeAfter)
	if errors.Is(err, store.ErrUnknownBlock) {
		return nil
	}
	if err != nil || len(cut.Canonical) == 0 {
		return err
	}
	if slices.Contains(cut.Pruned, c.tip) {
		c.tip = c.store.Best()
	}
	c.finalized(cut)
	c.tellSync()
	return nil
}
