package grandpa

import "github.com/rampart-chain/rampart/relay/primitives"

// received handles a message of a peer and emits its verdict.
func (c *Core) received(now primitives.Millis, ev Received) {
	var err error
	rejected := false
	switch m := ev.Message.(type) {
	case Vote:
		rejected, err = c.voteReceived(m)
	case CommitMessage:
		rejected, err = c.commitReceived(now, ev.From, m)
	case CatchUpRequest:
		err = c.catchUpRequested(ev.From, m)
	case CatchUp:
		rejected, err = c.catchUpReceived(now, ev.From, m)
	case Summary:
		rejected, err = c.summaryReceived(now, ev.From, m)
	default:
		rejected, err = true, ErrMessageVersion
	}
	c.judge(ev.From, rejected, err)
}

// judge emits the verdict: accepted without a reason, else rejected or ignored.
func (c *Core) judge(from Peer, rejected bool, err error) {
	v := Verdict{From: from, Judgment: Accept, Reason: err}
	switch {
	case rejected:
		v.Judgment = Reject
	case err != nil:
		v.Judgment = Ignore
	}
	c.emit(v)
}

// ofSet returns nil for the present set, else why a message of set is no use.
func (c *Core) ofSet(set primitives.SetID) error {
	switch {
	case set < c.set:
		return ErrOldSet
	case set > c.set:
		return ErrFutureSet
	}
	return nil
}

// voteReceived counts a peer's vote.
func (c *Core) voteReceived(m Vote) (rejected bool, err error) {
	if err := c.ofSet(m.Set); err != nil {
		return false, err
	}
	voter, ok := c.voters.Index(m.Signed.ID)
	if !ok {
		return true, ErrUnknownVoter
	}
	r, err := c.round(m.Round)
	if err != nil {
		return false, err
	}
	target, kind := m.Signed.Message.Target(), kindOf(m.Signed.Message)
	at, err := c.tree.find(target)
	if err == ErrWrongNumber {
		return true, err
	}
	switch {
	case kind == proposal && voter != c.voters.Primary(r.number):
		return true, ErrNotPrimary
	case kind == proposal && r.proposal != nil:
		return false, ErrDuplicate
	case kind != proposal:
		if err := r.votes[kind].known(voter, target); err != nil {
			return false, err
		}
	}
	payload := primitives.GRANDPAPayload(m.Signed.Message, m.Round, m.Set)
	if !c.params.Verifier.Ed25519(m.Signed.ID, payload, m.Signed.Signature) {
		return true, ErrBadSignature
	}
	b := &ballot{target: target, signature: m.Signed.Signature, at: at}
	if kind == proposal {
		r.proposal = b
		return false, nil
	}
	b.at = r.locate(at)
	c.count(r, kind, voter, b)
	return false, nil
}

// count adds a verified vote and reports an equivocation.
func (c *Core) count(r *round, kind phase, voter int, b *ballot) {
	if !r.add(kind, voter, b) {
		return
	}
	votes := r.votes[kind].votes[voter]
	c.emit(Equivocation{
		Set: c.set, Round: r.number,
		First: r.signed(kind, voter, votes.first), Second: r.signed(kind, voter, votes.second),
	})
	for _, key := range c.params.Keys {
		if key == c.voters.At(voter).Key {
			c.alarm(ErrOwnEquivocated, b.target)
		}
	}
}

// commitReceived finalizes what a peer's commit proves.
func (c *Core) commitReceived(now primitives.Millis, from Peer, m CommitMessage) (rejected bool, err error) {
	target := m.Commit.Target
	if target.Number <= c.final.id.Number {
		if m.Set == c.set && c.final.at(target.Number) == c.tree.nodes[target.Hash] {
			return false, ErrStaleCommit
		}
	}
	if err := c.ofSet(m.Set); err != nil {
		return false, err
	}
	commit, err := expand(m.Commit)
	if err != nil {
		return true, err
	}
	if _, err := countPrecommits(c.voters, commit); err != nil {
		return true, err
	}
	n, err := c.tree.find(target)
	if err != nil {
		c.fetch(from, []primitives.BlockID{target})
		return err == ErrWrongNumber, err
	}
	proven, unknown := c.onTarget(n, commit)
	weight, _ := countPrecommits(c.voters, proven)
	if weight < c.voters.Threshold() {
		if len(unknown) > 0 {
			c.fetch(from, unknown)
			return false, ErrUnknownBlock
		}
		return true, ErrThreshold
	}
	if err := verifyPrecommits(c.set, m.Round, commit.Precommits, c.params.Verifier); err != nil {
		return true, err
	}
	c.countCommit(m.Round, commit)
	c.commits.heard = max(c.commits.heard, target.Number)
	if c.final.descends(n) {
		return false, ErrStaleCommit
	}
	j, ok := c.justify(m.Round, proven)
	if !ok || !c.finalize(now, n, j) {
		return false, ErrConflict
	}
	return false, nil
}

// onTarget returns commit with only the precommits for n or descendants, and the
// targets not known here.
func (c *Core) onTarget(n *node, commit primitives.Commit) (on primitives.Commit, unknown []primitives.BlockID) {
	on.Target = commit.Target
	for _, p := range commit.Precommits {
		at, err := c.tree.find(p.Precommit.TargetBlock)
		switch {
		case err != nil:
			unknown = append(unknown, p.Precommit.TargetBlock)
		case at.descends(n):
			on.Precommits = append(on.Precommits, p)
		}
	}
	return on, unknown
}

// countCommit counts the verified precommits of a commit in their round, if it
// is followed.
func (c *Core) countCommit(number primitives.Round, commit primitives.Commit) {
	for _, r := range c.live() {
		if r.number != number {
			continue
		}
		for _, p := range commit.Precommits {
			voter, _ := c.voters.Index(p.ID)
			target := p.Precommit.TargetBlock
			at, err := c.tree.find(target)
			if err == ErrWrongNumber || r.votes[precommit].known(voter, target) != nil {
				continue
			}
			c.count(r, precommit, voter, &ballot{target: target, signature: p.Signature, at: r.locate(at)})
		}
	}
}

// justified finalizes what a justification found by block sync proves.
func (c *Core) justified(now primitives.Millis, ev JustificationReceived) {
	rejected, err := c.checkJustification(ev.Justification)
	if err == nil {
		n := c.tree.nodes[ev.Justification.Commit.Target.Hash]
		if !c.finalize(now, n, ev.Justification) {
			err = ErrConflict
		}
	}
	c.judge(ev.From, rejected, err)
}

// checkJustification returns nil if j finalizes a known block. One for a block
// past the next set change is of a later set and cannot be checked yet.
func (c *Core) checkJustification(j primitives.GRANDPAJustification) (rejected bool, err error) {
	target := j.Commit.Target
	if target.Number <= c.final.id.Number {
		return false, ErrStaleCommit
	}
	n, err := c.tree.find(target)
	if err != nil {
		return err == ErrWrongNumber, err
	}
	if change := c.tree.limit(n); change != nil && target.Number > change.Effective {
		return false, ErrFutureSet
	}
	err = VerifyJustification(c.voters, c.set, j, c.params.Verifier)
	return err != nil, err
}
