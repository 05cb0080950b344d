package relaychain

import (
	"errors"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/distribution/plan"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
	"github.com/rampart-chain/rampart/testnet/scenario/oracle"
)

// stepBacking gives an event to backing and performs, in order, what it asks for.
func (p *parachains) stepBacking(now primitives.Millis, event backing.Event) {
	for events := []backing.Event{event}; len(events) > 0; events = events[1:] {
		for _, effect := range p.backing.Step(now, events[0]) {
			if answer := p.performBacking(now, effect); answer != nil {
				events = append(events, answer)
			}
		}
	}
}

func (p *parachains) performBacking(now primitives.Millis, effect backing.Effect) backing.Event {
	switch e := effect.(type) {
	case backing.Validate:
		p.emit(engine.After{Delay: oracle.Cost(e.Candidate), Payload: backingAnswer{p.validate(e)}})
	case backing.FetchPoV:
		p.fetchPoV(now, e)
	case backing.StoreAvailableData:
		p.keep(now, e)
	case backing.Sign:
		return p.sign(e)
	case backing.Broadcast:
		p.emit(engine.Publish{Topic: topicStatements, Data: backing.Encode(e.Message)})
		if m, ok := e.Message.(backing.Seconded); ok && p.misbehavior.SecondsTwice {
			p.secondAgain(m)
		}
	case backing.SendTo:
		for _, m := range e.Messages {
			p.node.send(paraNode(e.To), kindStatement, backing.Encode(m))
		}
	case backing.Extended:
		p.stepCollation(now, collation.Extended{})
	case backing.Judged:
		p.stepCollation(now, collation.Judged{Candidate: e.Candidate, Reason: e.Reason, Fault: e.Fault})
	case backing.OwnHeard:
		p.node.heardStatement(now, e)
	case backing.Verdict:
		p.verdict = verdict{e.Judgment, e.Reason}
	case backing.Report:
		p.emit(engine.Note{Payload: reportNote{paraNode(e.Peer), e.Reason}})
	default: // what it says for people to know
		p.emit(engine.Note{Payload: backingNote{e}})
	}
	return nil
}

// errDescriptor says that a candidate is not what its descriptor says.
var errDescriptor = errors.New("candidate differs from its descriptor")

// validate is what a worker answers: the oracle's verdict.
func (p *parachains) validate(e backing.Validate) backing.Validated {
	out := backing.Validated{Candidate: e.Candidate}
	d := e.Receipt.Descriptor
	pov := e.PoV.AppendSCALE(nil)
	relay := p.node.world.views.byRoot[e.ValidationData.RelayParentStorageRoot]
	switch {
	case relay == nil:
		out.Reason = errGone // the state is not known: no verdict
		return out
	case e.ValidationData.Hash() != d.PersistedValidationDataHash:
		out.Reason = errDescriptor
	case primitives.Blake2b256(pov) != d.PoVHash:
		out.Reason = errDescriptor
	case uint64(len(pov)) > uint64(e.ValidationData.MaxPoVSize):
		out.Reason = errDescriptor
	default:
		var result primitives.ValidationResult
		result, out.Reason = oracle.Validate(primitives.ValidationParams{
			ParentHead: e.ValidationData.ParentHead, BlockData: e.PoV.BlockData,
			RelayParentNumber: e.ValidationData.RelayParentNumber, RelayParentStorageRoot: e.ValidationData.RelayParentStorageRoot,
		}, d.ParaID, frame.NewState(relay))
		if out.Reason == nil && result.HeadData.Hash() != d.ParaHead {
			out.Reason = errDescriptor
		}
		out.Commitments = result.Commitments()
	}
	if out.Reason != nil {
		out.Outcome = backing.Invalid
		return out
	}
	available := primitives.AvailableData{PoV: e.PoV, ValidationData: e.ValidationData}
	root, _, err := chunk.Encode(available.AppendSCALE(nil), e.Validators)
	must(err)
	out.Outcome, out.ErasureRoot = backing.Executed, root
	return out
}

// sign signs a statement if the guard lets it.
func (p *parachains) sign(e backing.Sign) backing.Event {
	guard := p.node.guard
	_, err := guard.SignBacking(guard.keys.para, e.Context, e.Statement, e.MaxSeconded)
	if err := guard.allowed(err); err != nil {
		p.emit(engine.Note{Payload: unsignedNote{"statement", err}})
		return backing.Signed{Request: e, Refused: true}
	}
	p.emit(engine.Note{Payload: statedNote{e}})
	signature := primitives.Signature(p.keys().Sr25519(e.Statement.SigningPayload(e.Context)))
	return backing.Signed{Request: e, Signature: signature}
}

// secondAgain seconds another candidate on the same head.
func (p *parachains) secondAgain(m backing.Seconded) {
	m.Candidate.Commitments.HeadData = append(primitives.HeadData{}, m.Candidate.Commitments.HeadData...)
	m.Candidate.Commitments.HeadData = append(m.Candidate.Commitments.HeadData, 1)
	m.Candidate.Descriptor.ParaHead = m.Candidate.Commitments.HeadData.Hash()
	l := p.chains.LeafWith(m.Candidate.Descriptor.RelayParent)
	if l == nil {
		return
	}
	statement := primitives.CompactStatement{Kind: primitives.Seconded, CandidateHash: m.Candidate.Hash()}
	m.Signature = p.keys().Sr25519(statement.SigningPayload(l.Context(m.Candidate.Descriptor.RelayParent)))
	p.node.world.paras.made[m.Candidate.Hash()] = built{receipt: m.Candidate, data: m.ValidationData, invalid: true}
	p.emit(engine.Publish{Topic: topicStatements, Data: backing.Encode(m)})
	p.emit(engine.Note{Payload: secondsTwice})
}

// fetchPoV asks a validator for a proof of validity.
func (p *parachains) fetchPoV(now primitives.Millis, e backing.FetchPoV) {
	to, ok := p.validator(e.Session, e.From)
	if !ok {
		p.emit(engine.After{Payload: backingAnswer{backing.PoVFailed{Fetch: e}}})
		return
	}
	p.emit(engine.Note{Payload: countNote("PoV fetched of a validator")})
	p.ask(now, to, askPoV, scale.Marshal(wire.PoVRequest{Candidate: e.Candidate}), func(now primitives.Millis, answer []byte, ok bool) {
		pov, err := (*primitives.PoV)(nil), error(nil)
		if ok {
			pov, err = wire.PoV(answer, e.PoVHash)
		}
		switch {
		case err != nil:
			p.emit(engine.Note{Payload: reportNote{to, err}})
			fallthrough
		case pov == nil:
			p.stepBacking(now, backing.PoVFailed{Fetch: e})
		default:
			p.stepBacking(now, backing.PoVFetched{Fetch: e, Peer: paraPeer(to), PoV: *pov, PoVHash: pov.Hash()})
		}
	})
}

// stepCollation gives an event to collation and performs what it asks for.
func (p *parachains) stepCollation(now primitives.Millis, event collation.Event) {
	for _, effect := range p.collation.Step(now, event) {
		switch e := effect.(type) {
		case collation.Fetch:
			p.fetchCollation(now, e)
		case collation.Second:
			p.stepBacking(now, backing.CollationReady{Receipt: e.Receipt, ValidationData: e.ValidationData, PoV: e.PoV})
		case collation.Verdict:
			p.verdict = verdict{e.Judgment, e.Reason}
		case collation.Report:
			p.emit(engine.Note{Payload: reportNote{paraNode(e.Peer), e.Reason}})
		}
	}
}

// fetchCollation asks a collator for a collation.
func (p *parachains) fetchCollation(now primitives.Millis, e collation.Fetch) {
	p.emit(engine.Note{Payload: fetchNote{e, now}})
	p.ask(now, paraNode(e.From), askCollation, scale.Marshal(e.Request), func(now primitives.Millis, raw []byte, ok bool) {
		var answer collation.Answer
		if !ok || scale.Unmarshal(raw, &answer) != nil || answer.Collation == nil {
			p.stepCollation(now, collation.FetchFailed{Fetch: e})
			return
		}
		c := answer.Collation
		p.stepCollation(now, collation.Fetched{Fetch: e, Receipt: c.Receipt, PoV: c.PoV, PoVHash: c.PoV.Hash()})
	})
}

// offered answers the offer of a collator.
func (p *parachains) offered(now primitives.Millis, a asked) {
	var o collation.Offer
	if scale.Unmarshal(a.request, &o) != nil {
		return
	}
	p.verdict = verdict{judgment: protocol.Ignore}
	p.stepCollation(now, collation.Offered{From: paraPeer(a.from), Offer: o})
	answer := collation.OfferAnswer{Taken: p.verdict.judgment == protocol.Accept}
	if !answer.Taken {
		answer.Reason = "not taken now"
		if p.verdict.reason != nil {
			answer.Reason = p.verdict.reason.Error()
		}
	}
	if p.verdict.judgment == protocol.Reject {
		p.emit(engine.Note{Payload: rejectedNote{what: "offer", from: a.from, reason: p.verdict.reason}})
	}
	p.answer(a, scale.Marshal(answer))
}

// keep makes what a backer must serve durable.
func (p *parachains) keep(now primitives.Millis, e backing.StoreAvailableData) {
	l := p.chains.LeafWith(e.Receipt.Descriptor.RelayParent)
	if l == nil {
		p.emit(engine.After{Payload: backingAnswer{backing.Stored{Candidate: e.Candidate, Reason: errGone}}})
		return
	}
	own, _ := l.Own([]primitives.SR25519Public{p.own})
	payload := scale.Marshal(e.Data)
	root, chunks, err := chunk.Encode(payload, e.Validators)
	must(err)
	if root != e.Receipt.Descriptor.ErasureRoot {
		panic("backing stores what it did not compare")
	}
	p.node.disk.Put(dataKey(e.Candidate), append(scale.AppendU32(nil, uint32(e.Validators)), payload...))
	p.node.disk.Put(chunkKey(e.Candidate), chunks[own].AppendSCALE(nil))
	p.node.disk.Sync()
	p.emit(engine.Note{Payload: heldNote{e.Candidate, wire.Commitment{Root: root, Validators: e.Validators}, chunks[own]}})
	p.stepPlan(now, plan.Stored{Candidate: e.Candidate})
	p.emit(engine.After{Delay: writeMillis, Payload: backingAnswer{backing.Stored{Candidate: e.Candidate}}})
}
