package txpool

import (
	"cmp"
	"container/heap"
)

// place is where a transaction is.
type place uint8

const (
	nowhere place = iota // awaits its first validity
	future
	ready
)

// slot is a position of a transaction in one of the queues that it is in.
type slot int

const (
	slotPool  slot = iota // ready or future, by what is evicted first
	slotPeer              // the same of its peer
	slotAge               // by what was validated longest ago
	slotDeath             // by when its validity ends
	slotSent              // by when it was gossiped last
	slots
)

// queue is a heap of transactions that know their position in it.
type queue struct {
	items []*transaction
	slot  slot
	less  func(a, b *transaction) bool
	bytes int
}

func (q *queue) Len() int           { return len(q.items) }
func (q *queue) Less(i, j int) bool { return q.less(q.items[i], q.items[j]) }
func (q *queue) Swap(i, j int) {
	q.items[i], q.items[j] = q.items[j], q.items[i]
	q.items[i].at[q.slot], q.items[j].at[q.slot] = i, j
}

// Push and Pop are for package heap; see add and remove.
func (q *queue) Push(x any) {
	t := x.(*transaction)
	t.at[q.slot] = len(q.items)
	q.items = append(q.items, t)
}

func (q *queue) Pop() any {
	last := len(q.items) - 1
	t := q.items[last]
	q.items[last] = nil
	q.items = q.items[:last]
	return t
}

func (q *queue) add(t *transaction) {
	heap.Push(q, t)
	q.bytes += len(t.extrinsic)
}

func (q *queue) remove(t *transaction) {
	heap.Remove(q, t.at[q.slot])
	q.bytes -= len(t.extrinsic)
}

// first returns the least of a queue that is not empty.
func (q *queue) first() *transaction { return q.items[0] }

// fix restores the order after t changed.
func (q *queue) fix(t *transaction) { heap.Fix(q, t.at[q.slot]) }

// worse orders what is evicted first: of the lowest priority those not of this
// node, and of those the newest.
func worse(a, b *transaction) bool {
	if a.valid.Priority != b.valid.Priority {
		return a.valid.Priority < b.valid.Priority
	}
	if a.local != b.local {
		return b.local
	}
	return a.sequence > b.sequence
}

// older orders by the block of the last validation, those in doubt first.
func older(a, b *transaction) bool {
	if a.doubted != b.doubted {
		return a.doubted
	}
	if a.checked != b.checked {
		return a.checked < b.checked
	}
	return a.sequence < b.sequence
}

// diesFirst orders by the block at which validity ends.
func diesFirst(a, b *transaction) bool {
	if a.till != b.till {
		return a.till < b.till
	}
	return a.sequence < b.sequence
}

// sentFirst orders by when they were gossiped last.
func sentFirst(a, b *transaction) bool {
	if a.sentAt != b.sentAt {
		return a.sentAt < b.sentAt
	}
	return a.sequence < b.sequence
}

// better orders for block building: priority, then the shorter validity, then
// the longer stay. It is total.
//
// Source: substrate/client/transaction-pool/src/graph/ready.rs, TransactionRef.
func better(a, b *node) bool {
	if c := cmp.Compare(b.transaction.Priority, a.transaction.Priority); c != 0 {
		return c < 0
	}
	if a.transaction.ValidTill != b.transaction.ValidTill {
		return a.transaction.ValidTill < b.transaction.ValidTill
	}
	return a.sequence < b.sequence
}

// peerAccount is what of the pool is from one peer.
type peerAccount struct {
	name            Peer
	validating      int
	validatingBytes int
	ready, future   queue
}

func newPeerAccount(name Peer) *peerAccount {
	return &peerAccount{name: name, ready: queue{slot: slotPeer, less: worse}, future: queue{slot: slotPeer, less: worse}}
}

func (p *peerAccount) empty() bool {
	return p.validating == 0 && p.ready.Len() == 0 && p.future.Len() == 0
}

// reorder restores the order after any of the transactions changed.
func (q *queue) reorder() { heap.Init(q) }
