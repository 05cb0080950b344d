package grandpa

import (
	"bytes"
	"math/bits"
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// MaxVoters bounds an authority set.
const MaxVoters = 10_000

// VoterSet is an authority set in the order GRANDPA gives it: by key, ascending.
// It is immutable.
type VoterSet struct {
	voters    []primitives.GRANDPAAuthority
	total     uint64
	threshold uint64
}

// NewVoterSet returns the set of the given authorities, in any order. Weights of
// a key named repeatedly add up and authorities without weight are left out.
// ErrVoterSet if none is left, or more than MaxVoters, or their weight exceeds
// 2^64 − 1.
func NewVoterSet(authorities []primitives.GRANDPAAuthority) (*VoterSet, error) {
	if len(authorities) > MaxVoters {
		return nil, ErrVoterSet
	}
	sorted := slices.Clone(authorities)
	slices.SortStableFunc(sorted, func(a, b primitives.GRANDPAAuthority) int {
		return bytes.Compare(a.Key[:], b.Key[:])
	})
	s := &VoterSet{}
	for _, a := range sorted {
		if a.Weight == 0 {
			continue
		}
		var carry uint64
		if s.total, carry = bits.Add64(s.total, a.Weight, 0); carry != 0 {
			return nil, ErrVoterSet
		}
		if last := len(s.voters) - 1; last >= 0 && s.voters[last].Key == a.Key {
			s.voters[last].Weight += a.Weight
			continue
		}
		s.voters = append(s.voters, a)
	}
	if len(s.voters) == 0 {
		return nil, ErrVoterSet
	}
	s.threshold = Threshold(s.total)
	return s, nil
}

// Threshold returns the weight of a supermajority: total − ⌊(total−1)/3⌋. total
// must not be 0.
//
// Source: paritytech/finality-grandpa src/voter_set.rs, threshold.
func Threshold(total uint64) uint64 { return total - (total-1)/3 }

// Len returns the number of voters.
func (s *VoterSet) Len() int { return len(s.voters) }

// Total returns the weight of all voters.
func (s *VoterSet) Total() uint64 { return s.total }

// Threshold returns the weight of a supermajority.
func (s *VoterSet) Threshold() uint64 { return s.threshold }

// Index returns the position of key; ok is false if it is not in the set.
func (s *VoterSet) Index(key primitives.ED25519Public) (i int, ok bool) {
	return slices.BinarySearchFunc(s.voters, key, func(a primitives.GRANDPAAuthority, key primitives.ED25519Public) int {
		return bytes.Compare(a.Key[:], key[:])
	})
}

// At returns the voter at position i, in [0, Len).
func (s *VoterSet) At(i int) primitives.GRANDPAAuthority { return s.voters[i] }

// Primary returns the position of the primary voter of round: round mod Len.
//
// Source: paritytech/finality-grandpa src/round.rs, primary_voter.
func (s *VoterSet) Primary(round primitives.Round) int {
	return int(uint64(round) % uint64(len(s.voters)))
}
