// Package scheduler is the pallet that shares availability cores: which para is
// next on each core, and which group of validators backs there.
//
// Each core serves the paras assigned to it, in turn. Its claim queue names the
// next ones, as many as the configuration's lookahead; it moves on in every block
// in which the core was free, used or not. The validators of a session are
// divided into groups, which move from core to core.
//
// Assignments come from genesis. That a core is occupied is known to package
// inclusion.
//
// Source: polkadot-sdk runtime/parachains/src/scheduler.rs. One rule differs: there
// are never more groups than validators, so that no core has an empty group; if
// there are fewer groups than cores, a group serves several cores.
//
//frame:pallet ParaScheduler
package scheduler

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// ValidatorGroups are the groups of the session. A group is named by its
	// position; no validator is in two.
	ValidatorGroups [][]primitives.ValidatorIndex
	// SessionStartBlock is the first block of the session of parachains.
	SessionStartBlock primitives.BlockNumber
	// ClaimQueue holds, for each core, the paras that are next on it.
	ClaimQueue [][]primitives.ParaID
	// CoreAssignments holds, for each core that serves paras, which.
	CoreAssignments []Assignment
}

// Assignment is the paras that a core serves in turn.
//
//frame:codec
type Assignment struct {
	Paras []primitives.ParaID
	// Next is the position in Paras that enters the claim queue next.
	Next uint32
}

// Reason says why cores cannot be assigned.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrCores = Reason("number of cores is not that of the configuration")
	ErrPara  = Reason("core is assigned to a para that is not registered")
)

// Genesis assigns cores, as many as the configuration in force says, to the
// paras that each is to serve in turn.
func Genesis(s *frame.State, cores [][]primitives.ParaID, registered func(primitives.ParaID) bool) error {
	if uint64(len(cores)) != uint64(configuration.ActiveConfig.Get(s).SchedulerParams.NumCores) {
		return ErrCores
	}
	assignments := make([]Assignment, len(cores))
	for i, paras := range cores {
		for _, para := range paras {
			if !registered(para) {
				return ErrPara
			}
		}
		assignments[i].Paras = paras
	}
	CoreAssignments.Put(s, assignments)
	return nil
}

// BeginSession forms groups of n validators and fills the claim queue. start is
// the first block of the session.
func BeginSession(s *frame.State, n int, start primitives.BlockNumber, params configuration.SchedulerParams) {
	cores := CoreCount(len(CoreAssignments.Get(s)), n, params)
	ValidatorGroups.Put(s, Groups(n, cores))
	SessionStartBlock.Put(s, start)
	queue := make([][]primitives.ParaID, cores)
	copy(queue, ClaimQueue.Get(s))
	fill(s, queue, params.Lookahead)
}

// CoreCount returns the number of cores of a session of n validators of which
// assigned serve paras: more than those if groups would be too large, but at
// most configuration.MaxCores.
func CoreCount(assigned, n int, params configuration.SchedulerParams) int {
	cores := assigned
	if limit := params.MaxValidatorsPerCore; limit != nil {
		cores = max(cores, n/int(*limit))
	}
	return min(cores, configuration.MaxCores)
}

// Groups divides the validators 0 to n−1 into min(n, cores) groups of adjacent
// ones: the first n mod groups of them have one member more.
func Groups(n, cores int) [][]primitives.ValidatorIndex {
	count := min(n, cores)
	groups := make([][]primitives.ValidatorIndex, count)
	next := 0
	for i := range groups {
		size := n / count
		if i < n%count {
			size++
		}
		for range size {
			groups[i] = append(groups[i], primitives.ValidatorIndex(next))
			next++
		}
	}
	return groups
}

// Advance drops the first claim of every core that was free in this block and
// fills the queue up to lookahead.
func Advance(s *frame.State, free func(primitives.CoreIndex) bool, lookahead uint32) {
	queue := ClaimQueue.Get(s)
	for core := range queue {
		if len(queue[core]) > 0 && free(primitives.CoreIndex(core)) {
			queue[core] = queue[core][1:]
		}
	}
	fill(s, queue, lookahead)
}

// fill extends the claims of each core to lookahead and stores the queue.
func fill(s *frame.State, queue [][]primitives.ParaID, lookahead uint32) {
	assignments := CoreAssignments.Get(s)
	for core := range queue {
		queue[core] = queue[core][:min(len(queue[core]), int(lookahead))]
		if core >= len(assignments) || len(assignments[core].Paras) == 0 {
			continue
		}
		a := &assignments[core]
		for len(queue[core]) < int(lookahead) {
			queue[core] = append(queue[core], a.Paras[a.Next])
			a.Next = (a.Next + 1) % uint32(len(a.Paras))
		}
	}
	ClaimQueue.Put(s, queue)
	CoreAssignments.Put(s, assignments)
}

// CoresOf returns the cores whose claim at offset in queue is para, ascending.
func CoresOf(queue [][]primitives.ParaID, para primitives.ParaID, offset uint8) []primitives.CoreIndex {
	var cores []primitives.CoreIndex
	for core, claims := range queue {
		if int(offset) < len(claims) && claims[offset] == para {
			cores = append(cores, primitives.CoreIndex(core))
		}
	}
	return cores
}
