package relaychain

import (
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// parachainHost tells of parachains. What it says of candidates holds for those
// in a child of the block that is asked, or built at it.
//
//frame:api ParachainHost 14
type parachainHost struct{ *api.Call }

// Validators returns the keys of the active validators.
func (p parachainHost) Validators() []primitives.SR25519Public {
	return shared.ActiveValidatorKeys.Get(p.State)
}

// ValidatorGroups returns the groups of validators, and how they move from core
// to core.
func (p parachainHost) ValidatorGroups() ([][]primitives.ValidatorIndex, GroupRotationInfo) {
	rotation := scheduler.RotationOf(p.State)
	return scheduler.ValidatorGroups.Get(p.State), GroupRotationInfo{
		SessionStartBlock: rotation.SessionStart, GroupRotationFrequency: rotation.Frequency, Now: p.Block.Header.Number + 1,
	}
}

// AvailabilityCores returns the state of each core.
func (p parachainHost) AvailabilityCores() []CoreState { return coreStates(p.State) }

// PersistedValidationData returns what a candidate of a para that is built at this
// block gets to build on; none if the assumption cannot be.
func (p parachainHost) PersistedValidationData(paraID primitives.ParaID, assumption inclusion.Assumption) *primitives.PersistedValidationData {
	return optional(inclusion.ValidationData(p.State, paraID, p.relayParent(), assumption))
}

// AssumedValidationData returns the validation data with the hash, and the hash of
// the code, if a candidate of the para that is built at this block may get it.
func (p parachainHost) AssumedValidationData(paraID primitives.ParaID, expectedPersistedValidationDataHash primitives.Hash) *AssumedValidationData {
	for _, assumption := range []inclusion.Assumption{inclusion.TimedOut, inclusion.Included} {
		data, ok := inclusion.ValidationData(p.State, paraID, p.relayParent(), assumption)
		if ok && data.Hash() == expectedPersistedValidationDataHash {
			return &AssumedValidationData{Data: data, CodeHash: paras.CurrentCodeHash.Get(p.State, paraID)}
		}
	}
	return nil
}

// CheckValidationOutputs tells whether a candidate of a para that is built at this
// block, on the last included one, may have the commitments.
func (p parachainHost) CheckValidationOutputs(paraID primitives.ParaID, outputs primitives.CandidateCommitments) bool {
	c, _, ok := inclusion.BackingState(p.State, paraID)
	return ok && outputs.NewValidationCode == nil && uint64(len(outputs.HeadData)) <= uint64(c.Limits.MaxHeadDataSize) &&
		c.CheckMessages(outputs, p.Block.Header.Number) == nil
}

// SessionIndexForChild returns the session of a child of this block.
func (p parachainHost) SessionIndexForChild() primitives.SessionIndex {
	return shared.CurrentSessionIndex.Get(p.State)
}

// ValidationCode returns the code of a para; none if the assumption cannot be.
func (p parachainHost) ValidationCode(paraID primitives.ParaID, assumption inclusion.Assumption) *primitives.ValidationCode {
	if _, ok := inclusion.ValidationData(p.State, paraID, p.relayParent(), assumption); !ok {
		return nil
	}
	return optional(paras.Code(p.State, paraID))
}

// ValidationCodeHash returns the hash of that code.
func (p parachainHost) ValidationCodeHash(paraID primitives.ParaID, assumption inclusion.Assumption) *primitives.Hash {
	if _, ok := inclusion.ValidationData(p.State, paraID, p.relayParent(), assumption); !ok {
		return nil
	}
	return optional(paras.CurrentCodeHash.Lookup(p.State, paraID))
}

// ValidationCodeByHash returns the code with the hash.
func (p parachainHost) ValidationCodeByHash(hash primitives.Hash) *primitives.ValidationCode {
	return optional(paras.CodeByHash.Lookup(p.State, hash))
}

// CandidatePendingAvailability returns the first candidate of a para that waits to
// become available.
func (p parachainHost) CandidatePendingAvailability(paraID primitives.ParaID) *primitives.CommittedCandidateReceipt {
	pending := p.CandidatesPendingAvailability(paraID)
	if len(pending) == 0 {
		return nil
	}
	return &pending[0]
}

// CandidatesPendingAvailability returns the candidates of a para that wait to
// become available, in the order in which they build on each other.
func (p parachainHost) CandidatesPendingAvailability(paraID primitives.ParaID) []primitives.CommittedCandidateReceipt {
	pending := inclusion.PendingAvailability.Get(p.State, paraID)
	out := make([]primitives.CommittedCandidateReceipt, len(pending))
	for i, c := range pending {
		out[i] = primitives.CommittedCandidateReceipt{Descriptor: c.Descriptor, Commitments: c.Commitments}
	}
	return out
}

// CandidateEvents returns what this block did to candidates.
func (p parachainHost) CandidateEvents() []inclusion.CandidateEvent {
	return inclusion.CandidateEvents.Get(p.State)
}

// DmqContents returns the downward messages that a para has not processed.
func (p parachainHost) DmqContents(recipient primitives.ParaID) []primitives.InboundDownwardMessage {
	return dmp.DownwardMessageQueues.Get(p.State, recipient)
}

// InboundHrmpChannelsContents returns the messages that wait in the channels to a
// para, by sender; channels without messages are there too.
func (p parachainHost) InboundHrmpChannelsContents(recipient primitives.ParaID) InboundChannels {
	var out InboundChannels
	for _, c := range hrmp.InboundContents(p.State, recipient) {
		out = append(out, InboundChannel{Sender: c.Sender, Messages: c.Messages})
	}
	return out
}

// OnChainVotes returns the votes that this block carries.
func (p parachainHost) OnChainVotes() *inherent.Votes {
	return optional(inherent.OnChainVotes.Lookup(p.State))
}

// SessionInfo returns what was fixed for a session, if it is still known.
func (p parachainHost) SessionInfo(index primitives.SessionIndex) *sessioninfo.SessionInfo {
	return optional(sessioninfo.Sessions.Lookup(p.State, index))
}

// MinimumBackingVotes returns how many of a group must back a candidate.
func (p parachainHost) MinimumBackingVotes() uint32 {
	return configuration.ActiveConfig.Get(p.State).MinimumBackingVotes
}

// ParaBackingState returns what the next candidate of a para may do, and those
// that it builds on.
func (p parachainHost) ParaBackingState(paraID primitives.ParaID) *BackingState {
	return backingState(p.State, paraID)
}

// BackingConstraints returns what a candidate of a para that builds on the last
// included one may do.
func (p parachainHost) BackingConstraints(paraID primitives.ParaID) *Constraints {
	state := backingState(p.State, paraID)
	if state == nil {
		return nil
	}
	return &state.Constraints
}

// AsyncBackingParams returns how far candidates may run ahead.
func (p parachainHost) AsyncBackingParams() configuration.AsyncBackingParams {
	return configuration.ActiveConfig.Get(p.State).AsyncBackingParams
}

// NodeFeatures returns the features that nodes switch on together.
func (p parachainHost) NodeFeatures() scale.BitVec {
	return configuration.ActiveConfig.Get(p.State).NodeFeatures
}

// ApprovalVotingParams returns the bounds of approval votes.
func (p parachainHost) ApprovalVotingParams() configuration.ApprovalVotingParams {
	return configuration.ActiveConfig.Get(p.State).ApprovalVotingParams
}

// ClaimQueue returns the paras that are next on each core.
func (p parachainHost) ClaimQueue() ClaimQueue {
	var out ClaimQueue
	for core, claims := range scheduler.ClaimQueue.Get(p.State) {
		if len(claims) > 0 {
			out = append(out, CoreClaims{Core: primitives.CoreIndex(core), Paras: claims})
		}
	}
	return out
}

// SchedulingLookahead returns how many claims of a core are known in advance.
func (p parachainHost) SchedulingLookahead() uint32 {
	return configuration.ActiveConfig.Get(p.State).SchedulerParams.Lookahead
}

// ParaIds returns the paras with a core of their own.
func (p parachainHost) ParaIds() []primitives.ParaID { return paras.Parachains.Get(p.State) }

// relayParent returns the block that is asked, as a relay parent.
func (p parachainHost) relayParent() inclusion.RelayParent {
	return inclusion.RelayParent{Number: p.Block.Header.Number, StorageRoot: p.Block.Header.StateRoot}
}

// optional returns value, or nil if there is none.
func optional[T any](value T, ok bool) *T {
	if !ok {
		return nil
	}
	return &value
}
