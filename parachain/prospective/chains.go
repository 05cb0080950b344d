package prospective

import (
	"bytes"
	"slices"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Chains are the chains of candidates on all active leaves. It has one owner;
// cores in the same loop may read it.
type Chains struct {
	views []*view // by activation
	// known are all candidates kept, by hash; order is that of their coming.
	known map[primitives.Hash]*candidate
	order []*candidate
}

// candidate is one whose outcome is known.
type candidate struct {
	hash    primitives.Hash
	receipt primitives.CommittedCandidateReceipt
	data    primitives.PersistedValidationData
	parent  primitives.Hash // of the head that it builds on
}

// New returns Chains without a leaf.
func New() *Chains { return &Chains{known: map[primitives.Hash]*candidate{}} }

// Activate adds a leaf. One that is active already is left as it is.
func (c *Chains) Activate(leaf *Leaf) {
	if c.view(leaf.Hash) != nil {
		return
	}
	v := newView(leaf)
	for _, known := range c.order {
		v.extend(known, c.order)
	}
	c.views = append(c.views, v)
}

// Deactivate removes a leaf, and the candidates whose relay parent no other leaf
// allows.
func (c *Chains) Deactivate(leaf primitives.Hash) {
	c.views = slices.DeleteFunc(c.views, func(v *view) bool { return v.leaf.Hash == leaf })
	c.order = slices.DeleteFunc(c.order, func(k *candidate) bool {
		if c.LeafWith(k.receipt.Descriptor.RelayParent) != nil {
			return false
		}
		delete(c.known, k.hash)
		return true
	})
}

func (c *Chains) view(leaf primitives.Hash) *view {
	for _, v := range c.views {
		if v.leaf.Hash == leaf {
			return v
		}
	}
	return nil
}

// Leaves returns the active leaves, in the order of activation.
func (c *Chains) Leaves() []*Leaf {
	leaves := make([]*Leaf, len(c.views))
	for i, v := range c.views {
		leaves[i] = v.leaf
	}
	return leaves
}

// LeafWith returns the latest active leaf that allows the relay parent, or nil.
func (c *Chains) LeafWith(relayParent primitives.Hash) *Leaf {
	for _, v := range slices.Backward(c.views) {
		if _, ok := v.leaf.RelayParent(relayParent); ok {
			return v.leaf
		}
	}
	return nil
}

// Known reports whether the candidate was added.
func (c *Chains) Known(candidate primitives.Hash) bool { return c.known[candidate] != nil }

// ValidationData returns the persisted validation data of a candidate of para
// built at relayParent on the head with the hash parent. ok is false if no active
// leaf allows the relay parent and has such a head at the end of which there is
// room for another candidate.
func (c *Chains) ValidationData(para primitives.ParaID, relayParent, parent primitives.Hash) (_ primitives.PersistedValidationData, ok bool) {
	for _, v := range slices.Backward(c.views) {
		r, ok := v.leaf.RelayParent(relayParent)
		if !ok {
			continue
		}
		if n := v.chains[para].at(parent); n != nil && r.Number >= n.constraints.MinRelayParentNumber {
			return n.constraints.ValidationData(relay(r)), true
		}
	}
	return primitives.PersistedValidationData{}, false
}

// CheckDescriptor returns nil if a candidate of which only the descriptor and the
// validation data are known could be the next of its para somewhere, else the
// Reason on the latest leaf that allows its relay parent.
func (c *Chains) CheckDescriptor(d primitives.CandidateDescriptor, data primitives.PersistedValidationData) error {
	return c.anywhere(func(v *view) error { return v.checkDescriptor(d, data) })
}

// HypotheticalMember returns nil if candidate could be the next of its para on an
// active leaf, else the Reason on the latest leaf that allows its relay parent.
func (c *Chains) HypotheticalMember(receipt primitives.CommittedCandidateReceipt, data primitives.PersistedValidationData) error {
	parent := data.ParentHead.Hash()
	return c.anywhere(func(v *view) error { _, err := v.place(receipt, parent); return err })
}

// Add keeps a candidate that is, or with heads not known yet might be, in the
// chain of its para on an active leaf; else it returns the Reason on the latest
// leaf that allows its relay parent. One that is known is added already.
func (c *Chains) Add(receipt primitives.CommittedCandidateReceipt, data primitives.PersistedValidationData) error {
	hash := receipt.Hash()
	if c.Known(hash) {
		return nil
	}
	k := &candidate{hash: hash, receipt: receipt, data: data, parent: data.ParentHead.Hash()}
	if err := c.anywhere(func(v *view) error { return v.possible(k) }); err != nil {
		return err
	}
	c.known[hash] = k
	c.order = append(c.order, k)
	for _, v := range c.views {
		v.extend(k, c.order)
	}
	return nil
}

// Member reports whether a candidate that was added is connected to the last
// pending or included head of its para on an active leaf.
func (c *Chains) Member(hash primitives.Hash) bool {
	k := c.known[hash]
	return k != nil && slices.ContainsFunc(c.views, func(v *view) bool {
		return v.chains[k.receipt.Descriptor.ParaID].has(hash)
	})
}

// anywhere returns nil if check does so for one of the leaves, else what it says
// of the latest leaf for which it knows better than ErrNoLeaf.
func (c *Chains) anywhere(check func(*view) error) error {
	reason := error(ErrNoLeaf)
	for _, v := range slices.Backward(c.views) {
		err := check(v)
		if err == nil {
			return nil
		}
		if reason == ErrNoLeaf {
			reason = err
		}
	}
	return reason
}

// Backable returns the candidates that the author of the child of leaf can put
// into it, of those for which backed says so: for each para, on each core that it
// is next on, in the order in which they build on each other. A core that is
// occupied counts as free: what is there may become available in the same block.
// Where several candidates could be next, that with the lowest hash is.
//
// Source of the choice: polkadot-sdk node/core/prospective-parachains,
// fragment_chain, fork_selection_rule.
func (c *Chains) Backable(leaf primitives.Hash, backed func(primitives.Hash) bool) []primitives.Hash {
	v := c.view(leaf)
	if v == nil {
		return nil
	}
	candidates := slices.Clone(c.order)
	slices.SortFunc(candidates, func(a, b *candidate) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	candidates = slices.DeleteFunc(candidates, func(k *candidate) bool { return !backed(k.hash) })
	var out []primitives.Hash
	for _, para := range v.leaf.Paras {
		free := map[primitives.CoreIndex]bool{}
		for i, core := range v.leaf.Cores {
			if len(core.Claims) > 0 && core.Claims[0] == para.ID {
				free[primitives.CoreIndex(i)] = true
			}
		}
		out = append(out, v.next(para.ID, free, candidates)...)
	}
	return out
}

// next returns the candidates that follow the tip of para on the free cores, in
// order.
func (v *view) next(para primitives.ParaID, free map[primitives.CoreIndex]bool, candidates []*candidate) (out []primitives.Hash) {
	constraints := v.chains[para].tip()
	for len(free) > 0 {
		found := false
		for _, k := range candidates {
			core := primitives.CoreIndex(k.receipt.Descriptor.CoreIndex)
			if k.receipt.Descriptor.ParaID != para || !free[core] || v.check(k.receipt, constraints) != nil {
				continue
			}
			constraints = v.after(k.receipt, constraints)
			delete(free, core)
			out = append(out, k.hash)
			found = true
			break
		}
		if !found {
			return out
		}
	}
	return out
}

// after returns the Constraints of what follows a candidate that check accepted.
func (v *view) after(receipt primitives.CommittedCandidateReceipt, at inclusion.Constraints) inclusion.Constraints {
	r, _ := v.leaf.RelayParent(receipt.Descriptor.RelayParent)
	return at.After(receipt.Commitments, r.Number)
}
