package benchmark

import (
	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
)

// sessionEndCases are blocks that end a session in relay chains of several sizes.
func sessionEndCases() []Case {
	return []Case{{
		Pallet: "Runtime", Call: "EndSession", Components: []Component{{"validators", 4, 1000}, {"cores", 1, 200}},
		points: func(int) [][]int {
			return [][]int{{4, 1}, {30, 20}, {100, 20}, {100, 100}, {300, 60}, {300, 200}, {1000, 200}}
		},
		sized: func(n []int) ground { return ground{validators: n[0], cores: n[1]} },
		set:   endOfSession,
		run: func(c *frame.Context) error {
			runtime.EndSession(c)
			return initializer.Finalize(c)
		},
	}}
}

// endOfSession prepares the last block of a session, not the first of the chain, in
// which every block was authored by a VRF. Every core is occupied.
func endOfSession(s *setting, n []int) (frame.Origin, frame.Call) {
	const index, sets = 20, 1000
	head := s.world.genesis.Header
	session.CurrentIndex.Put(s.State, index)
	shared.CurrentSessionIndex.Put(s.State, index)
	with := load{head: 1}
	_, err := s.Context.Make(frame.None{}, enterCall(primitives.ParachainsInherentData{ParentHeader: head, BackedCandidates: s.backed(head, n[1], least, with)}))
	s.must(err)
	oldest := primitives.SessionIndex(index) - 6 // Live keeps so many
	sessioninfo.EarliestStoredSession.Put(s.State, oldest)
	info, _ := sessioninfo.Sessions.Lookup(s.State, 0)
	sessioninfo.Sessions.Put(s.State, oldest, info)
	sessioninfo.AccountKeys.Put(s.State, oldest, sessioninfo.AccountKeys.Get(s.State, 0))

	grandpa.CurrentSetId.Put(s.State, sets)
	duration := babe.EpochDuration.Get(s.State)
	babe.CurrentSlot.Put(s.State, babe.GenesisSlot.Get(s.State)+primitives.Slot(index*duration))
	const length = 256 // of a segment
	segment := uint32(0)
	for left := int(duration); left > 0; left -= length {
		babe.UnderConstruction.Put(s.State, segment, make([][32]byte, min(left, length)))
		babe.SegmentIndex.Put(s.State, segment)
		segment++
	}
	return frame.None{}, nil
}
