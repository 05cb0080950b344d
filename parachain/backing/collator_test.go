package backing_test

import (
	"encoding/binary"
	"slices"

	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// collator makes a candidate on every leaf and offers it.
type collator struct {
	id     int
	world  *world
	para   primitives.ParaID
	kind   collatorKind
	offers *collation.Offers
	leaf   *prospective.Leaf
	made   map[primitives.Hash]built
	sent   map[collation.OfferTo]bool // not answered yet
	spam   uint64
	now    primitives.Millis
	out    []engine.Output
}

type collatorKind int

const (
	honest      collatorKind = iota
	withholding              // offers, and never answers
	spamming                 // offers a thousand candidates per second that do not exist
	garbling                 // its candidates are invalid
)

func bootCollator(w *world, id int, c collatorConfig) engine.Node {
	return &collator{id: id, world: w, para: c.para, kind: c.kind, offers: collation.NewOffers(c.para), made: map[primitives.Hash]built{}, sent: map[collation.OfferTo]bool{}}
}

func (c *collator) Next() (primitives.Millis, bool) { return c.now + 10, c.kind == spamming }

type build50 struct{}

func (c *collator) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	c.out, c.now = nil, now
	switch in := in.(type) {
	case engine.Wake:
		if c.kind == spamming && c.leaf != nil {
			c.flood()
		}
	case engine.Connected:
		if int(in.Peer) < c.world.validators {
			c.send(c.offers.Connected(keyOf(int(in.Peer))))
		}
	case engine.Local:
		if to, ok := in.Payload.(collation.OfferTo); !ok {
			c.collate()
		} else if c.sent[to] {
			delete(c.sent, to)
			c.offers.Unanswered(to)
		}
	case engine.Delivered:
		c.delivered(in)
	}
	return c.out
}

func (c *collator) delivered(in engine.Delivered) {
	if in.Topic == "blocks" && (c.leaf == nil || c.leaf.Hash != c.world.chain.leaf.Hash) {
		c.leaf = c.world.chain.leaf
		_, due := c.offers.ActiveLeaf(c.leaf)
		c.send(due)
		c.out = append(c.out, engine.After{Delay: 50, Payload: build50{}})
	}
	if in.Topic == "" && in.Data[0] == 'O' {
		var o collation.Offer
		must(scale.Unmarshal(in.Data[1:], &o))
		delete(c.sent, collation.OfferTo{Validator: keyOf(int(in.From)), Offer: o})
	}
	if in.Topic != "" || in.Data[0] != 'c' || c.kind == withholding {
		return
	}
	var request collation.Request
	must(scale.Unmarshal(in.Data[1:], &request))
	var answer collation.Answer
	if b, ok := c.made[request.Candidate]; ok {
		answer.Collation = &collation.Collation{Receipt: b.candidate.Receipt(), PoV: b.pov}
	}
	data := answer.AppendSCALE(request.AppendSCALE([]byte{'C'}))
	c.out = append(c.out, engine.Send{To: in.From, Data: data})
}

// collate makes a candidate for every core that the para is next on.
func (c *collator) collate() {
	for i, core := range c.leaf.Cores {
		if len(core.Claims) == 0 || core.Claims[0] != c.para || c.kind == spamming {
			continue
		}
		b, ok := build(c.leaf, c.para, primitives.CoreIndex(i), uint64(c.id), c.kind != garbling)
		if !ok {
			continue
		}
		hash := b.candidate.Hash()
		c.world.register(b, c.kind != garbling)
		c.made[hash] = b
		offer := collation.Offer{Para: c.para, RelayParent: c.leaf.Hash, Candidate: hash, ParentHead: b.data.ParentHead.Hash()}
		c.send(c.offers.Made(offer, b.core))
		return
	}
}

func (c *collator) send(offers []collation.OfferTo) {
	for _, o := range offers {
		to := slices.IndexFunc(c.world.chain.validators, func(s sessionValidator) bool { return s.Keys.ParaValidator == o.Validator })
		c.sent[o] = true
		c.out = append(c.out, engine.Send{To: engine.NodeID(to), Data: o.Offer.AppendSCALE([]byte{'o'})},
			engine.After{Delay: slotMillis / 2, Payload: o})
	}
}

// flood offers ten candidates that do not exist to every validator.
func (c *collator) flood() {
	for range 10 {
		c.spam++
		offer := collation.Offer{Para: c.para, RelayParent: c.leaf.Hash}
		binary.LittleEndian.PutUint64(offer.Candidate[:], c.spam)
		for _, p := range c.leaf.Paras {
			if p.ID == c.para {
				offer.ParentHead = p.Constraints.RequiredParent.Hash()
			}
		}
		for v := range c.world.validators {
			c.out = append(c.out, engine.Send{To: engine.NodeID(v), Data: offer.AppendSCALE([]byte{'o'})})
		}
	}
}
