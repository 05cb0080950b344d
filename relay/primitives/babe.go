package primitives

import "github.com/rampart-chain/rampart/relay/scale"

// BABEAuthority is a member of an epoch's authorities.
//
//frame:codec
//frame:tuple
type BABEAuthority struct {
	Key    SR25519Public
	Weight uint64
}

// AllowedSlots says which claims are allowed besides primary ones.
//
//frame:codec
//frame:path sp_consensus_babe::AllowedSlots
type AllowedSlots uint8

// Values of AllowedSlots.
const (
	PrimarySlots                  AllowedSlots = 0
	PrimaryAndSecondaryPlainSlots AllowedSlots = 1
	PrimaryAndSecondaryVRFSlots   AllowedSlots = 2
)

// BABEConfiguration is what of an epoch can be changed: the constant c of the
// primary threshold as the fraction C[0]/C[1], and the allowed claims.
//
//frame:codec
//frame:path sp_consensus_babe::BabeEpochConfiguration
type BABEConfiguration struct {
	C            [2]uint64
	AllowedSlots AllowedSlots
}

// BABEPreDigest is the author's claim of a slot: PrimaryClaim,
// SecondaryPlainClaim or SecondaryVRFClaim.
//
//frame:enum
type BABEPreDigest interface {
	// Author returns the claimed slot and who claims it.
	Author() (AuthorityIndex, Slot)
	// Weight returns what the claim adds to the weight of a chain: 1 for a
	// primary claim, else 0.
	Weight() uint32
}

// VRFSignature is the output and the proof of a VRF, 96 bytes.
//
//frame:codec
type VRFSignature struct {
	PreOutput [32]byte
	Proof     [64]byte
}

// PrimaryClaim won the slot by a VRF output below the threshold.
//
//frame:variant BABEPreDigest 1
type PrimaryClaim struct {
	AuthorityIndex AuthorityIndex
	Slot           Slot
	VRF            VRFSignature
}

// SecondaryPlainClaim is the fallback author without a VRF.
//
//frame:variant BABEPreDigest 2
type SecondaryPlainClaim struct {
	AuthorityIndex AuthorityIndex
	Slot           Slot
}

// SecondaryVRFClaim is the fallback author with a VRF.
//
//frame:variant BABEPreDigest 3
type SecondaryVRFClaim struct {
	AuthorityIndex AuthorityIndex
	Slot           Slot
	VRF            VRFSignature
}

// Author implements BABEPreDigest.
func (c PrimaryClaim) Author() (AuthorityIndex, Slot) { return c.AuthorityIndex, c.Slot }

// Author implements BABEPreDigest.
func (c SecondaryPlainClaim) Author() (AuthorityIndex, Slot) { return c.AuthorityIndex, c.Slot }

// Author implements BABEPreDigest.
func (c SecondaryVRFClaim) Author() (AuthorityIndex, Slot) { return c.AuthorityIndex, c.Slot }

// Weight implements BABEPreDigest.
func (PrimaryClaim) Weight() uint32 { return 1 }

// Weight implements BABEPreDigest.
func (SecondaryPlainClaim) Weight() uint32 { return 0 }

// Weight implements BABEPreDigest.
func (SecondaryVRFClaim) Weight() uint32 { return 0 }

// BABELog is a message of the runtime to BABE: NextEpochData, BABEOnDisabled or
// NextConfigData.
//
//frame:enum
type BABELog interface{ babeLog() }

// NextEpochData describes the epoch after the one just entered.
//
//frame:variant BABELog 1
type NextEpochData struct {
	Authorities []BABEAuthority `scale:"max=10000"`
	Randomness  [32]byte
}

// BABEOnDisabled says that an authority may no longer author in this epoch.
//
//frame:variant BABELog 2
type BABEOnDisabled struct{ AuthorityIndex AuthorityIndex }

// NextConfigData changes the configuration from the next epoch on.
//
//frame:variant BABELog 3
type NextConfigData struct{ Descriptor NextConfigDescriptor }

// NextConfigDescriptor is BABEConfiguration behind its version tag, 1.
type NextConfigDescriptor BABEConfiguration

// AppendSCALE appends the tag 1, then the configuration.
func (c NextConfigDescriptor) AppendSCALE(b []byte) []byte {
	return BABEConfiguration(c).AppendSCALE(append(b, 1))
}

// DecodeSCALE reads c; scale.ErrVariant for another tag than 1.
func (c *NextConfigDescriptor) DecodeSCALE(d *scale.Decoder) {
	if d.U8() != 1 {
		d.Fail(scale.ErrVariant)
	}
	(*BABEConfiguration)(c).DecodeSCALE(d)
}

func (NextEpochData) babeLog()  {}
func (BABEOnDisabled) babeLog() {}
func (NextConfigData) babeLog() {}

// BABEPreDigest returns the author's claim: the one pre-runtime item of BABE,
// which must be the first digest item. ErrNoPreDigest, ErrDigestOrder, or a
// fault of its encoding.
func (h Header) BABEPreDigest() (BABEPreDigest, error) {
	var claim BABEPreDigest
	for i, item := range h.Digest {
		pre, ok := item.(PreRuntime)
		if !ok || pre.Engine != EngineBABE {
			continue
		}
		if i != 0 {
			return nil, ErrDigestOrder
		}
		d := scale.NewDecoder(pre.Data)
		claim = DecodeBABEPreDigest(d)
		if err := d.Finish(); err != nil {
			return nil, err
		}
	}
	if claim == nil {
		return nil, ErrNoPreDigest
	}
	return claim, nil
}

// BABELogs returns the messages of the runtime to BABE, in order.
func (h Header) BABELogs() ([]BABELog, error) {
	var logs []BABELog
	for _, item := range h.Digest {
		if c, ok := item.(Consensus); ok && c.Engine == EngineBABE {
			d := scale.NewDecoder(c.Data)
			logs = append(logs, DecodeBABELog(d))
			if err := d.Finish(); err != nil {
				return nil, err
			}
		}
	}
	return logs, nil
}

// BABESeal returns the seal that holds signature: Vec<u8> of its 64 bytes is
// what the digest item carries, without a further length.
func BABESeal(signature Signature) Seal {
	return Seal{Engine: EngineBABE, Data: signature[:]}
}
