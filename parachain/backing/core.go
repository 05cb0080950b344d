package backing

import (
	"math"
	"slices"

	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Verifier checks signatures. Every crypto.Signatures is one.
type Verifier interface {
	Sr25519(public [32]byte, message []byte, signature [64]byte) bool
}

// Params are a node's parameters of backing.
type Params struct {
	// Keys are the public keys this node backs with; none for a node that only
	// collects statements. The event Keys replaces them.
	Keys []primitives.SR25519Public
	// Slot is the duration of a slot of the relay chain. A PoV that no source had
	// is asked for again after half of it.
	Slot primitives.Millis
	// Validations bounds the Validate effects under way. Default 2.
	Validations int
	Verifier    Verifier
}

// Core is the backing of one node. It has one owner.
type Core struct {
	params Params
	chains *prospective.Chains
	// floor is the number of the first leaf; nothing is seconded at relay parents
	// up to it.
	floor   primitives.BlockNumber
	started bool
	parents []*relayParent // by coming
	// candidates are those of all parents, by hash.
	candidates map[primitives.Hash]*candidate
	early      early
	// queue are the candidates to execute, validating is how many are under way.
	queue      []*candidate
	validating int
	out        []Effect
}

// New returns the core of a node that starts now. It keeps chains from then on;
// others may read them.
func New(p Params, chains *prospective.Chains) *Core {
	if p.Validations == 0 {
		p.Validations = 2
	}
	return &Core{params: p, chains: chains, candidates: map[primitives.Hash]*candidate{}}
}

// Step takes an event at time now, which must never decrease, and returns what
// is to be done, in order.
func (c *Core) Step(now primitives.Millis, ev Event) []Effect {
	c.out = nil
	switch ev := ev.(type) {
	case ActiveLeaf:
		c.activate(ev.Leaf)
	case Keys:
		c.params.Keys = slices.Clone(ev.Keys)
	case LeafGone:
		c.deactivate(ev.Leaf)
	case CollationReady:
		c.collation(ev)
	case Validated:
		c.validated(ev)
	case Stored:
		c.stored(ev)
	case PoVFetched:
		c.fetched(now, ev)
	case PoVFailed:
		c.fetchFailed(now, ev.Fetch)
	case Received:
		c.received(ev)
	case Signed:
		c.signed(ev)
	case Wake:
	}
	c.advance(now)
	return c.out
}

// Next returns when to give Wake, if no other event comes before. ok is false if
// only another event can change anything.
func (c *Core) Next() (at primitives.Millis, ok bool) {
	at = math.MaxUint64
	for _, p := range c.parents {
		for _, k := range p.candidates {
			if k.stage == wanting {
				at = min(at, k.fetchAt)
			}
		}
	}
	return at, at != math.MaxUint64
}

func (c *Core) emit(e Effect) { c.out = append(c.out, e) }

// activate takes up a leaf with its relay parents, and what waited for them.
func (c *Core) activate(leaf *prospective.Leaf) {
	if !c.started {
		c.started, c.floor = true, leaf.Number
	}
	c.chains.Activate(leaf)
	for _, r := range leaf.RelayParents {
		if c.parent(r.Hash) == nil {
			c.parents = append(c.parents, newRelayParent(r, leaf, c.params.Keys))
		}
	}
	for _, ev := range c.early.take(func(relayParent primitives.Hash) bool { return c.parent(relayParent) != nil }) {
		c.receivedEarly(ev)
	}
}

// deactivate drops a leaf, and all about relay parents that no other leaf allows.
func (c *Core) deactivate(leaf primitives.Hash) {
	c.chains.Deactivate(leaf)
	c.parents = slices.DeleteFunc(c.parents, func(p *relayParent) bool {
		if c.chains.LeafWith(p.Hash) != nil {
			return false
		}
		for _, k := range p.candidates {
			delete(c.candidates, k.hash)
		}
		return true
	})
	c.queue = slices.DeleteFunc(c.queue, func(k *candidate) bool { return c.candidates[k.hash] != k })
}

func (c *Core) parent(hash primitives.Hash) *relayParent {
	for _, p := range c.parents {
		if p.Hash == hash {
			return p
		}
	}
	return nil
}

// disabled reports whether the validator is disabled on every leaf that allows
// the relay parent.
func (c *Core) disabled(p *relayParent, v primitives.ValidatorIndex) bool {
	for _, leaf := range c.chains.Leaves() {
		if _, ok := leaf.RelayParent(p.Hash); ok && !slices.Contains(leaf.Disabled, v) {
			return false
		}
	}
	return true
}

// disabledOn reports whether the validator is disabled on a leaf.
func (c *Core) disabledOn(hash primitives.Hash, v primitives.ValidatorIndex) bool {
	for _, leaf := range c.chains.Leaves() {
		if leaf.Hash == hash {
			return slices.Contains(leaf.Disabled, v)
		}
	}
	return false
}
