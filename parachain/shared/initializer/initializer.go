// Package initializer is the pallet that makes the parachain pallets one: it
// gives all of them their genesis, and begins sessions in all of them, in order.
//
// A session that the relay chain begins waits until the end of the block, and
// is that of parachains from the next block on.
//
// Source: polkadot-sdk runtime/parachains/src/initializer.rs.
//
//frame:pallet Initializer
package initializer

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"slices"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// BufferedSessionChange is the session that begins when the block ends.
	BufferedSessionChange SessionChange
}

// SessionChange is a session that the relay chain has begun.
//
//frame:codec
type SessionChange struct {
	Index      primitives.SessionIndex
	Validators []session.Validator
}

// Genesis is the parachains of a relay chain at its start.
type Genesis struct {
	// Host is the configuration. Its number of cores is set to that of Cores.
	Host configuration.HostConfiguration
	// Paras are registered; Kind 0 means Parachain if a core serves it, else
	// Parathread.
	Paras []paras.Registration
	// Cores lists, for each core, the paras that it serves in turn.
	Cores [][]primitives.ParaID
	// Channels are open.
	Channels []hrmp.Preopened
}

// Begin puts g into the state of block 0 and begins session 0 with validators.
// Pallet babe must have had its genesis. It returns a Reason of one of the
// pallets.
func (g Genesis) Begin(s *frame.State, validators []session.Validator) error {
	g.Host.SchedulerParams.NumCores = uint32(min(len(g.Cores), configuration.MaxCores+1))
	if err := configuration.Genesis(s, g.Host); err != nil {
		return err
	}
	registrations := slices.Clone(g.Paras)
	for i := range registrations {
		r := &registrations[i]
		if r.Kind == 0 {
			r.Kind = paras.Parathread
			if slices.ContainsFunc(g.Cores, func(core []primitives.ParaID) bool { return slices.Contains(core, r.ID) }) {
				r.Kind = paras.Parachain
			}
		}
	}
	if err := paras.Genesis(s, registrations); err != nil {
		return err
	}
	registered := func(para primitives.ParaID) bool { return paras.Registered(s, para) }
	if err := scheduler.Genesis(s, g.Cores, registered); err != nil {
		return err
	}
	if err := hrmp.Genesis(s, g.Channels, registered); err != nil {
		return err
	}
	for _, r := range registrations {
		ump.Genesis(s, r.ID)
	}
	begin(s, SessionChange{Index: 0, Validators: validators}, 1)
	return nil
}

// OnNewSession notes that the relay chain began the session index with
// validators. The runtime calls it when it rotates sessions.
func OnNewSession(c *frame.Context, index primitives.SessionIndex, validators []session.Validator) {
	BufferedSessionChange.Put(c.State, SessionChange{Index: index, Validators: validators})
}

// Finalize ends the block: the inherent must have been in it, and a session that
// was noted begins. The runtime calls it after the last extrinsic.
func Finalize(c *frame.Context) error {
	if err := inherent.Finalize(c); err != nil {
		return err
	}
	if change, noted := BufferedSessionChange.Lookup(c.State); noted {
		BufferedSessionChange.Delete(c.State)
		begin(c.State, change, c.Number+1)
	}
	return nil
}

// begin begins the session for all parachain pallets; its first block is start.
func begin(s *frame.State, change SessionChange, start primitives.BlockNumber) {
	config := configuration.BeginSession(s, change.Index)
	keys := make([]primitives.SR25519Public, len(change.Validators))
	for i, v := range change.Validators {
		keys[i] = v.Keys.ParaValidator
	}
	inclusion.EndSession(s)
	seed := Seed(babe.NextRandomness.Get(s))
	shared.BeginSession(s, change.Index, seed, keys, config.MaxValidators)
	active := len(shared.ActiveValidatorIndices.Get(s))
	scheduler.BeginSession(s, active, start, config.SchedulerParams)
	sessioninfo.BeginSession(s, sessioninfo.Begun{
		Index: change.Index, Seed: seed, Validators: change.Validators,
		Groups: scheduler.ValidatorGroups.Get(s), Cores: uint32(len(scheduler.ClaimQueue.Get(s))), Config: config,
	})
}

// Seed returns what the order of a session's active validators is drawn from,
// given the randomness of the next epoch.
//
// Source: polkadot-sdk frame/babe/src/randomness.rs, RandomnessFromOneEpochAgo,
// with the subject "paras".
func Seed(next [32]byte) [32]byte {
	return primitives.Blake2b256(append([]byte("paras"), next[:]...))
}
