package prospective

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// view is the chains on one leaf.
type view struct {
	leaf   *Leaf
	chains map[primitives.ParaID]*chain
}

// chain is the candidates of a para that are connected to its last pending or
// included head: a tree, whose root is that head.
type chain struct {
	nodes []node // the root first
	limit int    // on the depth of nodes
}

// node is a place at which a candidate may follow.
type node struct {
	candidate   primitives.Hash // zero for the root
	head        primitives.Hash
	depth       int // how many candidates there are since the last included one
	constraints inclusion.Constraints
}

func newView(leaf *Leaf) *view {
	v := &view{leaf: leaf, chains: map[primitives.ParaID]*chain{}}
	for _, para := range leaf.Paras {
		constraints := para.Constraints
		for _, p := range para.Pending {
			constraints = constraints.After(p.Commitments, p.RelayParentNumber)
		}
		cores := 0
		for _, core := range leaf.Cores {
			if slices.Contains(core.Claims, para.ID) {
				cores++
			}
		}
		v.chains[para.ID] = &chain{limit: leaf.MaxSeconded() * max(cores, 1)}
		v.chains[para.ID].add(primitives.Hash{}, len(para.Pending), constraints)
	}
	return v
}

func (c *chain) add(candidate primitives.Hash, depth int, constraints inclusion.Constraints) {
	c.nodes = append(c.nodes, node{candidate: candidate, head: constraints.RequiredParent.Hash(), depth: depth, constraints: constraints})
}

// tip returns the Constraints after the last pending or included candidate.
func (c *chain) tip() inclusion.Constraints { return c.nodes[0].constraints }

// at returns a node with the head below which there is room, or nil.
func (c *chain) at(head primitives.Hash) *node {
	if c == nil {
		return nil
	}
	for i := range c.nodes {
		if n := &c.nodes[i]; n.head == head && n.depth < c.limit {
			return n
		}
	}
	return nil
}

func (c *chain) has(candidate primitives.Hash) bool {
	return c != nil && slices.ContainsFunc(c.nodes, func(n node) bool { return n.candidate == candidate })
}

// relay returns what validation data takes from a relay parent.
func relay(r shared.RelayParent) inclusion.RelayParent {
	return inclusion.RelayParent{Number: r.Number, StorageRoot: r.StateRoot}
}

// assigned returns the Reason for which no candidate with the descriptor can be
// backed on the leaf, whatever it builds on.
func (v *view) assigned(d primitives.CandidateDescriptor) (shared.RelayParent, error) {
	r, ok := v.leaf.RelayParent(d.RelayParent)
	switch {
	case !ok:
		return r, ErrNoLeaf
	case d.SessionIndex != v.leaf.Session:
		return r, inclusion.ErrSession
	case v.chains[d.ParaID] == nil:
		return r, inclusion.ErrPara
	case !slices.Contains(Claimed(r, d.ParaID), primitives.CoreIndex(d.CoreIndex)):
		return r, ErrNoCore
	}
	return r, nil
}

// checkDescriptor is Chains.CheckDescriptor on one leaf.
func (v *view) checkDescriptor(d primitives.CandidateDescriptor, data primitives.PersistedValidationData) error {
	r, err := v.assigned(d)
	if err != nil {
		return err
	}
	n := v.chains[d.ParaID].at(data.ParentHead.Hash())
	switch {
	case n == nil:
		return ErrUnknownParent
	case r.Number < n.constraints.MinRelayParentNumber:
		return inclusion.ErrRelayParentOlder
	case d.ValidationCodeHash != n.constraints.ValidationCodeHash:
		return inclusion.ErrCode
	case n.constraints.ValidationData(relay(r)).Hash() != d.PersistedValidationDataHash:
		return ErrValidationData
	}
	return nil
}

// check returns the Reason for which the candidate cannot be next where
// constraints says.
func (v *view) check(receipt primitives.CommittedCandidateReceipt, at inclusion.Constraints) error {
	d := receipt.Descriptor
	r, err := v.assigned(d)
	if err != nil {
		return err
	}
	_, signals, err := ump.Split(receipt.Commitments.UpwardMessages)
	switch {
	case err != nil:
		return err
	case !inclusion.CoreSelected(r.ClaimQueue, d.ParaID, signals.SelectCore, primitives.CoreIndex(d.CoreIndex)):
		return inclusion.ErrCore
	case receipt.Commitments.HeadData.Hash() == at.RequiredParent.Hash():
		return ErrSameHead
	}
	return at.Check(receipt, relay(r))
}

// place returns a node that the candidate, which builds on the head parent, can
// follow, else the Reason for which it cannot follow the last one that has that
// head.
func (v *view) place(receipt primitives.CommittedCandidateReceipt, parent primitives.Hash) (*node, error) {
	if _, err := v.assigned(receipt.Descriptor); err != nil {
		return nil, err
	}
	reason := error(ErrUnknownParent)
	c := v.chains[receipt.Descriptor.ParaID]
	for i := range c.nodes {
		n := &c.nodes[i]
		if n.head != parent {
			continue
		}
		err := v.check(receipt, n.constraints)
		switch {
		case err == nil && n.depth < c.limit:
			return n, nil
		case err == nil:
			reason = ErrDepth
		default:
			reason = err
		}
	}
	return nil, reason
}

// possible returns the Reason for which a candidate can be in no chain on the
// leaf, now or later.
func (v *view) possible(k *candidate) error {
	_, err := v.place(k.receipt, k.parent)
	if err != ErrUnknownParent && err != ErrDepth {
		return err
	}
	// Its parent, or room for it, may come; whatever that is, some rules hold.
	tip := v.chains[k.receipt.Descriptor.ParaID].tip()
	r, _ := v.leaf.RelayParent(k.receipt.Descriptor.RelayParent)
	tip.RequiredParent = k.data.ParentHead
	switch {
	case tip.ValidationData(relay(r)).Hash() != k.receipt.Descriptor.PersistedValidationDataHash:
		return ErrValidationData
	case k.receipt.Descriptor.ValidationCodeHash != tip.ValidationCodeHash:
		return inclusion.ErrCode
	case k.receipt.Commitments.NewValidationCode != nil:
		return inclusion.ErrCodeUpgrade
	}
	return nil
}

// extend adds k to the chain of its para if it has a place, and what of all then
// has one.
func (v *view) extend(k *candidate, all []*candidate) {
	para := k.receipt.Descriptor.ParaID
	if !v.join(k) {
		return
	}
	for grown := true; grown; {
		grown = false
		for _, other := range all {
			if other.receipt.Descriptor.ParaID == para && v.join(other) {
				grown = true
			}
		}
	}
}

// join adds k if it has a place, and reports whether it did.
func (v *view) join(k *candidate) bool {
	c := v.chains[k.receipt.Descriptor.ParaID]
	if c == nil || c.has(k.hash) {
		return false
	}
	n, err := v.place(k.receipt, k.parent)
	if err != nil {
		return false
	}
	c.add(k.hash, n.depth+1, v.after(k.receipt, n.constraints))
	return true
}
