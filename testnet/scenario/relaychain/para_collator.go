package relaychain

import (
	"encoding/binary"
	"slices"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
	"github.com/rampart-chain/rampart/testnet/scenario/oracle"
)

// maxMade bounds the candidates that a collator keeps.
const maxMade = 16

// Collator is a node that builds candidates of one para. Its relay node is taken
// to be right: it reads the states that validators computed.
type Collator struct {
	id    engine.NodeID
	world *World
	para  primitives.ParaID
	place int
	calls
	misbehavior CollatorMisbehavior
	random      *engine.Rand

	best       primitives.BlockNumber
	leaf       *prospective.Leaf
	offers     *collation.Offers
	made       []built
	recoveries map[primitives.Hash]*recovery
	recovered  map[primitives.Hash]bool
	flooded    uint64
	now        primitives.Millis
	out        []engine.Output
}

// BootCollator returns collator id.
func BootCollator(w *World, id engine.NodeID) *Collator {
	c := &Collator{
		id: id, world: w, misbehavior: w.paras.Misbehavior[id].Collator, random: engine.Stream(w.seed, id, "collator"),
		recoveries: map[primitives.Hash]*recovery{}, recovered: map[primitives.Hash]bool{},
	}
	c.para, c.place = w.collatorOf(id)
	c.offers = collation.NewOffers(c.para)
	c.calls = calls{emit: func(o engine.Output) { c.out = append(c.out, o) }, open: map[uint64]call{}}
	return c
}

// Next is part of engine.Node.
func (c *Collator) Next() (at primitives.Millis, ok bool) {
	if c.misbehavior == Flooding {
		at, ok = c.now+10, true
	}
	for _, r := range c.recoveries {
		if t, any := r.core.Next(); any && (!ok || t < at) {
			at, ok = t, true
		}
	}
	return at, ok
}

// Handle is part of engine.Node.
func (c *Collator) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	c.out, c.now = nil, now
	switch in := in.(type) {
	case engine.Wake:
		c.recover(now)
		if c.misbehavior == Flooding {
			c.flood(now)
		}
	case engine.Local:
		if e, ok := in.Payload.(callExpired); ok {
			c.expired(now, e)
		}
	case engine.Delivered:
		c.delivered(now, in)
	}
	return c.out
}

func (c *Collator) delivered(now primitives.Millis, in engine.Delivered) {
	switch {
	case in.Topic == topicBlocks:
		var b primitives.Block
		if scale.Unmarshal(in.Data, &b) == nil && b.Header.Number > c.best {
			c.follow(now, b.Header.Hash())
		}
	case in.Topic != "" || len(in.Data) == 0:
	case in.Data[0] == kindAsk:
		if a, ok := readAsked(in.From, in.Data[1:]); ok {
			c.serve(a)
		}
	case in.Data[0] == kindAnswer:
		c.answered(now, in.From, in.Data[1:])
	}
}

// serve answers a validator that wants a collation.
func (c *Collator) serve(a asked) {
	var request collation.Request
	if c.misbehavior == Silent || scale.Unmarshal(a.request, &request) != nil {
		return
	}
	for _, b := range c.made {
		if b.receipt.Hash() == request.Candidate {
			c.answer(a, scale.Marshal(collation.Answer{Collation: &collation.Collation{Receipt: b.receipt.Receipt(), PoV: b.pov}}))
			return
		}
	}
	c.answer(a, scale.Marshal(collation.Answer{}))
}

// follow takes up a relay block that is the highest so far.
func (c *Collator) follow(now primitives.Millis, hash primitives.Hash) {
	leaf := c.world.leaf(hash)
	if leaf == nil {
		return // it is bad, or an orphan
	}
	c.best, c.leaf = leaf.Number, leaf
	group, due := c.offers.ActiveLeaf(leaf)
	for _, key := range group {
		if !c.world.paras.Connected && c.random.Chance(200_000) {
			c.offers.Disconnected(key)
			continue
		}
		due = append(due, c.offers.Connected(key)...)
	}
	c.offer(now, due)
	state := frame.NewState(c.world.executed.blocks[hash].state)
	c.wantRecovered(now, state)
	if c.misbehavior != Flooding && int(leaf.Number)%c.world.paras.Collators == c.place || c.misbehavior == Silent {
		c.collate(now, state)
		if c.world.paras.Deep {
			c.collate(now, state)
		}
	}
}

// offer sends offers.
func (c *Collator) offer(now primitives.Millis, due []collation.OfferTo) {
	for _, to := range due {
		c.ask(now, c.world.paras.nodeOf[to.Validator], askOffer, scale.Marshal(to.Offer), func(_ primitives.Millis, raw []byte, ok bool) {
			var answer collation.OfferAnswer
			if !ok || scale.Unmarshal(raw, &answer) != nil || !answer.Taken {
				c.offers.Unanswered(to)
			}
		})
	}
}

// collate makes a candidate on what is pending, or on the last own one that
// builds on that.
func (c *Collator) collate(now primitives.Millis, state *frame.State) {
	here := c.leaf.RelayParents[len(c.leaf.RelayParents)-1]
	cores := scheduler.CoresOf(here.ClaimQueue, c.para, 0)
	i := slices.IndexFunc(c.leaf.Paras, func(p prospective.Para) bool { return p.ID == c.para })
	if i < 0 || len(cores) == 0 {
		return
	}
	at, depth := c.tip(c.leaf.Paras[i])
	if depth > int(c.leaf.MaxDepth) {
		return
	}
	b, ok := c.build(state, at, cores[0])
	if !ok {
		return
	}
	if depth > len(c.leaf.Paras[i].Pending) {
		c.emit(engine.Note{Payload: countNote("candidate on one that is not backed")})
	}
	b.invalid = c.misbehavior == Forging
	hash := b.receipt.Hash()
	c.world.paras.made[hash] = b
	c.made = append(c.made, b)
	c.made = c.made[max(0, len(c.made)-maxMade):]
	c.offer(now, c.offers.Made(collation.Offer{
		Para: c.para, RelayParent: c.leaf.Hash, Candidate: hash, ParentHead: b.data.ParentHead.Hash(),
	}, cores[0]))
}

// tip returns the Constraints of the next candidate and how many come between the
// included head and it: those pending, and if the collator is deep its own at
// relay parents that still are allowed.
func (c *Collator) tip(p prospective.Para) (at inclusion.Constraints, depth int) {
	at, depth = p.Constraints, len(p.Pending)
	for _, pending := range p.Pending {
		at = at.After(pending.Commitments, pending.RelayParentNumber)
	}
	for i := 0; c.world.paras.Deep && i < len(c.made); i++ {
		b := c.made[i]
		r, ok := c.leaf.RelayParent(b.receipt.Descriptor.RelayParent)
		if ok && string(b.data.ParentHead) == string(at.RequiredParent) && r.Number >= at.MinRelayParentNumber {
			at, depth = at.After(b.receipt.Commitments, r.Number), depth+1
		}
	}
	return at, depth
}

// build makes a block and the candidate for it.
func (c *Collator) build(state *frame.State, at inclusion.Constraints, core primitives.CoreIndex) (built, bool) {
	here := c.leaf.RelayParents[len(c.leaf.RelayParents)-1]
	relay := inclusion.RelayParent{Number: here.Number, StorageRoot: here.StateRoot}
	data := at.ValidationData(relay)
	block, ok := c.block(state, at)
	if !ok {
		return built{}, false
	}
	pov := primitives.PoV{BlockData: block.AppendSCALE(nil)}
	result, err := oracle.Validate(primitives.ValidationParams{
		ParentHead: data.ParentHead, BlockData: pov.BlockData, RelayParentNumber: data.RelayParentNumber, RelayParentStorageRoot: data.RelayParentStorageRoot,
	}, c.para, state)
	if err != nil {
		c.emit(engine.Note{Payload: collatorNote{err}})
		return built{}, false
	}
	if c.misbehavior == Forging {
		pov.BlockData = forgedBlock(block).AppendSCALE(nil)
	}
	available := primitives.AvailableData{PoV: pov, ValidationData: data}
	root, _, err := chunk.Encode(available.AppendSCALE(nil), len(c.leaf.Validators))
	must(err)
	commitments := result.Commitments()
	receipt := primitives.CommittedCandidateReceipt{
		Descriptor: primitives.CandidateDescriptor{
			ParaID: c.para, RelayParent: c.leaf.Hash, CoreIndex: uint16(core), SessionIndex: c.leaf.Session,
			PersistedValidationDataHash: data.Hash(), PoVHash: pov.Hash(), ErasureRoot: root,
			ParaHead: commitments.HeadData.Hash(), ValidationCodeHash: at.ValidationCodeHash,
		},
		Commitments: commitments,
	}
	if err := at.Check(receipt, relay); err != nil {
		c.emit(engine.Note{Payload: collatorNote{err}})
		return built{}, false
	}
	return built{receipt: receipt, data: data, pov: pov}, true
}

// forgedBlock takes a message that was never sent.
func forgedBlock(b oracle.Block) oracle.Block {
	b.Inbound = append(slices.Clone(b.Inbound), oracle.Inbound{Sender: 1, Messages: []primitives.InboundHRMPMessage{{SentAt: b.Watermark, Data: []byte("forged")}}})
	return b
}

// block makes a block on the head that at requires: it takes what was sent to the
// chain, mostly all of it, and sends messages where there is room.
func (c *Collator) block(state *frame.State, at inclusion.Constraints) (oracle.Block, bool) {
	var head oracle.Head
	if scale.Unmarshal(at.RequiredParent, &head) != nil {
		return oracle.Block{}, false
	}
	b := oracle.Block{Add: c.random.Below(1000), Watermark: c.leaf.Number, Padding: make([]byte, c.random.Below(2000))}
	if n := len(at.Watermarks.Blocks); n > 1 && c.random.Chance(250_000) {
		if w := at.Watermarks.Blocks[c.random.Below(uint64(n))]; w > head.Watermark {
			b.Watermark = w
			c.emit(engine.Note{Payload: countNote("watermark before the relay parent")})
		}
	}
	b.Counter = head.Counter + b.Add
	b.Inbound = oracle.Waiting(state, c.para, head, b.Watermark)
	quiet := c.world.paras.quiet
	for _, room := range at.OutboundRooms {
		size := 12 + uint32(c.random.Below(channelMessage-11))
		switch {
		case quiet || c.random.Chance(300_000):
		case room.Messages == 0 || room.Bytes < size:
			c.emit(engine.Note{Payload: countNote("channel full")})
		case len(b.Outbound) < int(at.Limits.MaxOutboundMessages):
			data := binary.LittleEndian.AppendUint32(make([]byte, 0, size), uint32(c.para))
			data = binary.LittleEndian.AppendUint64(data, uint64(c.leaf.Number)<<32|uint64(head.Number))
			b.Outbound = append(b.Outbound, primitives.OutboundHRMPMessage{Recipient: room.Recipient, Data: data[:size]})
		}
	}
	return b, true
}

// flood offers ten candidates that nobody has.
func (c *Collator) flood(now primitives.Millis) {
	if c.leaf == nil {
		return
	}
	here := c.leaf.RelayParents[len(c.leaf.RelayParents)-1]
	cores := scheduler.CoresOf(here.ClaimQueue, c.para, 0)
	if len(cores) == 0 {
		return
	}
	i := slices.IndexFunc(c.leaf.Paras, func(p prospective.Para) bool { return p.ID == c.para })
	at, _ := c.tip(c.leaf.Paras[max(i, 0)])
	for range 10 {
		c.flooded++
		o := collation.Offer{
			Para: c.para, RelayParent: c.leaf.Hash, Candidate: primitives.Blake2b256(binary.LittleEndian.AppendUint64([]byte{byte(c.id)}, c.flooded)),
			ParentHead: at.RequiredParent.Hash(),
		}
		for _, v := range c.leaf.Group(cores[0], c.leaf.Number) {
			c.ask(now, c.world.paras.nodeOf[c.leaf.Validators[v]], askOffer, scale.Marshal(o), func(primitives.Millis, []byte, bool) {})
		}
	}
}
