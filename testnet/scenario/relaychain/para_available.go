package relaychain

import (
	"errors"

	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/distribution/plan"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

var errGone = errors.New("no validator of the session any more")

func chunkKey(candidate primitives.Hash) string { return "chunk " + candidate.String() }
func dataKey(candidate primitives.Hash) string  { return "data " + candidate.String() }

func (p *parachains) keys() cryptotest.Keys { return p.node.world.paras.keys[p.node.id] }

// started tells which chunks are stored.
func (p *parachains) started() {
	if p != nil {
		p.emit(engine.Note{Payload: storedNote{func(candidate primitives.Hash) bool { return p.node.disk.Get(chunkKey(candidate)) != nil }}})
	}
}

// block is what the plan of availability must know of a leaf.
func (p *parachains) block(leaf *prospective.Leaf) plan.Block {
	b := plan.Block{
		Hash: leaf.Hash, Number: leaf.Number, Session: leaf.Session, Validators: len(leaf.Validators), Cores: len(leaf.Cores),
	}
	if own, ok := leaf.Own([]primitives.SR25519Public{p.own}); ok {
		b.Own = &own
	}
	for _, para := range leaf.Paras {
		for _, pending := range para.Pending {
			c := plan.Candidate{
				Core: pending.Core, Hash: pending.Hash, Root: pending.Descriptor.ErasureRoot,
				Held: p.node.disk.Get(chunkKey(pending.Hash)) != nil,
			}
			if int64(pending.Group) < int64(len(leaf.Groups)) {
				c.Backers = leaf.Groups[pending.Group]
			}
			b.Occupied = append(b.Occupied, c)
		}
	}
	return b
}

// stepPlan gives an event to the plan of availability and does what it says.
func (p *parachains) stepPlan(now primitives.Millis, ev plan.Event) {
	for _, effect := range p.plan.Step(now, ev) {
		switch e := effect.(type) {
		case plan.Fetch:
			p.fetchChunk(now, e)
		case plan.Blame:
			p.emit(engine.Note{Payload: countNote("wrong chunk blamed")})
		case plan.Bitfield:
			p.signBitfield(e)
		}
	}
}

// fetchChunk asks a validator for the own chunk, and stores it.
func (p *parachains) fetchChunk(now primitives.Millis, e plan.Fetch) {
	to, ok := p.validator(e.Session, e.From)
	if !ok {
		p.emit(engine.After{Payload: planAnswer{plan.Ended{ID: e.ID, Outcome: plan.Failed}}})
		return
	}
	commitment := wire.Commitment{Root: e.Root, Validators: e.Validators}
	p.ask(now, to, askChunk, scale.Marshal(wire.ChunkRequest{Candidate: e.Candidate, Index: e.Index}), func(now primitives.Millis, answer []byte, ok bool) {
		outcome := plan.Failed
		if ok {
			c, err := commitment.Chunk(answer, e.Index)
			switch {
			case err != nil:
				outcome = plan.Lied
				p.emit(engine.Note{Payload: reportNote{to, err}})
			case c == nil:
				outcome = plan.Absent
			default:
				outcome = plan.Fetched
				p.node.disk.Put(chunkKey(e.Candidate), c.AppendSCALE(nil))
				p.node.disk.Sync()
				p.emit(engine.Note{Payload: heldNote{e.Candidate, commitment, *c}})
			}
		}
		p.stepPlan(now, plan.Ended{ID: e.ID, Outcome: outcome})
	})
}

// serve answers a request of a peer.
func (p *parachains) serve(now primitives.Millis, a asked) {
	if a.protocol == askOffer {
		p.offered(now, a)
		return
	}
	if p.misbehavior.Serves != nil && !p.misbehavior.Serves(a.from) {
		p.emit(engine.Note{Payload: misdeedNote("withheld")})
		return
	}
	answer := wire.None()
	if item := p.held(a); item != nil {
		answer = wire.Some(item)
	}
	p.answer(a, answer)
}

// held returns what a request asks for, encoded; nil if it is not held.
func (p *parachains) held(a asked) []byte {
	switch a.protocol {
	case askChunk:
		var r wire.ChunkRequest
		if scale.Unmarshal(a.request, &r) != nil {
			return nil
		}
		item := p.chunk(r)
		if item != nil && p.misbehavior.Forges {
			p.emit(engine.Note{Payload: misdeedNote("wrong chunk")})
			return forge(item, int(r.Index)+int(r.Candidate[0]))
		}
		return item
	case askData, askPoV:
		var candidate primitives.Hash
		d := scale.NewDecoder(a.request)
		d.U8()
		d.Fixed(candidate[:])
		_, payload := p.data(candidate)
		if payload == nil || a.protocol == askData {
			return payload
		}
		var pov primitives.PoV
		in := scale.NewDecoder(payload)
		pov.DecodeSCALE(in)
		return in.Since(0)
	}
	return nil
}

// data returns the stored data of a candidate and among how many validators it is
// split; nil if it is not stored.
func (p *parachains) data(candidate primitives.Hash) (validators int, payload []byte) {
	raw := p.node.disk.Get(dataKey(candidate))
	if raw == nil {
		return 0, nil
	}
	return int(scale.NewDecoder(raw).U32()), raw[4:]
}

// chunk returns a chunk: the own one, or of stored data any.
func (p *parachains) chunk(r wire.ChunkRequest) []byte {
	if n, payload := p.data(r.Candidate); payload != nil {
		_, chunks, err := chunk.Encode(payload, n)
		must(err)
		if int(r.Index) < len(chunks) {
			return chunks[r.Index].AppendSCALE(nil)
		}
		return nil
	}
	raw := p.node.disk.Get(chunkKey(r.Candidate))
	if raw == nil {
		return nil
	}
	var own chunk.Chunk
	must(scale.Unmarshal(raw, &own))
	if int(own.Index) != int(r.Index) {
		return nil
	}
	return raw
}

// forge returns a wrong chunk made of a right one.
func forge(item []byte, how int) []byte {
	var c chunk.Chunk
	must(scale.Unmarshal(item, &c))
	switch how % 4 {
	case 0:
		c.Index++
	case 1:
		c.Data = append([]byte{}, c.Data...)
		c.Data[0]++
	case 2:
		c.Proof = append([][32]byte{}, c.Proof...)
		c.Proof[0][0]++
	case 3:
		return []byte{1}
	}
	return c.AppendSCALE(nil)
}

// Kinds of messages about bitfields, in their first byte.
const (
	oneBitfield     = 0 // block, signed bitfield
	bitfieldSummary = 1 // block, whose bitfields about it are known
)

// signBitfield signs a bitfield, if the guard lets it, and gossips it.
func (p *parachains) signBitfield(b plan.Bitfield) {
	about := p.about(b.Block)
	if int64(b.Own) >= int64(len(about)) {
		return
	}
	if p.misbehavior.Claims {
		b.Bits = bitfield.New(b.Bits.Len(), func(primitives.CoreIndex) bool { return true })
		p.emit(engine.Note{Payload: misdeedNote("claimed all chunks")})
	}
	context := primitives.SigningContext{SessionIndex: b.Session, Parent: b.Block}
	guard := p.node.guard
	_, err := guard.SignBitfield(guard.keys.para, context, b.Bits)
	if err := guard.allowed(err); err != nil {
		p.emit(engine.Note{Payload: unsignedNote{"bitfield", err}})
		return
	}
	signature := primitives.Signature(p.keys().Sr25519(primitives.BitfieldPayload(b.Bits, context)))
	about[b.Own] = &primitives.SignedBitfield{Bitfield: b.Bits, ValidatorIndex: b.Own, Signature: signature}
	p.emit(engine.Publish{Topic: topicBitfields, Data: bitfieldMessage(b.Block, about[b.Own])})
}

func bitfieldMessage(block primitives.Hash, b *primitives.SignedBitfield) []byte {
	return b.AppendSCALE(append([]byte{oneBitfield}, block[:]...))
}

// about returns the bitfields about a block, by validator; none if the block is
// not known.
func (p *parachains) about(block primitives.Hash) []*primitives.SignedBitfield {
	l := p.leaves[block]
	if l == nil {
		return nil
	}
	if p.bitfields[block] == nil {
		p.bitfields[block] = make([]*primitives.SignedBitfield, len(l.leaf.Validators))
	}
	return p.bitfields[block]
}

// hear takes in a message of a peer about bitfields.
func (p *parachains) hear(now primitives.Millis, from engine.NodeID, data []byte) verdict {
	d := scale.NewDecoder(data)
	kind := d.U8()
	var block primitives.Hash
	d.Fixed(block[:])
	about := p.about(block)
	switch kind {
	case oneBitfield:
		var b primitives.SignedBitfield
		b.DecodeSCALE(d)
		if err := d.Finish(); err != nil {
			return verdict{protocol.Reject, err}
		}
		return p.takeBitfield(now, block, about, b)
	case bitfieldSummary:
		var held scale.BitVec
		held.DecodeSCALE(d)
		if err := d.Finish(); err != nil {
			return verdict{protocol.Reject, err}
		}
		for i, b := range about {
			if b != nil && held.Len() == len(about) && !held.Get(i) {
				p.node.send(from, kindBitfield, bitfieldMessage(block, b))
			}
		}
	}
	return verdict{judgment: protocol.Accept}
}

// takeBitfield checks a bitfield and keeps it.
func (p *parachains) takeBitfield(now primitives.Millis, block primitives.Hash, about []*primitives.SignedBitfield, b primitives.SignedBitfield) verdict {
	l := p.leaves[block]
	if l == nil || int64(b.ValidatorIndex) < int64(len(about)) && about[b.ValidatorIndex] != nil {
		return verdict{judgment: protocol.Ignore}
	}
	context := primitives.SigningContext{SessionIndex: l.leaf.Session, Parent: block}
	if err := bitfield.Check(b, len(l.leaf.Cores), l.leaf.Validators, context, p.node.world.scheme); err != nil {
		return verdict{protocol.Reject, err}
	}
	if l.leaf.Validators[b.ValidatorIndex] == p.own {
		p.node.heardBitfield(now, context, b.Bitfield)
	}
	about[b.ValidatorIndex] = &b
	return verdict{judgment: protocol.Accept}
}

// bitfieldSummaries says which bitfields about active leaves this node has.
func (p *parachains) bitfieldSummaries() (out [][]byte) {
	for _, leaf := range p.chains.Leaves() {
		about := p.about(leaf.Hash)
		held := scale.NewBitVec(len(about))
		for i, b := range about {
			held.Set(i, b != nil)
		}
		out = append(out, held.AppendSCALE(append([]byte{bitfieldSummary}, leaf.Hash[:]...)))
	}
	return out
}
