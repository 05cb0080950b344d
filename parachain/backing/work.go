package backing

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// stage is how far this node is with a candidate.
type stage uint8

const (
	idle       stage = iota // not looked at
	wanting                 // the PoV is to be fetched at fetchAt
	fetching                // FetchPoV is under way
	queued                  // waits for its turn to be executed
	validating              // Validate is under way
	storing                 // StoreAvailableData is under way
	signing                 // Sign is under way
	finished                // voted, refuted or abstained
)

// work is what this node does about a candidate.
type work struct {
	stage stage
	// collated says that a collator delivered the candidate and Judged is due,
	// second that this node means to second it.
	collated, second bool
	pov              *primitives.PoV
	// retried says that execution failed once for a local reason.
	retried bool
	// asked are the sources that were asked for the PoV since fetchAt.
	asked   []primitives.ValidatorIndex
	fetchAt primitives.Millis
}

// advance begins what can begin.
func (c *Core) advance(now primitives.Millis) {
	for _, p := range c.parents {
		for _, k := range p.candidates {
			if k.stage == idle && c.wanted(k) {
				k.stage, k.fetchAt = wanting, now
			}
			if k.stage != wanting || now < k.fetchAt {
				continue
			}
			if c.wanted(k) {
				c.fetch(k)
			} else {
				k.stage = idle
			}
		}
	}
	for len(c.queue) > 0 && c.validating < c.params.Validations {
		k := c.queue[0]
		c.queue = c.queue[1:]
		if !k.collated && !c.wanted(k) {
			k.stage, k.pov = idle, nil
			continue
		}
		k.stage = validating
		c.validating++
		c.emit(Validate{
			Candidate: k.hash, Receipt: k.receipt, ValidationData: k.data, PoV: *k.pov, Validators: len(k.at.leaf.Validators),
		})
	}
}

// backs reports whether this node is in the group of k, and enabled.
func (c *Core) backs(k *candidate) bool {
	return k.at.own != nil && slices.Contains(k.group, *k.at.own) && !c.disabled(k.at, *k.at.own)
}

// wanted reports whether this node should vote for a candidate that others
// seconded.
func (c *Core) wanted(k *candidate) bool {
	return c.backs(k) && !k.voted() && len(k.seconders()) > 0 && c.chains.Member(k.hash)
}

// fetch asks one of those that voted for k for its PoV, in turn: seconders first.
func (c *Core) fetch(k *candidate) {
	from, _ := k.nextSource()
	k.asked = append(k.asked, from)
	k.stage = fetching
	c.emit(FetchPoV{
		Candidate: k.hash, From: from, Session: k.at.context.SessionIndex, Key: k.at.leaf.Validators[from],
		PoVHash: k.receipt.Descriptor.PoVHash,
	})
}

// nextSource returns the first of those that voted for k that was not asked yet.
func (k *candidate) nextSource() (primitives.ValidatorIndex, bool) {
	for _, kind := range []primitives.StatementKind{primitives.Seconded, primitives.Valid} {
		for i, v := range k.votes {
			if v.kind == kind && v.counted && !slices.Contains(k.asked, k.group[i]) {
				return k.group[i], true
			}
		}
	}
	return 0, false
}

// fetched takes in the PoV of a candidate.
func (c *Core) fetched(now primitives.Millis, ev PoVFetched) {
	k := c.candidates[ev.Fetch.Candidate]
	switch {
	case k == nil || k.stage != fetching:
	case ev.PoVHash != k.receipt.Descriptor.PoVHash:
		c.emit(Report{Peer: ev.Peer, Reason: ErrPoV})
		c.fetchFailed(now, ev.Fetch)
	default:
		c.enqueue(k, ev.PoV)
	}
}

// fetchFailed has the next source asked: at once, or after half a slot if all
// were.
func (c *Core) fetchFailed(now primitives.Millis, f FetchPoV) {
	k := c.candidates[f.Candidate]
	if k == nil || k.stage != fetching {
		return
	}
	k.stage, k.fetchAt = wanting, now
	if _, ok := k.nextSource(); !ok {
		k.asked, k.fetchAt = nil, now+max(c.params.Slot/2, 1)
	}
}

func (c *Core) enqueue(k *candidate, pov primitives.PoV) {
	k.pov, k.stage = &pov, queued
	c.queue = append(c.queue, k)
}

// collation takes up a candidate of a collator.
func (c *Core) collation(ev CollationReady) {
	hash := ev.Receipt.Hash()
	k, err := c.collated(hash, ev)
	if err != nil {
		c.emit(Judged{Candidate: hash, Reason: err})
		return
	}
	k.collated = true
	c.enqueue(k, ev.PoV)
}

// collated returns the candidate, marked as to be seconded unless another did
// that, or the Reason for which it is of no use.
func (c *Core) collated(hash primitives.Hash, ev CollationReady) (*candidate, error) {
	d := ev.Receipt.Descriptor
	p := c.parent(d.RelayParent)
	if p == nil {
		return nil, ErrRelayParent
	}
	if k := c.candidates[hash]; k != nil {
		if k.stage > fetching || !c.wanted(k) {
			return nil, ErrKnown
		}
		return k, nil
	}
	group := p.leaf.Group(primitives.CoreIndex(d.CoreIndex), p.Number)
	switch {
	case p.own == nil || !slices.Contains(group, *p.own) || c.disabled(p, *p.own):
		return nil, ErrNotValidator
	case p.Number <= c.floor:
		return nil, ErrBeforeStart
	case len(p.mine) >= p.leaf.MaxSeconded():
		return nil, ErrOwnTooMany
	case slices.ContainsFunc(p.mine, func(m *candidate) bool { return siblings(m.receipt.Descriptor, d) }):
		return nil, ErrOwnConflicting
	}
	if err := c.chains.CheckDescriptor(d, ev.ValidationData); err != nil {
		return nil, err
	}
	k := c.candidate(p, hash, ev.Receipt, ev.ValidationData)
	k.second = true
	p.mine = append(p.mine, k)
	return k, nil
}

// validated takes in the outcome of execution.
func (c *Core) validated(ev Validated) {
	c.validating--
	k := c.candidates[ev.Candidate]
	if k == nil || k.stage != validating {
		return
	}
	switch ev.Outcome {
	case Executed:
		c.executed(k, ev)
	case Invalid:
		c.refuted(k, ev.Reason)
	default:
		if !k.retried {
			k.retried = true
			c.enqueue(k, *k.pov)
			return
		}
		c.emit(Alarm{Candidate: k.hash, Reason: ev.Reason})
		c.abstain(k, ev.Reason, false)
	}
}

// executed compares the outcome of execution with what the candidate says.
func (c *Core) executed(k *candidate, ev Validated) {
	made := primitives.CommittedCandidateReceipt{Descriptor: k.receipt.Descriptor, Commitments: ev.Commitments}
	switch {
	case ev.Commitments.Hash() != k.receipt.CommitmentsHash:
		c.refuted(k, ErrCommitments)
	case ev.ErasureRoot != k.receipt.Descriptor.ErasureRoot:
		c.refuted(k, ErrErasureRoot)
	default:
		if err := c.chains.HypotheticalMember(made, k.data); err != nil {
			moved := err == prospective.ErrNoLeaf || err == prospective.ErrUnknownParent || err == prospective.ErrDepth
			c.abstain(k, err, !moved)
			return
		}
		k.commitments = &ev.Commitments
		k.stage = storing
		c.emit(StoreAvailableData{
			Candidate: k.hash, Receipt: k.receipt, Validators: len(k.at.leaf.Validators),
			Data: primitives.AvailableData{PoV: *k.pov, ValidationData: k.data},
		})
		k.pov = nil
	}
}

// refuted ends the work on a candidate that is certainly not valid.
func (c *Core) refuted(k *candidate, reason error) {
	c.emit(Refuted{
		Candidate: k.hash, Receipt: k.receipt, Session: k.at.context.SessionIndex, Seconders: k.seconders(), Reason: reason,
	})
	c.finish(k, reason, true)
}

// abstain ends the work on a candidate without a vote.
func (c *Core) abstain(k *candidate, reason error, fault bool) {
	c.emit(Abstained{Candidate: k.hash, Reason: reason})
	c.finish(k, reason, fault)
}

// finish ends the work on a candidate; reason is nil if this node voted.
func (c *Core) finish(k *candidate, reason error, fault bool) {
	k.stage, k.pov = finished, nil
	if k.second && reason != nil {
		c.release(k)
	}
	if k.collated {
		c.emit(Judged{Candidate: k.hash, Reason: reason, Fault: fault})
	}
}

// release makes k one that this node does not second.
func (c *Core) release(k *candidate) {
	k.second = false
	k.at.mine = slices.DeleteFunc(k.at.mine, func(m *candidate) bool { return m == k })
}

// stored has the statement signed.
func (c *Core) stored(ev Stored) {
	k := c.candidates[ev.Candidate]
	if k == nil || k.stage != storing {
		return
	}
	if ev.Reason != nil {
		c.emit(Alarm{Candidate: k.hash, Reason: ev.Reason})
		c.abstain(k, ev.Reason, false)
		return
	}
	if k.voted() { // by another start of this node
		c.finish(k, nil, false)
		return
	}
	kind := primitives.Valid
	if len(k.seconders()) > 0 {
		c.release(k)
	} else if k.second {
		kind = primitives.Seconded
	}
	k.stage = signing
	c.emit(Sign{
		Key: k.at.leaf.Validators[*k.at.own], Context: k.at.context, MaxSeconded: k.at.leaf.MaxSeconded(),
		Statement: primitives.CompactStatement{Kind: kind, CandidateHash: k.hash},
	})
}

// signed takes in this node's own statement and has it gossiped.
func (c *Core) signed(ev Signed) {
	k := c.candidates[ev.Request.Statement.CandidateHash]
	if k == nil || k.stage != signing {
		return
	}
	if ev.Refused {
		c.abstain(k, ErrSignRefused, false)
		return
	}
	own := *k.at.own
	if ev.Request.Statement.Kind == primitives.Valid {
		k.votes[k.position(own)] = vote{kind: primitives.Valid, signature: ev.Signature, counted: true}
		c.emit(Broadcast{Valid{Validator: own, Signature: ev.Signature, RelayParent: k.at.Hash, Candidate: k.hash}})
		c.finish(k, nil, false)
		return
	}
	known := c.chains.Known(k.hash)
	if err := c.chains.Add(k.committed(), k.data); err != nil {
		c.abstain(k, err, false)
		return
	}
	c.count(k, own, ev.Signature)
	c.emit(Broadcast{Seconded{Validator: own, Signature: ev.Signature, Candidate: k.committed(), ValidationData: k.data}})
	if !known {
		c.emit(Extended{Candidate: k.hash})
	}
	c.takeWaiting(k)
	c.finish(k, nil, false)
}
