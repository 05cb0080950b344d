package backing

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// relayParent is what is known of the candidates built at a relay parent.
type relayParent struct {
	shared.RelayParent
	// leaf allows the relay parent. What is used of it is the same for all such
	// leaves: it is fixed for the session.
	leaf    *prospective.Leaf
	context primitives.SigningContext
	// own is this node's validator; none if it is not in the session.
	own        *primitives.ValidatorIndex
	candidates []*candidate // by coming
	records    map[primitives.ValidatorIndex]*record
	// mine are the candidates that this node seconds or seconded.
	mine []*candidate
}

// record is what a validator did at a relay parent.
type record struct {
	seconded []*candidate // those that count
	// equivocated says that there is evidence.
	equivocated bool
	// waiting are votes for candidates that are not known.
	waiting []Valid
}

// candidate is a candidate built at a relay parent.
type candidate struct {
	hash    primitives.Hash
	at      *relayParent
	receipt primitives.CandidateReceipt
	data    primitives.PersistedValidationData
	// commitments are nil until somebody seconded the candidate.
	commitments *primitives.CandidateCommitments
	core        primitives.CoreIndex
	group       []primitives.ValidatorIndex
	votes       []vote // by position in group
	work
}

// vote is the statement of a member of the group; kind is 0 if there is none.
type vote struct {
	kind      primitives.StatementKind
	signature primitives.Signature
	// counted is false for a Seconded that is an equivocation.
	counted bool
}

func newRelayParent(r shared.RelayParent, leaf *prospective.Leaf, keys []primitives.SR25519Public) *relayParent {
	p := &relayParent{RelayParent: r, leaf: leaf, context: leaf.Context(r.Hash), records: map[primitives.ValidatorIndex]*record{}}
	if own, ok := leaf.Own(keys); ok {
		p.own = &own
	}
	return p
}

// record returns that of a validator.
func (p *relayParent) record(v primitives.ValidatorIndex) *record {
	r := p.records[v]
	if r == nil {
		r = &record{}
		p.records[v] = r
	}
	return r
}

// candidate returns the candidate with the receipt, and makes it if need be.
func (c *Core) candidate(p *relayParent, hash primitives.Hash, receipt primitives.CandidateReceipt, data primitives.PersistedValidationData) *candidate {
	k := c.candidates[hash]
	if k == nil {
		core := primitives.CoreIndex(receipt.Descriptor.CoreIndex)
		group := p.leaf.Group(core, p.Number)
		k = &candidate{hash: hash, at: p, receipt: receipt, data: data, core: core, group: group, votes: make([]vote, len(group))}
		c.candidates[hash] = k
		p.candidates = append(p.candidates, k)
	}
	return k
}

// committed returns the receipt with commitments, which must be known.
func (k *candidate) committed() primitives.CommittedCandidateReceipt {
	return primitives.CommittedCandidateReceipt{Descriptor: k.receipt.Descriptor, Commitments: *k.commitments}
}

// position returns the place of a validator in the group, or −1.
func (k *candidate) position(v primitives.ValidatorIndex) int { return slices.Index(k.group, v) }

// statement returns the signed statement of a member of the group.
func (k *candidate) statement(v primitives.ValidatorIndex) Statement {
	vote := k.votes[k.position(v)]
	return Statement{Kind: vote.kind, Receipt: k.receipt, Signature: vote.signature}
}

// voted reports whether this node's own statement about k is known.
func (k *candidate) voted() bool {
	if k.at.own == nil {
		return false
	}
	i := k.position(*k.at.own)
	return i >= 0 && k.votes[i].kind != 0
}

// seconders returns the members whose Seconded counts.
func (k *candidate) seconders() (out []primitives.ValidatorIndex) {
	for i, v := range k.votes {
		if v.kind == primitives.Seconded && v.counted {
			out = append(out, k.group[i])
		}
	}
	return out
}

// siblings reports whether a and b are two candidates of one para on the same
// head at the same relay parent. The hash of the validation data tells: at one
// relay parent only the head varies in it.
func siblings(a, b primitives.CandidateDescriptor) bool {
	return a.ParaID == b.ParaID && a.RelayParent == b.RelayParent && a.PersistedValidationDataHash == b.PersistedValidationDataHash
}
