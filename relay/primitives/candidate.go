package primitives

import "github.com/rampart-chain/rampart/relay/scale"

// HeadData is the head of a parachain as the relay chain stores it, opaque:
// for chains made with parachain/sdk the SCALE encoding of a block header.
//
//frame:codec max=1048576
//frame:path polkadot_parachain_primitives::primitives::HeadData
type HeadData []byte

// Hash returns BLAKE2b-256 of the head's bytes, without a length prefix.
func (h HeadData) Hash() Hash { return Blake2b256(h) }

// ValidationCode is the WASM validation function of a parachain.
//
//frame:codec max=3145728
//frame:path polkadot_parachain_primitives::primitives::ValidationCode
type ValidationCode []byte

// Hash returns BLAKE2b-256 of the code's bytes.
func (c ValidationCode) Hash() Hash { return Blake2b256(c) }

// CandidateDescriptor, version 2, says what a candidate is: 292 bytes.
//
//	offset  size  field
//	0       4     ParaID
//	4       32    RelayParent
//	36      1     version, 0
//	37      2     CoreIndex
//	39      4     SessionIndex
//	43      25    zeros
//	68      32    PersistedValidationDataHash
//	100     32    PoVHash
//	132     32    ErasureRoot
//	164     64    zeros
//	228     32    ParaHead
//	260     32    ValidationCodeHash
//
// Source: Polkadot RFC 103.
//
//frame:path polkadot_primitives::v9::CandidateDescriptorV2
//frame:as descriptorLayout
type CandidateDescriptor struct {
	ParaID       ParaID
	RelayParent  Hash
	CoreIndex    uint16
	SessionIndex SessionIndex
	// PersistedValidationDataHash is PersistedValidationData.Hash.
	PersistedValidationDataHash Hash
	// PoVHash is PoV.Hash.
	PoVHash Hash
	// ErasureRoot commits to the chunks of AvailableData.
	ErasureRoot Hash
	// ParaHead is HeadData.Hash of the head the candidate leads to.
	ParaHead Hash
	// ValidationCodeHash is ValidationCode.Hash of the function to run.
	ValidationCodeHash Hash
}

// descriptorLayout is a CandidateDescriptor as it is encoded.
type descriptorLayout struct {
	ParaID                      ParaID
	RelayParent                 Hash
	Version                     uint8
	CoreIndex                   uint16
	SessionIndex                SessionIndex
	Reserved1                   [25]byte
	PersistedValidationDataHash Hash
	PoVHash                     Hash
	ErasureRoot                 Hash
	Reserved2                   [64]byte
	ParaHead                    Hash
	ValidationCodeHash          Hash
}

var _ = descriptorLayout{} // for metadata

// AppendSCALE appends the 292 bytes of d.
func (d CandidateDescriptor) AppendSCALE(b []byte) []byte {
	b = scale.AppendU32(b, uint32(d.ParaID))
	b = append(b, d.RelayParent[:]...)
	b = append(b, 0)
	b = scale.AppendU16(b, d.CoreIndex)
	b = scale.AppendU32(b, uint32(d.SessionIndex))
	b = append(b, make([]byte, 25)...)
	b = append(b, d.PersistedValidationDataHash[:]...)
	b = append(b, d.PoVHash[:]...)
	b = append(b, d.ErasureRoot[:]...)
	b = append(b, make([]byte, 64)...)
	b = append(b, d.ParaHead[:]...)
	return append(b, d.ValidationCodeHash[:]...)
}

// DecodeSCALE reads d. ErrDescriptor for any other version: an unknown version
// is a reason to abstain, never to call a candidate invalid.
func (d *CandidateDescriptor) DecodeSCALE(r *scale.Decoder) {
	var version [1]byte
	var reserved1 [25]byte
	var reserved2 [64]byte
	d.ParaID = ParaID(r.U32())
	r.Fixed(d.RelayParent[:])
	r.Fixed(version[:])
	d.CoreIndex = r.U16()
	d.SessionIndex = SessionIndex(r.U32())
	r.Fixed(reserved1[:])
	r.Fixed(d.PersistedValidationDataHash[:])
	r.Fixed(d.PoVHash[:])
	r.Fixed(d.ErasureRoot[:])
	r.Fixed(reserved2[:])
	r.Fixed(d.ParaHead[:])
	r.Fixed(d.ValidationCodeHash[:])
	if r.Err() == nil && (version != [1]byte{} || reserved1 != [25]byte{} || reserved2 != [64]byte{}) {
		r.Fail(ErrDescriptor)
	}
}

// UpwardMessage is a message of a parachain to the relay chain.
type UpwardMessage []byte

// OutboundHRMPMessage is a message of a parachain to another.
//
//frame:codec
type OutboundHRMPMessage struct {
	Recipient ParaID
	Data      []byte `scale:"max=1048576"`
}

// InboundDownwardMessage is a message of the relay chain to a parachain.
//
//frame:codec
type InboundDownwardMessage struct {
	SentAt  BlockNumber
	Message []byte `scale:"max=1048576"`
}

// InboundHRMPMessage is a message as its recipient finds it in a channel.
//
//frame:codec
type InboundHRMPMessage struct {
	SentAt BlockNumber
	Data   []byte `scale:"max=1048576"`
}

// MaxMessages bounds the upward, and the horizontal, messages of a candidate.
const MaxMessages = 16384

// CandidateCommitments is what executing a candidate leads to.
//
//frame:codec
type CandidateCommitments struct {
	UpwardMessages            []UpwardMessage       `scale:"max=16384"`
	HorizontalMessages        []OutboundHRMPMessage `scale:"max=16384"`
	NewValidationCode         *ValidationCode
	HeadData                  HeadData
	ProcessedDownwardMessages uint32
	// HRMPWatermark is the relay-chain block up to which inbound HRMP
	// messages were taken.
	HRMPWatermark BlockNumber
}

// Hash returns BLAKE2b-256 of the encoding of c.
func (c CandidateCommitments) Hash() Hash { return Blake2b256(c.AppendSCALE(nil)) }

// CandidateReceipt is a descriptor with the hash of the commitments: 324 bytes.
//
//frame:codec
type CandidateReceipt struct {
	Descriptor      CandidateDescriptor
	CommitmentsHash Hash
}

// Hash returns the candidate hash, which names the candidate.
func (r CandidateReceipt) Hash() Hash { return Blake2b256(r.AppendSCALE(nil)) }

// CommittedCandidateReceipt is a descriptor with the commitments themselves.
//
//frame:codec
type CommittedCandidateReceipt struct {
	Descriptor  CandidateDescriptor
	Commitments CandidateCommitments
}

// Receipt returns r with its commitments hashed.
func (r CommittedCandidateReceipt) Receipt() CandidateReceipt {
	return CandidateReceipt{Descriptor: r.Descriptor, CommitmentsHash: r.Commitments.Hash()}
}

// Hash returns the candidate hash, that of Receipt.
func (r CommittedCandidateReceipt) Hash() Hash { return r.Receipt().Hash() }

// PersistedValidationData is what the relay chain gives a candidate to build
// on.
//
//frame:codec
type PersistedValidationData struct {
	ParentHead             HeadData
	RelayParentNumber      BlockNumber
	RelayParentStorageRoot Hash
	MaxPoVSize             uint32
}

// Hash returns BLAKE2b-256 of the encoding of p.
func (p PersistedValidationData) Hash() Hash { return Blake2b256(p.AppendSCALE(nil)) }

// PoV is the proof of validity: all that the validation function needs besides
// PersistedValidationData.
//
//frame:codec
type PoV struct {
	BlockData []byte `scale:"max=10485760"`
}

// Hash returns BLAKE2b-256 of the encoding of p, its length prefix included.
func (p PoV) Hash() Hash { return Blake2b256(p.AppendSCALE(nil)) }

// AvailableData is what is erasure-coded over the validators.
//
//frame:codec
type AvailableData struct {
	PoV            PoV
	ValidationData PersistedValidationData
}

// ValidationParams is the input of a validation function.
//
//frame:codec
type ValidationParams struct {
	ParentHead             HeadData
	BlockData              []byte `scale:"max=10485760"`
	RelayParentNumber      BlockNumber
	RelayParentStorageRoot Hash
}

// ValidationResult is the output of a validation function. The order of its
// fields differs from CandidateCommitments.
//
//frame:codec
type ValidationResult struct {
	HeadData                  HeadData
	NewValidationCode         *ValidationCode
	UpwardMessages            []UpwardMessage       `scale:"max=16384"`
	HorizontalMessages        []OutboundHRMPMessage `scale:"max=16384"`
	ProcessedDownwardMessages uint32
	HRMPWatermark             BlockNumber
}

// Commitments returns r as commitments of a candidate.
func (r ValidationResult) Commitments() CandidateCommitments {
	return CandidateCommitments{
		UpwardMessages:            r.UpwardMessages,
		HorizontalMessages:        r.HorizontalMessages,
		NewValidationCode:         r.NewValidationCode,
		HeadData:                  r.HeadData,
		ProcessedDownwardMessages: r.ProcessedDownwardMessages,
		HRMPWatermark:             r.HRMPWatermark,
	}
}
