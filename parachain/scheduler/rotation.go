package scheduler

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Rotation says which group serves which core, and when.
type Rotation struct {
	// SessionStart is the first block of the session.
	SessionStart primitives.BlockNumber
	// Frequency is how many blocks a group stays on a core.
	Frequency primitives.BlockNumber
	// Groups and Cores are how many there are.
	Groups, Cores int
}

// RotationOf returns the Rotation of the session of parachains.
func RotationOf(s *frame.State) Rotation {
	return Rotation{
		SessionStart: SessionStartBlock.Get(s),
		Frequency:    configuration.ActiveConfig.Get(s).SchedulerParams.GroupRotationFrequency,
		Groups:       len(ValidatorGroups.Get(s)),
		Cores:        len(ClaimQueue.Get(s)),
	}
}

// GroupForCore returns the group that serves core at block at: (core +
// ⌊(at − session start) / frequency⌋) mod groups. ok is false before the
// session, for a core that is not, and if there are no groups.
//
// A candidate built at relay parent r is backed by the group at number(r)+1.
func (r Rotation) GroupForCore(core primitives.CoreIndex, at primitives.BlockNumber) (group primitives.GroupIndex, ok bool) {
	if at < r.SessionStart || r.Frequency == 0 || r.Groups == 0 || int64(core) >= int64(r.Cores) {
		return 0, false
	}
	turns := uint64(at-r.SessionStart) / uint64(r.Frequency)
	return primitives.GroupIndex((uint64(core) + turns) % uint64(r.Groups)), true
}

// CoresForGroup returns the cores that group serves at block at, ascending.
func (r Rotation) CoresForGroup(group primitives.GroupIndex, at primitives.BlockNumber) []primitives.CoreIndex {
	var cores []primitives.CoreIndex
	for core := range r.Cores {
		if g, ok := r.GroupForCore(primitives.CoreIndex(core), at); ok && g == group {
			cores = append(cores, primitives.CoreIndex(core))
		}
	}
	return cores
}

// NextRotation returns the first block after at in which groups move.
func (r Rotation) NextRotation(at primitives.BlockNumber) primitives.BlockNumber {
	if at < r.SessionStart || r.Frequency == 0 {
		return r.SessionStart
	}
	return r.SessionStart + ((at-r.SessionStart)/r.Frequency+1)*r.Frequency
}
