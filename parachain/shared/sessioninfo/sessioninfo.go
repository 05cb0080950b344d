// Package sessioninfo is the pallet that remembers, for every session in which a
// candidate can still be disputed, who was responsible and under which
// parameters.
//
// Source: polkadot-sdk runtime/parachains/src/session_info.rs.
//
//frame:pallet ParaSessionInfo
package sessioninfo

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// EarliestStoredSession is the first session in Sessions.
	EarliestStoredSession primitives.SessionIndex
	// Sessions holds what is known of a session.
	Sessions map[primitives.SessionIndex]SessionInfo `frame:"identity"`
	// AccountKeys holds the accounts of the active validators of a session.
	AccountKeys map[primitives.SessionIndex][]primitives.AccountID `frame:"identity"`
}

// SessionInfo is what is fixed for a session of parachains. Lists of validators
// are in the order of ValidatorIndex.
//
//frame:codec
//frame:path polkadot_primitives::v8::SessionInfo
type SessionInfo struct {
	// ActiveValidatorIndices are positions in the session's validators.
	ActiveValidatorIndices []primitives.ValidatorIndex
	// RandomSeed is what the order was drawn from.
	RandomSeed [32]byte
	// DisputePeriod is how many sessions the session stays known.
	DisputePeriod primitives.SessionIndex
	// Validators are the keys for backing, bitfields and approval votes.
	Validators []primitives.SR25519Public
	// DiscoveryKeys find the validators in the network; after the active ones
	// come the others of the session.
	DiscoveryKeys []primitives.SR25519Public
	// AssignmentKeys are those that approval checkers draw with.
	AssignmentKeys []primitives.SR25519Public
	// ValidatorGroups back candidates.
	ValidatorGroups [][]primitives.ValidatorIndex
	// NCores is the number of availability cores.
	NCores uint32
	// The parameters of approval checking; see HostConfiguration.
	ZerothDelayTrancheWidth uint32
	RelayVRFModuloSamples   uint32
	NDelayTranches          uint32
	NoShowSlots             uint32
	NeededApprovals         uint32
}

// Begun is what SessionInfo is made of besides the state.
type Begun struct {
	Index      primitives.SessionIndex
	Seed       [32]byte
	Validators []session.Validator
	Groups     [][]primitives.ValidatorIndex
	Cores      uint32
	Config     configuration.HostConfiguration
}

// BeginSession remembers the session that package shared has begun, and forgets
// those that are over by more than the dispute period.
func BeginSession(s *frame.State, b Begun) {
	earliest := EarliestStoredSession.Get(s)
	for b.Index > earliest && b.Index-earliest > b.Config.DisputePeriod {
		Sessions.Delete(s, earliest)
		AccountKeys.Delete(s, earliest)
		earliest++
	}
	EarliestStoredSession.Put(s, earliest)
	active := shared.ActiveValidatorIndices.Get(s)
	validators := shared.Active(active, b.Validators)
	Sessions.Put(s, b.Index, SessionInfo{
		ActiveValidatorIndices: active, RandomSeed: b.Seed, DisputePeriod: b.Config.DisputePeriod,
		Validators:      each(validators, func(v session.Validator) primitives.SR25519Public { return v.Keys.ParaValidator }),
		DiscoveryKeys:   each(append(validators[:len(validators):len(validators)], inactive(active, b.Validators)...), discoveryKey),
		AssignmentKeys:  each(validators, func(v session.Validator) primitives.SR25519Public { return v.Keys.ParaAssignment }),
		ValidatorGroups: b.Groups, NCores: b.Cores,
		ZerothDelayTrancheWidth: b.Config.ZerothDelayTrancheWidth, RelayVRFModuloSamples: b.Config.RelayVrfModuloSamples,
		NDelayTranches: b.Config.NDelayTranches, NoShowSlots: b.Config.NoShowSlots, NeededApprovals: b.Config.NeededApprovals,
	})
	AccountKeys.Put(s, b.Index, each(validators, func(v session.Validator) primitives.AccountID { return v.Account }))
}

func discoveryKey(v session.Validator) primitives.SR25519Public { return v.Keys.AuthorityDiscovery }

// inactive returns those of validators whose positions are not in active, in
// their order.
func inactive(active []primitives.ValidatorIndex, validators []session.Validator) []session.Validator {
	is := make([]bool, len(validators))
	for _, index := range active {
		is[index] = true
	}
	var out []session.Validator
	for i, v := range validators {
		if !is[i] {
			out = append(out, v)
		}
	}
	return out
}

func each[T, U any](values []T, f func(T) U) []U {
	out := make([]U, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return out
}
