package prospective

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Leaf is what the cores of parachains know of a relay-chain block on which
// others may be built. It is not changed once made; cores share it.
type Leaf struct {
	Hash, ParentHash primitives.Hash
	Number           primitives.BlockNumber
	// Session is that of candidates in the child of the block. All of
	// RelayParents are of it.
	Session primitives.SessionIndex
	// Validators are the keys of the active validators, by ValidatorIndex.
	Validators []primitives.SR25519Public
	// Groups are the backing groups of the session, Rotation how they move.
	Groups   [][]primitives.ValidatorIndex
	Rotation scheduler.Rotation
	// Disabled are validators whose statements do not count in the child,
	// ascending. NewLeaf leaves it empty: the chain disables nobody.
	Disabled []primitives.ValidatorIndex
	// MinBackingVotes and MaxDepth are parameters of the configuration.
	MinBackingVotes, MaxDepth uint32
	// Cores are the availability cores.
	Cores []inclusion.Core
	// RelayParents are the blocks that candidates in the child may be built at,
	// by number ascending; the last is the block itself.
	RelayParents []shared.RelayParent
	// Paras are those with a claim or with something pending, ascending.
	Paras []Para
}

// Para is the state of a para at a Leaf.
type Para struct {
	ID primitives.ParaID
	// Constraints are those of a candidate on the last included one.
	Constraints inclusion.Constraints
	// Pending are the candidates that wait for availability, in order.
	Pending []inclusion.Pending
}

// NewLeaf returns the Leaf of the block with the header, where s is the state
// after it.
func NewLeaf(s *frame.State, header primitives.Header) *Leaf {
	config := configuration.ActiveConfig.Get(s)
	l := &Leaf{
		Hash: header.Hash(), ParentHash: header.ParentHash, Number: header.Number,
		Session:         shared.CurrentSessionIndex.Get(s),
		Validators:      shared.ActiveValidatorKeys.Get(s),
		Groups:          scheduler.ValidatorGroups.Get(s),
		Rotation:        scheduler.RotationOf(s),
		MinBackingVotes: config.MinimumBackingVotes,
		MaxDepth:        config.AsyncBackingParams.MaxCandidateDepth,
		Cores:           inclusion.Cores(s),
		RelayParents:    inclusion.RelayParents(s, header),
	}
	var ids []primitives.ParaID
	for _, r := range l.RelayParents {
		for _, claims := range r.ClaimQueue {
			ids = append(ids, claims...)
		}
	}
	for _, core := range l.Cores {
		if core.Occupied != nil {
			ids = append(ids, core.Occupied.Para)
		}
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		if constraints, pending, ok := inclusion.BackingState(s, id); ok {
			l.Paras = append(l.Paras, Para{ID: id, Constraints: constraints, Pending: pending})
		}
	}
	return l
}

// RelayParent returns the allowed relay parent with the hash.
func (l *Leaf) RelayParent(hash primitives.Hash) (shared.RelayParent, bool) {
	return shared.Find(l.RelayParents, hash)
}

// Context returns what statements about candidates built at relayParent are
// signed for.
func (l *Leaf) Context(relayParent primitives.Hash) primitives.SigningContext {
	return primitives.SigningContext{SessionIndex: l.Session, Parent: relayParent}
}

// Group returns the members of the group that backs candidates for core built at
// the relay parent number; none if no group does.
func (l *Leaf) Group(core primitives.CoreIndex, relayParent primitives.BlockNumber) []primitives.ValidatorIndex {
	group, ok := l.Rotation.GroupForCore(core, relayParent+1)
	if !ok || int64(group) >= int64(len(l.Groups)) {
		return nil
	}
	return l.Groups[group]
}

// Own returns the first active validator whose key is among keys.
func (l *Leaf) Own(keys []primitives.SR25519Public) (primitives.ValidatorIndex, bool) {
	i := slices.IndexFunc(l.Validators, func(v primitives.SR25519Public) bool { return slices.Contains(keys, v) })
	return primitives.ValidatorIndex(max(i, 0)), i >= 0
}

// MaxSeconded returns how many candidates a validator may second per relay
// parent: max_candidate_depth + 1.
func (l *Leaf) MaxSeconded() int { return int(min(l.MaxDepth, 1<<16)) + 1 }

// VotesNeeded returns how many members of a group of size must vote for a
// candidate to be backed.
func (l *Leaf) VotesNeeded(size int) int {
	return max(1, int(min(uint64(l.MinBackingVotes), uint64(size))))
}

// Claimed returns the cores on which para is in the claim queue at r, ascending.
func Claimed(r shared.RelayParent, para primitives.ParaID) []primitives.CoreIndex {
	var cores []primitives.CoreIndex
	for core, claims := range r.ClaimQueue {
		if slices.Contains(claims, para) {
			cores = append(cores, primitives.CoreIndex(core))
		}
	}
	return cores
}
