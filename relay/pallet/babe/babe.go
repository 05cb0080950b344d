// Package babe is the on-chain half of BABE: it reads the slot claim of each
// block, keeps epochs and their randomness, and announces the authorities of
// the next epoch in the digest.
//
// That a claim is valid is checked before a block is executed (package
// relay/babe); here it is taken as true.
//
// One rule differs from Polkadot: all primary VRF outputs of an epoch enter the
// randomness of the epoch after the next, also those of the segment that is not
// full.
//
//frame:pallet Babe
package babe

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// segmentLength is how many VRF outputs a segment of UnderConstruction holds.
const segmentLength = 256

// randomnessContext is the context of the 32 bytes taken from a VRF output.
const randomnessContext = "BabeVRFInOutContext"

// storage of the pallet.
//
//frame:storage
type storage struct {
	// EpochIndex is the index of the present epoch.
	EpochIndex primitives.Epoch
	// Authorities of the present epoch.
	Authorities []primitives.BABEAuthority
	// GenesisSlot is the slot of block 1, absent before it.
	GenesisSlot primitives.Slot
	// CurrentSlot is the slot of the present block.
	CurrentSlot primitives.Slot
	// Randomness of the present epoch.
	Randomness [32]byte
	// NextRandomness is that of the next epoch.
	NextRandomness [32]byte
	// NextAuthorities are those of the next epoch.
	NextAuthorities []primitives.BABEAuthority
	// SegmentIndex is the segment of UnderConstruction that is being filled.
	SegmentIndex uint32
	// UnderConstruction holds the VRF outputs of the primary claims of the
	// present epoch, in segments.
	UnderConstruction map[uint32][][32]byte `frame:"twox_64_concat"`
	// AuthorVrfRandomness is the VRF output of the present block's claim,
	// primary or secondary.
	AuthorVrfRandomness *[32]byte
	// EpochConfig is the configuration of the present epoch.
	EpochConfig primitives.BABEConfiguration
	// EpochDuration is how many slots an epoch has.
	EpochDuration uint64
	// SlotDuration is how long a slot is.
	SlotDuration primitives.Millis
	// PrimaryWeight counts the primary claims since genesis: the weight of the
	// chain that the present block ends.
	PrimaryWeight uint32
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// Errors.
const (
	// ErrClaim: the author put something else in front than one claim of a slot
	// that can be read.
	ErrClaim Error = 0
	// ErrSlot: the slot is not later than that of the parent.
	ErrSlot Error = 1
	// ErrTimestamp: the time of the block is not in its slot.
	ErrTimestamp Error = 2
	// ErrAuthority: the claim names an authority that does not exist.
	ErrAuthority Error = 3
)

// VRF returns n bytes, bound to context, of the VRF output that the claim of
// slot by the authority with the key carries.
type VRF func(public primitives.SR25519Public, randomness [32]byte, slot primitives.Slot, epoch primitives.Epoch, preOutput [32]byte, context string, n int) []byte

// Genesis sets the state before block 1.
func Genesis(s *frame.State, authorities []primitives.BABEAuthority, config primitives.BABEConfiguration, epochDuration uint64, slotDuration primitives.Millis, randomness [32]byte) {
	Authorities.Put(s, authorities)
	NextAuthorities.Put(s, authorities)
	EpochConfig.Put(s, config)
	EpochDuration.Put(s, epochDuration)
	SlotDuration.Put(s, slotDuration)
	Randomness.Put(s, randomness)
	NextRandomness.Put(s, randomness)
}

// Initialize reads the claim of the block, all that its author may put in the
// digest, and counts its slot and weight. ErrClaim or ErrSlot if it cannot be.
func Initialize(c *frame.Context) (primitives.BABEPreDigest, error) {
	claim, err := primitives.Header{Digest: c.Digest}.BABEPreDigest()
	if err != nil || len(c.Digest) != 1 {
		return nil, ErrClaim
	}
	_, slot := claim.Author()
	if genesis := c.Number == 1; genesis {
		GenesisSlot.Put(c.State, slot)
		announce(c, NextAuthorities.Get(c.State), NextRandomness.Get(c.State))
	} else if slot <= CurrentSlot.Get(c.State) {
		return nil, ErrSlot
	}
	CurrentSlot.Put(c.State, slot)
	PrimaryWeight.Put(c.State, PrimaryWeight.Get(c.State)+claim.Weight())
	return claim, nil
}

// NoteVRF keeps the VRF output of the claim, and adds it to the randomness
// under construction if the claim is primary. It must be called after the epoch
// of the block has begun.
func NoteVRF(c *frame.Context, claim primitives.BABEPreDigest, vrf VRF) error {
	var signature primitives.VRFSignature
	switch claim := claim.(type) {
	case primitives.PrimaryClaim:
		signature = claim.VRF
	case primitives.SecondaryVRFClaim:
		signature = claim.VRF
	default:
		AuthorVrfRandomness.Put(c.State, nil)
		return nil
	}
	index, slot := claim.Author()
	authorities := Authorities.Get(c.State)
	if int(index) >= len(authorities) {
		return ErrAuthority
	}
	raw := vrf(authorities[index].Key, Randomness.Get(c.State), slot, EpochIndex.Get(c.State), signature.PreOutput, randomnessContext, 32)
	if len(raw) != 32 {
		return ErrClaim
	}
	output := [32]byte(raw)
	AuthorVrfRandomness.Put(c.State, &output)
	if _, primary := claim.(primitives.PrimaryClaim); !primary {
		return nil
	}
	segment := SegmentIndex.Get(c.State)
	outputs := UnderConstruction.Get(c.State, segment)
	if len(outputs) == segmentLength {
		segment, outputs = segment+1, nil
		SegmentIndex.Put(c.State, segment)
	}
	UnderConstruction.Put(c.State, segment, append(outputs, output))
	return nil
}

// CheckTimestamp returns ErrTimestamp unless the time of the block is in its
// slot.
func CheckTimestamp(c *frame.Context) error {
	now := timestamp.Now.Get(c.State)
	if primitives.Slot(now/SlotDuration.Get(c.State)) != CurrentSlot.Get(c.State) {
		return ErrTimestamp
	}
	return nil
}

// EpochStart returns the first slot of the present epoch.
func EpochStart(s *frame.State) primitives.Slot {
	return GenesisSlot.Get(s) + primitives.Slot(uint64(EpochIndex.Get(s))*EpochDuration.Get(s))
}

// ShouldEndEpoch reports whether the present block is the first of a later
// epoch. Block 1 never is.
func ShouldEndEpoch(c *frame.Context) bool {
	return c.Number > 1 && uint64(CurrentSlot.Get(c.State)-EpochStart(c.State)) >= EpochDuration.Get(c.State)
}

// EnterEpoch begins the epoch that the slot of the block is in, with the
// authorities announced before, and announces next for the epoch after it. If
// epochs were skipped, what was announced for the first of them is used.
func EnterEpoch(c *frame.Context, authorities, next []primitives.BABEAuthority) {
	s := c.State
	index := primitives.Epoch(uint64(CurrentSlot.Get(s)-GenesisSlot.Get(s)) / EpochDuration.Get(s))
	EpochIndex.Put(s, index)
	Authorities.Put(s, authorities)
	NextAuthorities.Put(s, next)
	present := NextRandomness.Get(s)
	following := drainRandomness(s, present, index+1)
	Randomness.Put(s, present)
	NextRandomness.Put(s, following)
	announce(c, next, following)
}

// drainRandomness returns BLAKE2b-256(previous ‖ LE64(epoch) ‖ VRF outputs of
// the epoch that ends) and forgets the outputs.
func drainRandomness(s *frame.State, previous [32]byte, epoch primitives.Epoch) [32]byte {
	input := scale.AppendU64(append([]byte(nil), previous[:]...), uint64(epoch))
	for segment := range SegmentIndex.Get(s) + 1 {
		for _, output := range UnderConstruction.Get(s, segment) {
			input = append(input, output[:]...)
		}
		UnderConstruction.Delete(s, segment)
	}
	SegmentIndex.Put(s, 0)
	return primitives.Blake2b256(input)
}

func announce(c *frame.Context, authorities []primitives.BABEAuthority, randomness [32]byte) {
	c.DepositLog(primitives.Consensus{
		Engine: primitives.EngineBABE,
		Data:   primitives.AppendBABELog(nil, primitives.NextEpochData{Authorities: authorities, Randomness: randomness}),
	})
}
