package benchmark

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// members is how many validators a group has, least how many must back a candidate.
const (
	members = validators / cores
	least   = 2
)

// headBytes is how many bytes the commitments of a candidate have at most.
const headBytes = 20_000

// sentMost is how many horizontal messages a candidate has at most, upwardMost how
// many upward ones: an empty one and a signal of each kind.
const (
	sentMost   = 10
	upwardMost = 3
)

// inherentCases have bitfields by which candidates are included, and candidates that
// are backed, each in a block without the other: costs add up. Messages are those of
// as many candidates that are included as are backed, and are taken from as many
// channels: what a message costs is all of that.
func inherentCases() []Case {
	components := []Component{{"bitfields", 0, validators}, {"included", 0, cores}, {"candidates", 0, cores}, {"votes", 0, validators}, {"bytes", 0, cores * headBytes},
		{"horizontal", 0, cores * sentMost}, {"upward", 0, cores * upwardMost}}
	return []Case{
		{Pallet: "ParaInherent", Call: "Enter", Way: "messages", Components: components, points: messagesPoints, only: []string{"bytes", "horizontal", "upward"},
			set: enter, pallets: palletsWith(trusting{})},
		{Pallet: "ParaInherent", Call: "Enter", Way: "back", Components: components, points: backingPoints, set: enter},
		{Pallet: "ParaInherent", Call: "Enter", Way: "include", Components: components, points: includingPoints, set: enter, pallets: palletsWith(trusting{})},
	}
}

// trusting takes every signature for good, so that what including a candidate takes,
// and messages do, can be told from what many signatures do.
type trusting struct{ crypto.Real }

// Sr25519 implements inherent.Verifier.
func (trusting) Sr25519([32]byte, []byte, [64]byte) bool { return true }

// Sr25519Batch implements inherent.Verifier.
func (trusting) Sr25519Batch(entries []crypto.Signed) []bool {
	return slices.Repeat([]bool{true}, len(entries))
}

// stepsOf returns parts of whole: at least 1, up to all of it.
func stepsOf(whole, steps int) []int {
	out := make([]int, max(steps, 3)-1)
	for i := range out {
		out[i] = max(whole*(i+1)/len(out), 1)
	}
	return out
}

func includingPoints(steps int) [][]int {
	points := [][]int{{0, 0, 0, 0, 0, 0, 0}}
	for _, n := range stepsOf(validators, steps) {
		points = append(points, []int{n, 0, 0, 0, 0, 0, 0})
	}
	for _, n := range stepsOf(cores, steps) {
		points = append(points, []int{validators, n, 0, 0, 0, 0, 0})
	}
	return points
}

func backingPoints(steps int) [][]int {
	points := [][]int{{0, 0, 0, 0, 0, 0, 0}}
	for _, n := range stepsOf(validators, steps) {
		points = append(points, []int{n, 0, 0, 0, 0, 0, 0})
	}
	for _, n := range stepsOf(cores, steps) {
		points = append(points, []int{0, 0, n, least * n, n, 0, 0})
	}
	for _, n := range stepsOf(headBytes, steps) {
		points = append(points, []int{0, 0, cores, least * cores, n * cores, 0, 0})
	}
	for votes := least + 1; votes <= members; votes++ {
		points = append(points, []int{0, 0, cores, votes * cores, cores, 0, 0})
	}
	return points
}

// messagesPoints have one candidate per core, with a head of a byte.
func messagesPoints(steps int) [][]int {
	var points [][]int
	add := func(horizontal, size, upward int) {
		bytes := 1 + horizontal*size + upwardBytes(upward)
		points = append(points, []int{validators, cores, cores, least * cores, bytes * cores, horizontal * cores, upward * cores})
	}
	for n := range sentMost + 1 {
		add(n, 1, 0)
	}
	for _, n := range stepsOf(6000, steps) {
		add(sentMost, n, 0)
	}
	for n := range upwardMost + 1 {
		add(0, 0, n)
	}
	return points
}

// enter prepares block 2 with an inherent; block 1 backed what it includes.
func enter(s *setting, n []int) (frame.Origin, frame.Call) {
	head := s.world.genesis.Header
	s.open(n[5] / cores)
	with := loadOf(n)
	first := primitives.ParachainsInherentData{ParentHeader: head, BackedCandidates: s.backed(head, n[1], least, with)}
	_, err := s.Context.Make(frame.None{}, enterCall(first))
	s.must(err)
	s.must(initializer.Finalize(s.Context))
	system.Finalize(s.Context)

	head = primitives.Header{ParentHash: s.ParentHash, Number: s.Number, StateRoot: seed("root", 1)}
	s.Number, s.ParentHash, s.Events = head.Number+1, head.Hash(), nil
	system.Initialize(s.Context)
	data := primitives.ParachainsInherentData{ParentHeader: head, Bitfields: s.bitfields(n[0], n[1])}
	if n[2] > 0 {
		data.BackedCandidates = s.backed(head, n[2], n[3]/n[2], with)
	}
	return frame.None{}, enterCall(data)
}

// enterCall returns the call as it is decoded: with a verifier.
func enterCall(data primitives.ParachainsInherentData) frame.Call {
	call, err := pallets.DecodeCall(pallets.AppendCall(nil, inherent.Enter{Data: data}))
	if err != nil {
		return inherent.Enter{Data: data} // fails when it is made
	}
	return call
}

// bitfields returns those of the first n validators, with the bits of as many cores.
func (s *setting) bitfields(n, available int) []primitives.SignedBitfield {
	bits := scale.NewBitVec(cores)
	for core := range available {
		bits.Set(core, true)
	}
	context := primitives.SigningContext{SessionIndex: shared.CurrentSessionIndex.Get(s.State), Parent: s.ParentHash}
	keys := shared.ActiveValidatorKeys.Get(s.State)
	out := make([]primitives.SignedBitfield, n)
	for i := range out {
		signature := s.world.paras[keys[i]].Sr25519(primitives.BitfieldPayload(bits, context))
		out[i] = primitives.SignedBitfield{Bitfield: bits, ValidatorIndex: primitives.ValidatorIndex(i), Signature: signature}
	}
	return out
}

// backed returns a candidate of each of the first n parachains, built on head and
// backed by so many votes, with a load.
func (s *setting) backed(head primitives.Header, n, votes int, with load) []primitives.BackedCandidate {
	out := make([]primitives.BackedCandidate, n)
	for i := range out {
		out[i] = s.back(s.candidate(head, i, with), primitives.CoreIndex(i), head.Number, votes)
	}
	return out
}

func (s *setting) candidate(head primitives.Header, i int, with load) primitives.CommittedCandidateReceipt {
	constraints, pending, _ := inclusion.BackingState(s.State, para(i))
	for _, p := range pending {
		constraints = constraints.After(p.Commitments, p.RelayParentNumber)
	}
	commitments := with.commitments(i)
	commitments.HRMPWatermark = head.Number
	data := constraints.ValidationData(inclusion.RelayParent{Number: head.Number, StorageRoot: head.StateRoot})
	return primitives.CommittedCandidateReceipt{
		Descriptor: primitives.CandidateDescriptor{
			ParaID: para(i), RelayParent: head.Hash(), CoreIndex: uint16(i), SessionIndex: shared.CurrentSessionIndex.Get(s.State),
			PersistedValidationDataHash: data.Hash(), ParaHead: commitments.HeadData.Hash(), ValidationCodeHash: constraints.ValidationCodeHash,
		},
		Commitments: commitments,
	}
}

func (s *setting) back(candidate primitives.CommittedCandidateReceipt, core primitives.CoreIndex, relayParent primitives.BlockNumber, votes int) primitives.BackedCandidate {
	group, _ := scheduler.RotationOf(s.State).GroupForCore(core, relayParent+1)
	validators := scheduler.ValidatorGroups.Get(s.State)[group]
	keys := shared.ActiveValidatorKeys.Get(s.State)
	context := primitives.SigningContext{SessionIndex: candidate.Descriptor.SessionIndex, Parent: candidate.Descriptor.RelayParent}
	payload := primitives.CompactStatement{Kind: primitives.Valid, CandidateHash: candidate.Hash()}.SigningPayload(context)
	out := primitives.BackedCandidate{Candidate: candidate}
	var voted []int
	for i, member := range validators[:min(votes, len(validators))] {
		signature := primitives.Signature(s.world.paras[keys[member]].Sr25519(payload))
		out.ValidityVotes = append(out.ValidityVotes, primitives.ExplicitAttestation{Signature: signature})
		voted = append(voted, i)
	}
	out.ValidatorIndices = inclusion.ValidatorIndices(len(validators), voted, core)
	return out
}
