package vrf

import (
	"encoding/binary"
	"slices"
)

// Contexts for InOut.MakeBytes.
const (
	// ContextBabe gives the 16 bytes compared with the primary threshold
	// (sp-consensus-babe, AUTHORING_SCORE_VRF_CONTEXT).
	ContextBabe = "substrate-babe-vrf"
	// ContextBabeRandomness gives the 32 bytes that enter the next epoch's
	// randomness (sp-consensus-babe, RANDOMNESS_VRF_CONTEXT).
	ContextBabeRandomness = "BabeVRFInOutContext"
	// ContextRelayStory gives the 32 bytes of a relay block's VRF story, from
	// which approval assignments are drawn (node/primitives approval).
	ContextRelayStory = "A&V RC-VRF"
)

// PreOutputSize and ProofSize are the sizes on the wire, in bytes.
const (
	PreOutputSize = 32
	ProofSize     = 64
)

// Transcript is what a VRF is evaluated on: a protocol label and labeled
// messages in order, all of them bound by Merlin's framing. It is a value;
// Append returns a longer one and leaves the old as it was. The zero
// Transcript has an empty label and no messages.
type Transcript struct {
	label string
	items []item
}

type item struct {
	label string
	data  []byte
}

// NewTranscript returns a transcript with a protocol label and no messages.
func NewTranscript(label string) Transcript {
	return Transcript{label: label}
}

// Append returns t with one more message. data is copied.
func (t Transcript) Append(label string, data []byte) Transcript {
	t.items = append(slices.Clip(t.items), item{label, slices.Clone(data)})
	return t
}

// AppendUint32 appends v as 4 bytes, little-endian.
func (t Transcript) AppendUint32(label string, v uint32) Transcript {
	return t.Append(label, binary.LittleEndian.AppendUint32(nil, v))
}

// AppendUint64 appends v as 8 bytes, little-endian.
func (t Transcript) AppendUint64(label string, v uint64) Transcript {
	return t.Append(label, binary.LittleEndian.AppendUint64(nil, v))
}

// Bytes returns an encoding of t that no other transcript has: each label and
// message in order, after its length as 4 bytes, little-endian.
func (t Transcript) Bytes() []byte {
	b := appendSized(nil, t.label)
	for _, it := range t.items {
		b = appendSized(appendSized(b, it.label), it.data)
	}
	return b
}

func appendSized[T string | []byte](b []byte, data T) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return append(b, data...)
}

// BabeTranscript returns the transcript of a BABE slot claim.
//
// Source: sp-consensus-babe, make_vrf_transcript.
func BabeTranscript(randomness [32]byte, slot, epoch uint64) Transcript {
	return NewTranscript("BABE").
		AppendUint64("slot number", slot).
		AppendUint64("current epoch", epoch).
		Append("chain randomness", randomness[:])
}

// DefaultExtra returns the transcript that a proof is bound to where a protocol
// names none: label "VRF", no messages.
func DefaultExtra() Transcript {
	return NewTranscript("VRF")
}
