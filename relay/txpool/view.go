package txpool

import "github.com/rampart-chain/rampart/relay/primitives"

// entered is a block of the best chain and its transactions, without inherents.
type entered struct {
	id           primitives.BlockID
	final        bool
	transactions []inclusion
}

// inclusion is a transaction in a block.
type inclusion struct {
	hash  primitives.Hash
	index uint32
	tags  []Tag
}

// position is where in the view a transaction is.
type position struct {
	block *entered
	index uint32
}

// view is the end of the best chain as the shell told it: up to maxView blocks,
// of which the final ones come first.
type view struct {
	best   primitives.BlockID
	blocks []*entered
	byHash map[primitives.Hash]*entered
	where  map[primitives.Hash]position
	count  int // transactions in all blocks
	finals int // final blocks among them
	thin   int // lowest blocks of which only watched transactions are kept
	// seen are blocks that were final before they were entered, in that order.
	seen     []primitives.Hash
	seenHash map[primitives.Hash]struct{}
}

func newView(best primitives.BlockID) view {
	base := &entered{id: best}
	return view{
		best: best, blocks: []*entered{base}, byHash: map[primitives.Hash]*entered{best.Hash: base},
		where: map[primitives.Hash]position{}, seenHash: map[primitives.Hash]struct{}{},
	}
}

// push makes b the best block. A transaction that is in a lower block stays where
// it is.
func (v *view) push(b *entered) {
	v.blocks, v.byHash[b.id.Hash], v.best = append(v.blocks, b), b, b.id
	v.count += len(b.transactions)
	for _, x := range b.transactions {
		if _, ok := v.where[x.hash]; !ok {
			v.where[x.hash] = position{b, x.index}
		}
	}
}

// top returns the best block if it is not final, else nil.
func (v *view) top() *entered {
	if len(v.blocks) == v.finals {
		return nil
	}
	return v.blocks[len(v.blocks)-1]
}

// pop takes the best block away, which top returned.
func (v *view) pop() {
	last := len(v.blocks) - 1
	b := v.blocks[last]
	v.blocks[last] = nil
	v.blocks = v.blocks[:last]
	v.drop(b)
	v.thin = min(v.thin, last)
	if last > 0 {
		v.best = v.blocks[last-1].id
	}
}

// shift takes the lowest block away.
func (v *view) shift() *entered {
	b := v.blocks[0]
	v.blocks[0] = nil
	v.blocks = v.blocks[1:]
	if b.final {
		v.finals--
	}
	v.thin = max(v.thin-1, 0)
	v.drop(b)
	return b
}

func (v *view) drop(b *entered) {
	delete(v.byHash, b.id.Hash)
	v.count -= len(b.transactions)
	for _, x := range b.transactions {
		if v.where[x.hash].block == b {
			delete(v.where, x.hash)
		}
	}
}

// full reports whether the lowest block must go.
func (v *view) full() bool {
	return len(v.blocks) > 1 && (len(v.blocks) > maxView || v.finals > maxFinalKept)
}

// see remembers that a block that is not in the view is final.
func (v *view) see(hash primitives.Hash) {
	if _, ok := v.seenHash[hash]; ok {
		return
	}
	if len(v.seen) == maxFinalSeen {
		delete(v.seenHash, v.seen[0])
		v.seen = v.seen[1:]
	}
	v.seen = append(v.seen, hash)
	v.seenHash[hash] = struct{}{}
}

// known reports whether a validity read after that block may be used: the block
// is of the best chain.
func (v *view) known(block primitives.BlockID) bool {
	return v.byHash[block.Hash] != nil || block == v.best
}

// enacted enters a block: its transactions leave the pool, others with their tags
// are usurped, and what required the tags has them.
func (c *Core) enacted(b Block) {
	if c.view.byHash[b.ID.Hash] != nil {
		return
	}
	for top := c.view.top(); top != nil && top.id.Number >= b.ID.Number; top = c.view.top() {
		c.retract(nil) // the shell left out that these are no longer of the best chain
	}
	if b.ID.Number <= c.view.best.Number && len(c.view.blocks) > 0 {
		return // a fork from below what is final
	}
	e := &entered{id: b.ID}
	for i, x := range b.Body {
		if tags := c.params.Provides(x); len(tags) > 0 {
			e.transactions = append(e.transactions, inclusion{Hash(x), uint32(i), tags})
		}
	}
	c.view.push(e)
	for _, x := range e.transactions {
		c.include(e, x)
	}
	c.graph.settle()
	for c.view.full() {
		c.forgetLowest()
	}
	for c.view.count > maxViewTx && c.view.thin < len(c.view.blocks)-1 {
		c.thinOut()
	}
	if _, ok := c.view.seenHash[b.ID.Hash]; ok {
		c.finalize(e)
	}
}

// include takes transaction x of block b out of the pool.
func (c *Core) include(b *entered, x inclusion) {
	for _, tag := range x.tags {
		c.graph.included[tag] = b.id.Number
		c.graph.dirty = append(c.graph.dirty, tag)
	}
	if t := c.pool[x.hash]; t != nil {
		c.answerIncluded(t)
		c.remove(t)
	}
	if w := c.watches.of[x.hash]; w != nil && w.in == nil {
		w.in = b
		c.notify(x.hash, Status{Kind: StatusInBlock, Block: b.id, Index: x.index})
	}
	for _, tag := range x.tags {
		if rival := c.graph.provider[tag]; rival != nil {
			c.leave(rival, Status{Kind: StatusUsurped, By: x.hash, Reason: ErrIncluded})
		}
	}
}

// retract takes the best block away. body are its extrinsics if the shell gave
// them: what is in no other block returns to the pool.
func (c *Core) retract(body []bodied) {
	b := c.view.top()
	c.view.pop()
	for _, x := range b.transactions {
		for _, tag := range x.tags {
			if c.graph.included[tag] == b.id.Number {
				delete(c.graph.included, tag)
				c.graph.dirty = append(c.graph.dirty, tag)
			}
		}
		if w := c.watches.of[x.hash]; w != nil && w.in == b {
			w.in = nil
			c.notify(x.hash, Status{Kind: StatusRetracted, Block: b.id})
			c.returns.add(x.hash, nil)
		}
	}
	for _, x := range body {
		c.returns.add(x.hash, x.extrinsic)
	}
	c.reorganized = true
	c.graph.settle()
}

// bodied is an extrinsic of a retracted block.
type bodied struct {
	hash      primitives.Hash
	extrinsic primitives.Extrinsic
}

// retracted leaves a block, and those above it. Blocks that are not of the view,
// or final, are none of the pool's.
func (c *Core) retracted(b Block) {
	e := c.view.byHash[b.ID.Hash]
	if e == nil || e.final {
		return
	}
	for c.view.top() != e {
		c.retract(nil)
	}
	body := make([]bodied, 0, len(e.transactions))
	for _, x := range e.transactions {
		if int(x.index) < len(b.Body) && Hash(b.Body[x.index]) == x.hash {
			body = append(body, bodied{x.hash, b.Body[x.index]})
		}
	}
	c.retract(body)
}

// forgetLowest takes the lowest block out of the view. Who awaits its finality
// waits no longer; what required its tags will not lose them any more.
func (c *Core) forgetLowest() {
	b := c.view.shift()
	for _, x := range b.transactions {
		if w := c.watches.of[x.hash]; w != nil && w.in == b {
			c.notify(x.hash, Status{Kind: StatusFinalityTimeout, Block: b.id})
		}
		c.release(b, x)
	}
}

// thinOut forgets the transactions that nobody watches of the lowest block that
// still has all: blocks so far down are hardly ever left.
func (c *Core) thinOut() {
	b := c.view.blocks[c.view.thin]
	var kept []inclusion
	for _, x := range b.transactions {
		if w := c.watches.of[x.hash]; w != nil && w.in == b {
			kept = append(kept, x)
			continue
		}
		if c.view.where[x.hash].block == b {
			delete(c.view.where, x.hash)
		}
		c.release(b, x)
	}
	c.view.count -= len(b.transactions) - len(kept)
	b.transactions = kept
	c.view.thin++
}

// release forgets the tags of x, a transaction of b. Who required them does so
// no longer.
func (c *Core) release(b *entered, x inclusion) {
	for _, tag := range x.tags {
		if c.graph.included[tag] != b.id.Number {
			continue
		}
		for _, t := range c.graph.requiring(tag) {
			if t.block.Number < b.id.Number {
				c.graph.settled(t, tag)
			}
		}
		delete(c.graph.included, tag)
	}
}

// finalize makes b, a block of the view, and those below final.
func (c *Core) finalize(b *entered) {
	for _, e := range c.view.blocks[c.view.finals:] {
		if e.id.Number > b.id.Number {
			break
		}
		e.final = true
		c.view.finals++
		for _, x := range e.transactions {
			if w := c.watches.of[x.hash]; w != nil && w.in == e {
				c.notify(x.hash, Status{Kind: StatusFinalized, Block: e.id, Index: x.index})
			}
		}
	}
	for c.view.full() {
		c.forgetLowest()
	}
}

// finalized takes up blocks that are final.
func (c *Core) finalized(blocks []primitives.BlockID) {
	for _, id := range blocks {
		if e := c.view.byHash[id.Hash]; e == nil {
			c.view.see(id.Hash)
		} else if !e.final {
			c.finalize(e)
		}
	}
}
