package grandpa

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// maxAncestries bounds the headers of a justification, as its type does.
const maxAncestries = 1024

// compact returns c in the form of the wire.
func compact(c primitives.Commit) primitives.CompactCommit {
	out := primitives.CompactCommit{Target: c.Target}
	for _, p := range c.Precommits {
		out.Precommits = append(out.Precommits, p.Precommit)
		out.AuthData = append(out.AuthData, primitives.PrecommitAuthTag{Signature: p.Signature, ID: p.ID})
	}
	return out
}

// expand is the inverse of compact. ErrAuthData if the lists differ in length.
func expand(c primitives.CompactCommit) (primitives.Commit, error) {
	out := primitives.Commit{Target: c.Target}
	if len(c.AuthData) != len(c.Precommits) {
		return out, ErrAuthData
	}
	out.Precommits = make([]primitives.SignedPrecommit, 0, len(c.Precommits))
	for i, p := range c.Precommits {
		tag := c.AuthData[i]
		out.Precommits = append(out.Precommits, primitives.SignedPrecommit{
			Precommit: p, Signature: tag.Signature, ID: tag.ID,
		})
	}
	return out, nil
}

// justify returns the justification that commit makes: its precommits, all for
// the target or descendants, with the headers between. Precommits whose headers
// do not fit are left out; ok is false if the rest is no supermajority.
func (c *Core) justify(round primitives.Round, commit primitives.Commit) (j primitives.GRANDPAJustification, ok bool) {
	j = primitives.GRANDPAJustification{Round: round, Commit: primitives.Commit{Target: commit.Target}}
	held := map[primitives.Hash]bool{commit.Target.Hash: true}
	var weight uint64
	for _, p := range commit.Precommits {
		var missing []*node
		for n := c.tree.nodes[p.Precommit.TargetBlock.Hash]; !held[n.id.Hash]; n = n.parent {
			missing = append(missing, n)
		}
		if len(j.VotesAncestries)+len(missing) > maxAncestries {
			continue
		}
		for _, n := range missing {
			held[n.id.Hash] = true
			j.VotesAncestries = append(j.VotesAncestries, n.header)
		}
		voter, _ := c.voters.Index(p.ID)
		weight += c.voters.At(voter).Weight
		j.Commit.Precommits = append(j.Commit.Precommits, p)
	}
	return j, weight >= c.voters.Threshold()
}

// VerifyJustification returns nil if j proves that j.Commit.Target was finalized
// by voters as set, else a Reason: a supermajority of distinct voters signed
// precommits for the target or, by the headers given, a descendant. A voter may
// appear with two different precommits and counts once. Strict: unknown voters,
// equal precommits, foreign precommits and unused headers are refused.
//
// Source: polkadot-sdk substrate/primitives/consensus/grandpa and
// client/consensus/grandpa/src/justification.rs, verify_with_voter_set.
func VerifyJustification(voters *VoterSet, set primitives.SetID, j primitives.GRANDPAJustification, v Verifier) error {
	weight, err := countPrecommits(voters, j.Commit)
	if err != nil {
		return err
	}
	if weight < voters.Threshold() {
		return ErrThreshold
	}
	if err := checkAncestries(j); err != nil {
		return err
	}
	return verifyPrecommits(set, j.Round, j.Commit.Precommits, v)
}

// countPrecommits returns the weight of the voters of c, each once.
func countPrecommits(voters *VoterSet, c primitives.Commit) (weight uint64, err error) {
	if len(c.Precommits) > 2*voters.Len() {
		return 0, ErrTooManyVotes
	}
	seen := map[int][]primitives.BlockID{}
	for _, p := range c.Precommits {
		voter, ok := voters.Index(p.ID)
		if !ok {
			return 0, ErrUnknownVoter
		}
		target, before := p.Precommit.TargetBlock, seen[voter]
		switch {
		case len(before) == 0:
			weight += voters.At(voter).Weight
		case len(before) > 1:
			return 0, ErrTooManyVotes
		case before[0] == target:
			return 0, ErrDuplicate
		}
		seen[voter] = append(before, target)
	}
	return weight, nil
}

// checkAncestries returns nil if every precommit's target descends from the
// commit's by the headers given, and every header is needed for that.
func checkAncestries(j primitives.GRANDPAJustification) error {
	headers := make(map[primitives.Hash]primitives.Header, len(j.VotesAncestries))
	for _, h := range j.VotesAncestries {
		headers[h.Hash()] = h
	}
	if len(headers) != len(j.VotesAncestries) {
		return ErrUnusedHeader
	}
	descends := map[primitives.BlockID]bool{j.Commit.Target: true}
	used := 0
	for _, p := range j.Commit.Precommits {
		for id := p.Precommit.TargetBlock; !descends[id]; {
			h, ok := headers[id.Hash]
			if !ok || h.Number != id.Number || id.Number <= j.Commit.Target.Number {
				return ErrAncestry
			}
			descends[id] = true
			used++
			id = primitives.BlockID{Hash: h.ParentHash, Number: h.Number - 1}
		}
	}
	if used != len(headers) {
		return ErrUnusedHeader
	}
	return nil
}

// verifyPrecommits returns ErrBadSignature if a signature does not verify.
func verifyPrecommits(set primitives.SetID, round primitives.Round, precommits []primitives.SignedPrecommit, v Verifier) error {
	entries := make([]crypto.Signed, len(precommits))
	for i, p := range precommits {
		entries[i] = crypto.Signed{
			Public: p.ID, Message: primitives.GRANDPAPayload(p.Precommit, round, set), Signature: p.Signature,
		}
	}
	if slices.Contains(v.Ed25519Batch(entries), false) {
		return ErrBadSignature
	}
	return nil
}
