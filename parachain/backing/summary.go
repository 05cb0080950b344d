package backing

import (
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// ErrSummary rejects a Summary that contradicts itself or the session.
const ErrSummary = Reason("summary does not fit the session")

const (
	// maxMissing bounds the messages sent in answer to one summary.
	maxMissing = 1024
	// maxMissingBytes bounds their bytes but for the first message.
	maxMissingBytes = 1 << 20
)

// Summary returns which statements this node has, to be sent to a peer on
// connecting and to each neighbor once per slot. It speaks of at most 1,024
// candidates.
func (c *Core) Summary() Summary {
	var s Summary
	left := maxSummarized
	for _, p := range c.parents[max(0, len(c.parents)-64):] {
		r := RelayParentSummary{RelayParent: p.Hash}
		for _, k := range p.candidates {
			if k.commitments == nil || left == 0 {
				continue
			}
			left--
			bits := scale.NewBitVec(len(k.votes))
			for i, v := range k.votes {
				bits.Set(i, v.kind != 0)
			}
			r.Candidates = append(r.Candidates, CandidateSummary{Candidate: k.hash, Votes: bits})
		}
		s.RelayParents = append(s.RelayParents, r)
	}
	return s
}

// Missing returns the statements that a peer with summary s lacks and this node
// has: at relay parents that both know, at most 1,024 and about 1 MiB.
func (c *Core) Missing(s Summary) []Message {
	var missing []Message
	bytes := 0
	for _, r := range s.RelayParents {
		p := c.parent(r.RelayParent)
		if p == nil {
			continue
		}
		held := map[primitives.Hash]scale.BitVec{}
		for _, k := range r.Candidates {
			held[k.Candidate] = k.Votes
		}
		for _, k := range p.candidates {
			for _, m := range k.missing(held[k.hash]) {
				bytes += len(Encode(m))
				if len(missing) > 0 && (bytes > maxMissingBytes || len(missing) >= maxMissing) {
					return missing
				}
				missing = append(missing, m)
			}
		}
	}
	return missing
}

// missing returns the statements about k that a peer lacks which has those of
// held, Seconded first.
func (k *candidate) missing(held scale.BitVec) (out []Message) {
	if k.commitments == nil {
		return nil
	}
	var valid []Message
	for i, v := range k.votes {
		switch {
		case held.Len() == len(k.votes) && held.Get(i):
		case v.kind == primitives.Seconded:
			out = append(out, Seconded{Validator: k.group[i], Signature: v.signature, Candidate: k.committed(), ValidationData: k.data})
		case v.kind == primitives.Valid:
			valid = append(valid, Valid{Validator: k.group[i], Signature: v.signature, RelayParent: k.at.Hash, Candidate: k.hash})
		}
	}
	return append(out, valid...)
}

// summaryReceived sends a peer what it lacks.
func (c *Core) summaryReceived(from protocol.PeerID, s Summary) (protocol.Verdict, error) {
	for _, r := range s.RelayParents {
		for _, k := range r.Candidates {
			if known := c.candidates[k.Candidate]; known != nil && k.Votes.Len() != len(known.votes) {
				return protocol.Reject, ErrSummary
			}
		}
	}
	if missing := c.Missing(s); len(missing) > 0 {
		c.emit(SendTo{To: from, Messages: missing})
	}
	return protocol.Accept, nil
}

// BackedCandidates returns what can be backed in the child of leaf, in an order in
// which the chain takes it: candidates with enough votes of their group, each
// after the one that it builds on. Whether a core will be free is left to the
// filter of the inherent.
func (c *Core) BackedCandidates(leaf primitives.Hash) []primitives.BackedCandidate {
	var out []primitives.BackedCandidate
	for _, hash := range c.chains.Backable(leaf, func(hash primitives.Hash) bool { return c.backed(leaf, hash) }) {
		out = append(out, c.backedCandidate(leaf, c.candidates[hash]))
	}
	return out
}

// backed reports whether a candidate has enough votes on a leaf.
func (c *Core) backed(leaf, hash primitives.Hash) bool {
	k := c.candidates[hash]
	if k == nil || k.commitments == nil {
		return false
	}
	return len(c.backedCandidate(leaf, k).ValidityVotes) >= k.at.leaf.VotesNeeded(len(k.group))
}

// backedCandidate returns k with the votes that count on a leaf.
func (c *Core) backedCandidate(leaf primitives.Hash, k *candidate) primitives.BackedCandidate {
	out := primitives.BackedCandidate{Candidate: k.committed()}
	var voted []int
	for i, v := range k.votes {
		if !v.counted || c.disabledOn(leaf, k.group[i]) {
			continue
		}
		voted = append(voted, i)
		if v.kind == primitives.Seconded {
			out.ValidityVotes = append(out.ValidityVotes, primitives.ImplicitAttestation{Signature: v.signature})
		} else {
			out.ValidityVotes = append(out.ValidityVotes, primitives.ExplicitAttestation{Signature: v.signature})
		}
	}
	out.ValidatorIndices = inclusion.ValidatorIndices(len(k.group), voted, k.core)
	return out
}
