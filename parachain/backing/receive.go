package backing

import (
	"slices"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// received handles a message of a peer and emits its verdict.
//
// Reject is for what every honest node that passes it on would have noticed: it
// follows from the relay parent and the message alone. What depends on leaves, or
// on other messages, is ignored.
func (c *Core) received(ev Received) {
	judgment, err := c.take(ev)
	if err == ErrRelayParent && c.early.add(ev) {
		err = ErrEarly
	}
	c.emit(Verdict{From: ev.From, Judgment: judgment, Reason: err})
}

// receivedEarly handles a message that got its verdict when it came too early.
func (c *Core) receivedEarly(ev Received) {
	if judgment, err := c.take(ev); judgment == protocol.Reject {
		c.emit(Report{Peer: ev.From, Reason: err})
	}
}

func (c *Core) take(ev Received) (protocol.Verdict, error) {
	switch m := ev.Message.(type) {
	case Seconded:
		return c.secondedReceived(m)
	case Valid:
		return c.validReceived(m)
	case Summary:
		return c.summaryReceived(ev.From, m)
	}
	return protocol.Reject, ErrMessageVersion
}

// checkSeconded returns the Reason for which m breaks a rule, as far as the relay
// parent tells; the signature is not looked at.
func (p *relayParent) checkSeconded(m Seconded) error {
	d := m.Candidate.Descriptor
	core := primitives.CoreIndex(d.CoreIndex)
	_, signals, err := ump.Split(m.Candidate.Commitments.UpwardMessages)
	switch {
	case err != nil:
		return err
	case d.SessionIndex != p.context.SessionIndex:
		return inclusion.ErrSession
	case int64(m.Validator) >= int64(len(p.leaf.Validators)):
		return ErrUnknownValidator
	case !slices.Contains(p.leaf.Group(core, p.Number), m.Validator):
		return ErrGroup
	case !slices.Contains(prospective.Claimed(p.RelayParent, d.ParaID), core):
		return prospective.ErrNoCore
	case !inclusion.CoreSelected(p.ClaimQueue, d.ParaID, signals.SelectCore, core):
		return inclusion.ErrCore
	case m.Candidate.Commitments.HeadData.Hash() != d.ParaHead:
		return inclusion.ErrParaHead
	case m.ValidationData.Hash() != d.PersistedValidationDataHash:
		return prospective.ErrValidationData
	}
	return nil
}

// signedBy reports whether signature is that of v over the statement.
func (c *Core) signedBy(p *relayParent, v primitives.ValidatorIndex, kind primitives.StatementKind, candidate primitives.Hash, signature primitives.Signature) bool {
	payload := primitives.CompactStatement{Kind: kind, CandidateHash: candidate}.SigningPayload(p.context)
	return c.params.Verifier.Sr25519(p.leaf.Validators[v], payload, signature)
}

// overhear tells of a statement of an own key that is not known yet. Whether it
// counts makes no difference.
func (c *Core) overhear(p *relayParent, v primitives.ValidatorIndex, statement primitives.CompactStatement, signature primitives.Signature) {
	key := p.leaf.Validators[v]
	if !slices.Contains(c.params.Keys, key) {
		return
	}
	if k := c.candidates[statement.CandidateHash]; k != nil && k.at == p {
		if i := k.position(v); i >= 0 && k.votes[i].kind == statement.Kind {
			return
		}
	}
	if c.signedBy(p, v, statement.Kind, statement.CandidateHash, signature) {
		c.emit(OwnHeard{Key: key, Context: p.context, Statement: statement})
	}
}

// secondedReceived takes in a Seconded.
func (c *Core) secondedReceived(m Seconded) (protocol.Verdict, error) {
	p := c.parent(m.Candidate.Descriptor.RelayParent)
	if p == nil {
		return protocol.Ignore, ErrRelayParent
	}
	if err := p.checkSeconded(m); err != nil {
		return protocol.Reject, err
	}
	receipt := m.Candidate.Receipt()
	hash := receipt.Hash()
	c.overhear(p, m.Validator, primitives.CompactStatement{Kind: primitives.Seconded, CandidateHash: hash}, m.Signature)
	k, rec := c.candidates[hash], p.record(m.Validator)
	switch {
	case k != nil && k.votes[k.position(m.Validator)].kind == primitives.Seconded:
		return protocol.Ignore, ErrDuplicate
	case rec.equivocated:
		return protocol.Ignore, ErrHeard
	case c.disabled(p, m.Validator):
		return protocol.Ignore, ErrDisabled
	case !c.signedBy(p, m.Validator, primitives.Seconded, hash, m.Signature):
		return protocol.Reject, ErrSignature
	}
	if k != nil && k.votes[k.position(m.Validator)].kind != 0 {
		c.evidence(p, m.Validator, ErrBothKinds, k.statement(m.Validator), Statement{Kind: primitives.Seconded, Receipt: receipt, Signature: m.Signature})
		return protocol.Accept, nil
	}
	known := c.chains.Known(hash)
	if err := c.chains.Add(m.Candidate, m.ValidationData); err != nil {
		return protocol.Ignore, err
	}
	k = c.candidate(p, hash, receipt, m.ValidationData)
	k.commitments = &m.Candidate.Commitments
	c.count(k, m.Validator, m.Signature)
	c.takeWaiting(k)
	if !known {
		c.emit(Extended{Candidate: hash})
	}
	return protocol.Accept, nil
}

// count notes a verified Seconded: it counts unless it is an equivocation.
func (c *Core) count(k *candidate, v primitives.ValidatorIndex, signature primitives.Signature) {
	rec := k.at.record(v)
	own := vote{kind: primitives.Seconded, signature: signature}
	reason, others := error(nil), []*candidate(nil)
	for _, other := range rec.seconded {
		if siblings(other.receipt.Descriptor, k.receipt.Descriptor) {
			reason, others = ErrConflicting, []*candidate{other}
		}
	}
	if reason == nil && len(rec.seconded) >= k.at.leaf.MaxSeconded() {
		reason, others = ErrTooMany, rec.seconded
	}
	own.counted = reason == nil
	k.votes[k.position(v)] = own
	if own.counted {
		rec.seconded = append(rec.seconded, k)
		return
	}
	var statements []Statement
	for _, other := range others {
		statements = append(statements, other.statement(v))
	}
	c.evidence(k.at, v, reason, append(statements, k.statement(v))...)
}

// evidence reports an equivocation, the first of the validator at the relay
// parent.
func (c *Core) evidence(p *relayParent, v primitives.ValidatorIndex, reason error, statements ...Statement) {
	rec := p.record(v)
	if rec.equivocated {
		return
	}
	rec.equivocated = true
	key := p.leaf.Validators[v]
	c.emit(Equivocation{Context: p.context, Validator: v, Key: key, Statements: statements, Reason: reason})
	if slices.Contains(c.params.Keys, key) {
		c.emit(Alarm{Candidate: statements[len(statements)-1].Receipt.Hash(), Reason: ErrOwnEquivocated})
	}
}

// validReceived takes in a Valid.
func (c *Core) validReceived(m Valid) (protocol.Verdict, error) {
	p := c.parent(m.RelayParent)
	if p == nil {
		return protocol.Ignore, ErrRelayParent
	}
	if int64(m.Validator) >= int64(len(p.leaf.Validators)) {
		return protocol.Reject, ErrUnknownValidator
	}
	c.overhear(p, m.Validator, primitives.CompactStatement{Kind: primitives.Valid, CandidateHash: m.Candidate}, m.Signature)
	k := c.candidates[m.Candidate]
	if k == nil || k.commitments == nil {
		return protocol.Ignore, c.wait(p, m)
	}
	i := k.position(m.Validator)
	switch {
	case k.at != p:
		return protocol.Reject, ErrOtherParent
	case i < 0:
		return protocol.Reject, ErrGroup
	case k.votes[i].kind == primitives.Valid:
		return protocol.Ignore, ErrDuplicate
	case k.votes[i].kind == primitives.Seconded && p.record(m.Validator).equivocated:
		return protocol.Ignore, ErrHeard
	case c.disabled(p, m.Validator):
		return protocol.Ignore, ErrDisabled
	case !c.signedBy(p, m.Validator, primitives.Valid, m.Candidate, m.Signature):
		return protocol.Reject, ErrSignature
	case k.votes[i].kind == primitives.Seconded:
		c.evidence(p, m.Validator, ErrBothKinds, k.statement(m.Validator), Statement{Kind: primitives.Valid, Receipt: k.receipt, Signature: m.Signature})
		return protocol.Accept, nil
	}
	k.votes[i] = vote{kind: primitives.Valid, signature: m.Signature, counted: true}
	return protocol.Accept, nil
}

// wait keeps a vote until its candidate is seconded, at most as many of a
// validator as its group can second, and returns why it is ignored now.
func (c *Core) wait(p *relayParent, m Valid) error {
	rec := p.record(m.Validator)
	limit := 0
	for _, group := range p.leaf.Groups {
		if slices.Contains(group, m.Validator) {
			limit = len(group) * p.leaf.MaxSeconded()
		}
	}
	switch {
	case slices.Contains(rec.waiting, m):
		return ErrDuplicate
	case len(rec.waiting) < limit && c.signedBy(p, m.Validator, primitives.Valid, m.Candidate, m.Signature):
		rec.waiting = append(rec.waiting, m)
	}
	return ErrUnknownCandidate
}

// takeWaiting takes in the votes that waited for k.
func (c *Core) takeWaiting(k *candidate) {
	for _, v := range k.group {
		rec := k.at.records[v]
		if rec == nil {
			continue
		}
		rec.waiting = slices.DeleteFunc(rec.waiting, func(m Valid) bool {
			if m.Candidate != k.hash {
				return false
			}
			_, _ = c.validReceived(m)
			return true
		})
	}
}
