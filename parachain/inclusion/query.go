package inclusion

import (
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// BackingState returns the Constraints of a candidate in the child of the block
// with the state s that builds on the last included one, and the candidates of
// para that are pending; ok is false if there is no such para. Whoever builds on
// the pending ones applies After to each of them, in order.
func BackingState(s *frame.State, para primitives.ParaID) (_ Constraints, pending []Pending, ok bool) {
	c, ok := included(s, para)
	if !ok {
		return Constraints{}, nil, false
	}
	ancestry := configuration.ActiveConfig.Get(s).AsyncBackingParams.AllowedAncestryLen
	c.MinRelayParentNumber = max(c.MinRelayParentNumber, shared.MinRelayParentNumber(s, ancestry))
	return c, PendingAvailability.Get(s, para), true
}

// Assumption says what becomes of the candidates of a para that are pending.
//
//frame:codec
//frame:path polkadot_primitives::v9::OccupiedCoreAssumption
type Assumption uint8

// Values of Assumption.
const (
	// Included assumes that they are included.
	Included Assumption = 0
	// TimedOut assumes that they time out.
	TimedOut Assumption = 1
	// Free says that there are none.
	Free Assumption = 2
)

// ValidationData returns the persisted validation data for a candidate of para
// built at relay, the block with the state s. ok is false if there is no such
// para, or if candidates are pending though the assumption is Free.
func ValidationData(s *frame.State, para primitives.ParaID, relay RelayParent, assumption Assumption) (_ primitives.PersistedValidationData, ok bool) {
	c, pending, ok := BackingState(s, para)
	if !ok || assumption == Free && len(pending) > 0 {
		return primitives.PersistedValidationData{}, false
	}
	if assumption == Included {
		c = c.afterPending(pending)
	}
	return c.ValidationData(relay), true
}

// Core is the state of an availability core.
type Core struct {
	// Claims are the paras that are next on the core; a candidate of the first
	// can be backed once the core is free.
	Claims []primitives.ParaID
	// Occupied is what is pending there, nil if the core is free.
	Occupied *OccupiedCore
	// TimesOutAt is the block in which what is pending leaves the core unless
	// it is available.
	TimesOutAt primitives.BlockNumber
}

// Cores returns the availability cores.
func Cores(s *frame.State) []Core {
	period := configuration.ActiveConfig.Get(s).SchedulerParams.ParasAvailabilityPeriod
	claims := scheduler.ClaimQueue.Get(s)
	cores := make([]Core, len(claims))
	for i := range cores {
		cores[i].Claims = claims[i]
	}
	for _, o := range Occupied.Get(s) {
		cores[o.Core].Occupied = &o
		cores[o.Core].TimesOutAt = o.BackedIn + period
	}
	return cores
}

// RelayParents returns the blocks that candidates in the child of block may be
// built at, by number ascending. s is the state after block.
func RelayParents(s *frame.State, block primitives.Header) []shared.RelayParent {
	ancestry := configuration.ActiveConfig.Get(s).AsyncBackingParams.AllowedAncestryLen
	return shared.RelayParentsOfChild(s, block, scheduler.ClaimQueue.Get(s), ancestry)
}
