package backing

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

const (
	// messageVersion is the first byte of an encoded message.
	messageVersion = 1
	// MaxMessage bounds an encoded message, in bytes: a candidate with the
	// largest validation code, and all else.
	MaxMessage = 3<<20 + 1<<20
	// maxSummarized bounds the candidates that a Summary speaks of.
	maxSummarized = 1024
)

// Message is what neighbors tell each other: Seconded, Valid or Summary.
// Statements are gossiped; a Summary goes from peer to peer, as do statements a
// peer was found to lack.
//
//frame:enum
type Message interface{ backingMessage() }

// Seconded says that a member of the backing group executed Candidate and puts it
// forward.
//
//frame:variant Message 0
type Seconded struct {
	Validator primitives.ValidatorIndex
	// Signature is over primitives.CompactStatement, kind Seconded.
	Signature      primitives.Signature
	Candidate      primitives.CommittedCandidateReceipt
	ValidationData primitives.PersistedValidationData
}

// Valid says that a member of the backing group executed a candidate that another
// one seconded, and agrees.
//
//frame:variant Message 1
type Valid struct {
	Validator primitives.ValidatorIndex
	// Signature is over primitives.CompactStatement, kind Valid.
	Signature   primitives.Signature
	RelayParent primitives.Hash
	Candidate   primitives.Hash
}

// Summary says which statements a node has.
//
//frame:variant Message 2
type Summary struct {
	RelayParents []RelayParentSummary `scale:"max=64"`
}

// RelayParentSummary says which statements a node has about candidates built at a
// relay parent; that it lists the relay parent at all says that it takes them.
//
//frame:codec
type RelayParentSummary struct {
	RelayParent primitives.Hash
	Candidates  []CandidateSummary `scale:"max=1024"`
}

// CandidateSummary says whose statements about a candidate a node has.
//
//frame:codec
type CandidateSummary struct {
	Candidate primitives.Hash
	// Votes has one bit per member of the backing group.
	Votes scale.BitVec
}

func (Seconded) backingMessage() {}
func (Valid) backingMessage()    {}
func (Summary) backingMessage()  {}

// Encode returns the version byte, the variant index and m.
func Encode(m Message) []byte { return AppendMessage([]byte{messageVersion}, m) }

// Decode reads what Encode wrote. ErrMessageSize, a scale.Reason, or
// ErrMessageVersion and primitives.ErrDescriptor, which say that the sender may be
// newer than this node: such a message is to be ignored, not held against a peer.
func Decode(data []byte) (Message, error) {
	switch {
	case len(data) == 0 || len(data) > MaxMessage:
		return nil, ErrMessageSize
	case data[0] != messageVersion:
		return nil, ErrMessageVersion
	}
	d := scale.NewDecoder(data[1:])
	m := DecodeMessage(d)
	if err := d.Finish(); err != nil {
		return nil, err
	}
	return m, nil
}

// PoVRequest asks a member of the backing group for the proof of validity of a
// candidate that it voted for. It is the request of protocol pov, whose id carries
// the version; PoVAnswer answers it.
//
//frame:codec
type PoVRequest struct{ Candidate primitives.Hash }

// PoVAnswer is a proof of validity; nil if the validator does not have it.
//
//frame:codec
type PoVAnswer struct{ PoV *primitives.PoV }
