package grandpa

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// PendingChange is an authority change that was signalled and is not in force.
//
//frame:codec
type PendingChange struct {
	// Effective is the number of the block whose finality enacts the change:
	// signal + delay. Nobody votes for a later block before.
	Effective   primitives.BlockNumber
	Authorities []primitives.GRANDPAAuthority `scale:"max=10000"`
}

// node is a block of the tree.
type node struct {
	id       primitives.BlockID
	parent   *node // nil for the root
	children []*node
	header   primitives.Header
	change   *PendingChange // signalled in this block
}

// name returns the hash and number of n, nil for nil.
func (n *node) name() *primitives.BlockID {
	if n == nil {
		return nil
	}
	id := n.id
	return &id
}

// at returns the ancestor of n, or n, with the given number, or nil.
func (n *node) at(number primitives.BlockNumber) *node {
	for n != nil && n.id.Number > number {
		n = n.parent
	}
	if n == nil || n.id.Number != number {
		return nil
	}
	return n
}

// descends reports whether n is a or a descendant of it.
func (n *node) descends(a *node) bool { return n.at(a.id.Number) == a }

// tree holds the blocks from the base of the oldest live round on, all forks.
// It is as large as the chain's own set of unfinalized blocks.
type tree struct {
	root  *node
	nodes map[primitives.Hash]*node
	// pending are the changes signalled at or below root, ascending.
	pending []PendingChange
}

func newTree(root primitives.BlockID, pending []PendingChange) *tree {
	n := &node{id: root}
	return &tree{root: n, nodes: map[primitives.Hash]*node{root.Hash: n}, pending: pending}
}

// find returns the block, or nil with the reason: ErrUnknownBlock or
// ErrWrongNumber.
func (t *tree) find(id primitives.BlockID) (*node, error) {
	n := t.nodes[id.Hash]
	switch {
	case n == nil:
		return nil, ErrUnknownBlock
	case n.id.Number != id.Number:
		return nil, ErrWrongNumber
	}
	return n, nil
}

// insert adds a block. It returns nil if the block is known, or is the child of
// one that is not in the tree: of a fork that finality left behind. A reason
// besides the block says that its digest could not be followed.
func (t *tree) insert(hash primitives.Hash, h primitives.Header) (*node, error) {
	if t.nodes[hash] != nil {
		return nil, nil
	}
	parent := t.nodes[h.ParentHash]
	if parent == nil || parent.id.Number+1 != h.Number {
		return nil, nil
	}
	n := &node{id: primitives.BlockID{Hash: hash, Number: h.Number}, parent: parent, header: h}
	parent.children = append(parent.children, n)
	t.nodes[hash] = n
	change, err := signalled(h)
	if err == nil && change != nil {
		if last := t.lastChange(parent); last != nil && h.Number <= last.Effective {
			return n, ErrChangePending
		}
		n.change = change
	}
	return n, err
}

// signalled returns the authority change in a header's digest, nil if there is
// none. A forced change is refused with ErrForcedChange.
func signalled(h primitives.Header) (*PendingChange, error) {
	for _, item := range h.Digest {
		c, ok := item.(primitives.Consensus)
		if !ok || c.Engine != primitives.EngineGRANDPA {
			continue
		}
		d := scale.NewDecoder(c.Data)
		log := primitives.DecodeGRANDPALog(d)
		if d.Finish() != nil {
			return nil, ErrDigest
		}
		switch log := log.(type) {
		case primitives.ForcedChange:
			return nil, ErrForcedChange
		case primitives.ScheduledChange:
			if _, err := NewVoterSet(log.NextAuthorities); err != nil {
				return nil, err
			}
			delay := min(log.Delay, ^primitives.BlockNumber(0)-h.Number)
			return &PendingChange{Effective: h.Number + delay, Authorities: log.NextAuthorities}, nil
		}
	}
	return nil, nil
}

// lastChange returns the latest change that the chain with head n signals.
func (t *tree) lastChange(n *node) *PendingChange {
	for ; n != nil; n = n.parent {
		if n.change != nil {
			return n.change
		}
	}
	if last := len(t.pending) - 1; last >= 0 {
		return &t.pending[last]
	}
	return nil
}

// limit returns the first change on the chain with head n that is not in force,
// or nil. No block after its Effective number may be voted for.
func (t *tree) limit(n *node) *PendingChange {
	var first *PendingChange
	for ; n != nil; n = n.parent {
		if n.change != nil {
			first = n.change
		}
	}
	if len(t.pending) > 0 {
		return &t.pending[0]
	}
	return first
}

// advance makes n the root and drops what does not descend from it.
func (t *tree) advance(n *node) {
	for m := n; m != t.root; m = m.parent {
		if m.change != nil {
			t.pending = slices.Insert(slices.Clone(t.pending), t.pendingAbove(m), *m.change)
			m.change = nil
		}
	}
	keep := map[primitives.Hash]*node{}
	for todo := []*node{n}; len(todo) > 0; {
		m := todo[len(todo)-1]
		todo = append(todo[:len(todo)-1], m.children...)
		keep[m.id.Hash] = m
	}
	n.parent = nil
	t.root, t.nodes = n, keep
}

// pendingAbove returns where the change signalled in m belongs in pending:
// changes of one chain take effect in the order signalled.
func (t *tree) pendingAbove(m *node) int {
	i := 0
	for i < len(t.pending) && t.pending[i].Effective < m.change.Effective {
		i++
	}
	return i
}

// enact takes out the first change, which takes effect at n, and makes n the
// root.
func (t *tree) enact(n *node) PendingChange {
	t.advance(n)
	change := t.pending[0]
	t.pending = t.pending[1:]
	return change
}
