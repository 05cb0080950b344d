package relaychain

import (
	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/scale"
)

// babeAPI tells of slots and who may claim them.
//
//frame:api BabeApi 2
type babeAPI struct{ *api.Call }

// BabeConfiguration is what a node needs to know to follow a chain from a block.
//
//frame:codec
//frame:path sp_consensus_babe::BabeConfiguration
type BabeConfiguration struct {
	// SlotDuration is in milliseconds, EpochLength in slots.
	SlotDuration uint64
	EpochLength  uint64
	// C is the share of slots with a primary author, as a fraction.
	C            [2]uint64
	Authorities  []primitives.BABEAuthority
	Randomness   [32]byte
	AllowedSlots primitives.AllowedSlots
}

// Epoch is a time with the same authorities and the same randomness.
//
//frame:codec
//frame:path sp_consensus_babe::Epoch
type Epoch struct {
	EpochIndex primitives.Epoch
	StartSlot  primitives.Slot
	// Duration is in slots.
	Duration    uint64
	Authorities []primitives.BABEAuthority
	Randomness  [32]byte
	Config      primitives.BABEConfiguration
}

// Configuration returns the configuration of the present epoch.
func (b babeAPI) Configuration() BabeConfiguration {
	config := babe.EpochConfig.Get(b.State)
	return BabeConfiguration{
		SlotDuration: uint64(babe.SlotDuration.Get(b.State)), EpochLength: babe.EpochDuration.Get(b.State),
		C: config.C, Authorities: babe.Authorities.Get(b.State), Randomness: babe.Randomness.Get(b.State),
		AllowedSlots: config.AllowedSlots,
	}
}

// CurrentEpochStart returns the first slot of the present epoch.
func (b babeAPI) CurrentEpochStart() primitives.Slot { return babe.EpochStart(b.State) }

// CurrentEpoch returns the present epoch.
func (b babeAPI) CurrentEpoch() Epoch {
	return Epoch{
		EpochIndex: babe.EpochIndex.Get(b.State), StartSlot: babe.EpochStart(b.State), Duration: babe.EpochDuration.Get(b.State),
		Authorities: babe.Authorities.Get(b.State), Randomness: babe.Randomness.Get(b.State), Config: babe.EpochConfig.Get(b.State),
	}
}

// NextEpoch returns the epoch after the present one, as it was announced.
func (b babeAPI) NextEpoch() Epoch {
	next := b.CurrentEpoch()
	next.EpochIndex++
	next.StartSlot += primitives.Slot(next.Duration)
	next.Authorities, next.Randomness = babe.NextAuthorities.Get(b.State), babe.NextRandomness.Get(b.State)
	return next
}

// grandpaAPI tells of who finalizes.
//
//frame:api GrandpaApi 3
type grandpaAPI struct{ *api.Call }

// GrandpaAuthorities returns the present authority set.
func (g grandpaAPI) GrandpaAuthorities() []primitives.GRANDPAAuthority {
	return grandpa.Authorities.Get(g.State)
}

// CurrentSetID returns the number of the present authority set.
func (g grandpaAPI) CurrentSetID() primitives.SetID { return grandpa.CurrentSetId.Get(g.State) }

// sessionKeys reads the keys of validators.
//
//frame:api SessionKeys 1
type sessionKeys struct{ *api.Call }

// KeyTypeID is what a key is for, in four letters.
//
//frame:path sp_core::crypto::KeyTypeId
type KeyTypeID [4]byte

// SessionKey is a public key with what it is for.
//
//frame:codec
//frame:tuple
type SessionKey struct {
	Key  []byte `scale:"max=64"`
	Type KeyTypeID
}

// DecodeSessionKeys takes encoded session keys apart; none if they are no session
// keys.
func (sessionKeys) DecodeSessionKeys(encoded []byte) *SessionKeyList {
	var keys session.Keys
	if err := scale.Unmarshal(encoded, &keys); err != nil {
		return nil
	}
	list := SessionKeyList{}
	for _, id := range keys.IDs() {
		list = append(list, SessionKey{Key: id.Key[:], Type: id.Type})
	}
	return &list
}

// SessionKeyList is the keys of a validator, in the order of session keys.
//
//frame:codec
type SessionKeyList []SessionKey
