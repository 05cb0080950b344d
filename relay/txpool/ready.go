package txpool

import (
	"container/heap"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Transaction is a ready transaction. Its slices must not be changed.
type Transaction struct {
	Hash      primitives.Hash
	Extrinsic primitives.Extrinsic
	Priority  uint64
	// ValidTill is the number of the block from which on it is not valid.
	ValidTill uint64
	Propagate bool
}

// Ready goes through the ready transactions as they were when it was made, best
// first and each after those it depends on. It shares nothing with its Core that
// changes, and may be used by another goroutine.
type Ready struct {
	best     frontier
	returned *node // the last one, until the next is asked for
}

// node is a transaction and those that need it, once for each tag. missing counts
// the tags not provided by what was returned.
type node struct {
	transaction Transaction
	sequence    uint64
	missing     int
	unlocks     []*node
}

// Ready returns an iterator over the ready transactions. It takes time linear in
// their number.
func (c *Core) Ready() *Ready {
	nodes := make([]node, c.graph.ready.Len())
	for i, t := range c.graph.ready.items {
		nodes[i] = node{transaction: Transaction{t.hash, t.extrinsic, t.valid.Priority, t.till, t.valid.Propagate}, sequence: t.sequence}
	}
	r := &Ready{best: make(frontier, 0, len(nodes))}
	for i, t := range c.graph.ready.items {
		n := &nodes[i]
		for _, need := range t.needs {
			if p := c.graph.provider[need.tag]; p != nil && p.place == ready {
				parent := &nodes[p.at[slotPool]]
				parent.unlocks = append(parent.unlocks, n)
				n.missing++
			}
		}
	}
	for i := range nodes {
		if nodes[i].missing == 0 {
			r.best = append(r.best, &nodes[i])
		}
	}
	heap.Init(&r.best)
	return r
}

// Next returns the next transaction; ok is false when there are no more.
func (r *Ready) Next() (t Transaction, ok bool) {
	if r.returned != nil {
		for _, n := range r.returned.unlocks {
			if n.missing--; n.missing == 0 {
				heap.Push(&r.best, n)
			}
		}
		r.returned = nil
	}
	if len(r.best) == 0 {
		return Transaction{}, false
	}
	r.returned = heap.Pop(&r.best).(*node)
	return r.returned.transaction, true
}

// Refuse says that the transaction returned last is not in the block: those that
// depend on it are left out.
func (r *Ready) Refuse() { r.returned = nil }

// frontier is a heap of nodes all of whose needs were returned, best first.
type frontier []*node

func (f frontier) Len() int           { return len(f) }
func (f frontier) Less(i, j int) bool { return better(f[i], f[j]) }
func (f frontier) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *frontier) Push(x any)        { *f = append(*f, x.(*node)) }

func (f *frontier) Pop() any {
	last := len(*f) - 1
	n := (*f)[last]
	(*f)[last] = nil
	*f = (*f)[:last]
	return n
}
