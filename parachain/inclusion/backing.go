package inclusion

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// Verifier checks signatures.
type Verifier interface {
	Sr25519(public [32]byte, message []byte, signature [64]byte) bool
}

// Backing backs the candidates of one block, one after the other.
type Backing struct {
	verifier   Verifier
	session    primitives.SessionIndex
	validators []primitives.SR25519Public
	groups     [][]primitives.ValidatorIndex
	rotation   scheduler.Rotation
	claims     [][]primitives.ParaID
	allowed    []shared.RelayParent
	minVotes   uint32
}

// NewBacking returns the Backing of the block with the state s, after its
// parent was noted as a relay parent.
func NewBacking(s *frame.State, v Verifier) *Backing {
	return &Backing{
		verifier:   v,
		session:    shared.CurrentSessionIndex.Get(s),
		validators: shared.ActiveValidatorKeys.Get(s),
		groups:     scheduler.ValidatorGroups.Get(s),
		rotation:   scheduler.RotationOf(s),
		claims:     scheduler.ClaimQueue.Get(s),
		allowed:    shared.AllowedRelayParents.Get(s),
		minVotes:   configuration.ActiveConfig.Get(s).MinimumBackingVotes,
	}
}

// Vote is one validator's vote for a candidate.
//
//frame:codec
//frame:tuple
type Vote struct {
	Validator   primitives.ValidatorIndex
	Attestation primitives.ValidityAttestation
}

// Back checks candidate and makes it pending on its core. It returns the votes
// for it, or the Reason for which it is refused; then nothing has changed.
func (b *Backing) Back(c *frame.Context, candidate primitives.BackedCandidate) ([]Vote, error) {
	descriptor, commitments := candidate.Candidate.Descriptor, candidate.Candidate.Commitments
	relay, ok := shared.Find(b.allowed, descriptor.RelayParent)
	switch {
	case !ok:
		return nil, ErrRelayParent
	case descriptor.SessionIndex != b.session:
		return nil, ErrSession
	}
	constraints, ok := included(c.State, descriptor.ParaID)
	if !ok {
		return nil, ErrPara
	}
	core := primitives.CoreIndex(descriptor.CoreIndex)
	if err := b.checkCore(c.State, core, descriptor.ParaID, relay, commitments.UpwardMessages); err != nil {
		return nil, err
	}
	group, ok := b.rotation.GroupForCore(core, relay.Number+1)
	if !ok {
		return nil, ErrGroup
	}
	pending := PendingAvailability.Get(c.State, descriptor.ParaID)
	constraints = constraints.afterPending(pending)
	if err := constraints.Check(candidate.Candidate, RelayParent{Number: relay.Number, StorageRoot: relay.StateRoot}); err != nil {
		return nil, err
	}
	receipt := candidate.Candidate.Receipt()
	votes, err := b.checkVotes(candidate, receipt.Hash(), core, b.groups[group])
	if err != nil {
		return nil, err
	}
	PendingAvailability.Put(c.State, descriptor.ParaID, append(pending, Pending{
		Core: core, Hash: receipt.Hash(), Descriptor: descriptor, Commitments: commitments,
		RelayParentNumber: relay.Number, Group: group,
	}))
	Occupied.Put(c.State, append(Occupied.Get(c.State), OccupiedCore{
		Core: core, Para: descriptor.ParaID, CandidateHash: receipt.Hash(), BackedIn: c.Number, Votes: scale.NewBitVec(len(b.validators)),
	}))
	c.Deposit(CandidateBacked{Receipt: receipt, Head: commitments.HeadData, Core: core, Group: group})
	return votes, nil
}

// checkCore returns the Reason for which a candidate of para cannot be for core:
// it must be the core that the candidate's signals select from the claims at its
// relay parent, para must be next on it, and it must be free.
func (b *Backing) checkCore(s *frame.State, core primitives.CoreIndex, para primitives.ParaID, relay shared.RelayParent, upward []primitives.UpwardMessage) error {
	_, signals, err := ump.Split(upward)
	if err != nil {
		return err
	}
	if !CoreSelected(relay.ClaimQueue, para, signals.SelectCore, core) {
		return ErrCore
	}
	if int64(core) >= int64(len(b.claims)) || len(b.claims[core]) == 0 || b.claims[core][0] != para {
		return ErrNotScheduled
	}
	if slices.ContainsFunc(Occupied.Get(s), func(o OccupiedCore) bool { return o.Core == core }) {
		return ErrCoreOccupied
	}
	return nil
}

// CoreSelected reports whether a candidate of para with the signal (nil: none)
// may be for core, given the claim queue at its relay parent. Without a signal
// it may be for any core that is next for the para.
//
// Source: polkadot-sdk primitives/src/v9, check_core_index.
func CoreSelected(claims [][]primitives.ParaID, para primitives.ParaID, signal *ump.SelectCore, core primitives.CoreIndex) bool {
	offset := uint8(0)
	if signal != nil {
		offset = signal.ClaimQueueOffset
	}
	cores := scheduler.CoresOf(claims, para, offset)
	if len(cores) == 0 {
		return false
	}
	if signal == nil {
		return slices.Contains(cores, core)
	}
	return cores[int(signal.CoreSelector)%len(cores)] == core
}

// coreBits is how many bits of ValidatorIndices name the core.
const coreBits = 8

// checkVotes returns the votes of candidate, which has the hash, or the Reason
// for which they do not back it: the bits of its group and those of core, one
// vote for each bit that is set, enough of them, and all signed.
func (b *Backing) checkVotes(candidate primitives.BackedCandidate, hash primitives.Hash, core primitives.CoreIndex, group []primitives.ValidatorIndex) ([]Vote, error) {
	bits := candidate.ValidatorIndices
	if bits.Len() != len(group)+coreBits {
		return nil, ErrVotes
	}
	named := primitives.CoreIndex(0)
	for i := range coreBits {
		if bits.Get(len(group) + i) {
			named |= 1 << i
		}
	}
	if named != core {
		return nil, ErrCore
	}
	var votes []Vote
	for i, validator := range group {
		if !bits.Get(i) {
			continue
		}
		if len(votes) == len(candidate.ValidityVotes) {
			return nil, ErrVotes
		}
		votes = append(votes, Vote{Validator: validator, Attestation: candidate.ValidityVotes[len(votes)]})
	}
	switch {
	case len(votes) != len(candidate.ValidityVotes):
		return nil, ErrVotes
	case len(votes) == 0, len(votes) < min(int(b.minVotes), len(group)):
		return nil, ErrBackingVotes
	}
	context := primitives.SigningContext{SessionIndex: b.session, Parent: candidate.Candidate.Descriptor.RelayParent}
	for _, v := range votes {
		payload := primitives.CompactStatement{Kind: v.Attestation.Kind(), CandidateHash: hash}.SigningPayload(context)
		if !b.verifier.Sr25519(b.validators[v.Validator], payload, v.Attestation.Sig()) {
			return nil, ErrSignature
		}
	}
	return votes, nil
}

// ValidatorIndices returns the bits of a BackedCandidate for core whose backing
// group has size members, of which voted are the positions of those that voted.
func ValidatorIndices(size int, voted []int, core primitives.CoreIndex) scale.BitVec {
	bits := scale.NewBitVec(size + coreBits)
	for _, i := range voted {
		bits.Set(i, true)
	}
	for i := range coreBits {
		bits.Set(size+i, core>>i&1 == 1)
	}
	return bits
}
