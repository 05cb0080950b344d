package collation

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// maxMade bounds the collations that a collator offers at a time.
const maxMade = 16

// OfferTo is an Offer to be sent to the validator with the key.
type OfferTo struct {
	Validator primitives.SR25519Public
	Offer     Offer
}

// Offers is the collator's side of collation: it knows to which validators a
// collator of one para is to be connected, and what to offer to them. It has one
// owner.
type Offers struct {
	para      primitives.ParaID
	leaf      *prospective.Leaf
	connected map[primitives.SR25519Public]bool
	made      []*made
}

// made is a collation that is on offer.
type made struct {
	offer Offer
	group []primitives.SR25519Public
	sent  map[primitives.SR25519Public]bool
}

// NewOffers returns the Offers of a collator of para.
func NewOffers(para primitives.ParaID) *Offers {
	return &Offers{para: para, connected: map[primitives.SR25519Public]bool{}}
}

// ActiveLeaf takes in the leaf that the collator builds at. It returns the
// validators to be connected to, by key in no order that matters: on every core
// with a claim of the para the group that backs candidates built there, and the
// next one; and what to offer. Collations whose relay parent the leaf does not
// allow are not on offer any more.
func (o *Offers) ActiveLeaf(leaf *prospective.Leaf) (connect []primitives.SR25519Public, send []OfferTo) {
	o.leaf = leaf
	o.made = slices.DeleteFunc(o.made, func(m *made) bool {
		_, ok := leaf.RelayParent(m.offer.RelayParent)
		return !ok
	})
	here := leaf.RelayParents[len(leaf.RelayParents)-1]
	next := leaf.Rotation.NextRotation(leaf.Number + 1)
	for _, core := range prospective.Claimed(here, o.para) {
		for _, at := range []primitives.BlockNumber{leaf.Number, next - 1} {
			for _, key := range groupKeys(leaf, core, at) {
				if !slices.Contains(connect, key) {
					connect = append(connect, key)
				}
			}
		}
	}
	return connect, o.due()
}

func groupKeys(leaf *prospective.Leaf, core primitives.CoreIndex, relayParent primitives.BlockNumber) (keys []primitives.SR25519Public) {
	for _, v := range leaf.Group(core, relayParent) {
		keys = append(keys, leaf.Validators[v])
	}
	return keys
}

// Made takes in a collation that the collator made for core, and returns what to
// offer. One at a relay parent that the leaf does not allow is not offered.
func (o *Offers) Made(offer Offer, core primitives.CoreIndex) []OfferTo {
	if o.leaf == nil {
		return nil
	}
	r, ok := o.leaf.RelayParent(offer.RelayParent)
	if !ok || slices.ContainsFunc(o.made, func(m *made) bool { return m.offer == offer }) {
		return nil
	}
	o.made = append(o.made, &made{offer: offer, group: groupKeys(o.leaf, core, r.Number), sent: map[primitives.SR25519Public]bool{}})
	o.made = o.made[max(0, len(o.made)-maxMade):]
	return o.due()
}

// Connected takes note of a connection, and returns what to offer.
func (o *Offers) Connected(validator primitives.SR25519Public) []OfferTo {
	if o.connected[validator] {
		return nil
	}
	o.connected[validator] = true
	return o.due()
}

// Disconnected takes note that a connection is lost: once it is made again, all
// is offered again.
func (o *Offers) Disconnected(validator primitives.SR25519Public) {
	delete(o.connected, validator)
	for _, m := range o.made {
		delete(m.sent, validator)
	}
}

// Unanswered says that an offer was sent and not answered, or was ignored: it is
// due again with the next leaf, collation or connection.
func (o *Offers) Unanswered(to OfferTo) {
	for _, m := range o.made {
		if m.offer == to.Offer {
			delete(m.sent, to.Validator)
		}
	}
}

// due returns the offers that are not sent yet, to validators that are connected.
func (o *Offers) due() (out []OfferTo) {
	for _, m := range o.made {
		for _, v := range m.group {
			if o.connected[v] && !m.sent[v] {
				m.sent[v] = true
				out = append(out, OfferTo{Validator: v, Offer: m.offer})
			}
		}
	}
	return out
}
