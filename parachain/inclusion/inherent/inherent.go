// Package inherent is the pallet of the parachains inherent: the one call per
// relay block that carries everything about parachains, and the order in which
// it is processed.
//
//	bitfields → candidates become available and take effect
//	time → candidates that waited too long leave their cores
//	backed candidates → cores that are free
//	claim queue → moves on
//
// An author makes the inherent with Filter, which leaves out what cannot be in
// the block and says why. An importer runs the very same code: the block is
// invalid if anything would be left out. So what an author makes, every importer
// accepts.
//
// Statements of disputes are refused: Refusal ErrDisputes is where they join.
//
// Source: polkadot-sdk runtime/parachains/src/paras_inherent.
//
//frame:pallet ParaInherent
package inherent

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Included says that the inherent is in the present block; it is absent
	// after every block.
	Included bool
	// OnChainVotes are the votes that the present block carries.
	OnChainVotes Votes
}

// Votes are the votes about candidates in a block.
//
//frame:codec
//frame:path polkadot_primitives::v8::ScrapedOnChainVotes
type Votes struct {
	Session  primitives.SessionIndex
	Backing  []BackingVotes
	Disputes []primitives.DisputeStatementSet
}

// BackingVotes are the votes that backed a candidate.
//
//frame:codec
//frame:tuple
type BackingVotes struct {
	Receipt primitives.CandidateReceipt
	Votes   []inclusion.Vote
}

// Reason says why an inherent, or a part of it, cannot be in the block.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrVerifier     = Reason("call was decoded without a verifier of signatures")
	ErrTwice        = Reason("parachains inherent was in the block before")
	ErrMissing      = Reason("block ends without the parachains inherent")
	ErrParentHeader = Reason("parent header is not that of the block's parent")
	ErrOrder        = Reason("bitfields are not strictly ascending by validator")
	ErrNoRoom       = Reason("inherent has no room for the candidate")
	ErrSessionEnds  = Reason("session ends with the block: a candidate could not become available")
	ErrDisputes     = Reason("statements of disputes are not supported")
)

// MaxLength bounds an encoded inherent, in bytes: half of what the extrinsics of
// a block may have together.
const MaxLength = 5 << 19

// Enter processes Data. It is an inherent, once per block. Runtimes list the
// Pallet that WithVerifier returns: it makes calls that can be dispatched.
//
//frame:call 0 weight=weigh(call.Data) class=mandatory
type Enter struct {
	Data primitives.ParachainsInherentData
}

// weigh returns what data weighs. Bitfields may include a candidate on every core
// that they are about. Messages of a candidate count where it is backed, with what
// they take when it is included, and when their recipients take them.
func weigh(data primitives.ParachainsInherentData) frame.Weight {
	included, votes, bytes, horizontal, upward := 0, 0, 0, 0, 0
	for _, b := range data.Bitfields {
		included = max(included, b.Bitfield.Len())
	}
	for _, c := range data.BackedCandidates {
		votes += len(c.ValidityVotes)
		bytes += size(c.Candidate.Commitments)
		horizontal += len(c.Candidate.Commitments.HorizontalMessages)
		upward += len(c.Candidate.Commitments.UpwardMessages)
	}
	return enterWeight(len(data.Bitfields), included, len(data.BackedCandidates), votes, bytes, horizontal, upward)
}

// size returns how many bytes of a parachain's own c holds.
func size(c primitives.CandidateCommitments) int {
	n := len(c.HeadData)
	for _, m := range c.UpwardMessages {
		n += len(m)
	}
	for _, m := range c.HorizontalMessages {
		n += len(m.Data)
	}
	if c.NewValidationCode != nil {
		n += len(*c.NewValidationCode)
	}
	return n
}

// Dispatch returns ErrVerifier.
func (Enter) Dispatch(*frame.Context, frame.Origin) error { return ErrVerifier }

// Verifier checks signatures, those of the bitfields of a block together.
type Verifier interface {
	inclusion.Verifier
	bitfield.BatchVerifier
}

// verified is Enter as WithVerifier decodes it.
type verified struct {
	Enter
	verifier Verifier
}

// Dispatch processes the inherent. The error, a Refusal or a Reason, says that
// the block is invalid.
func (e verified) Dispatch(c *frame.Context, origin frame.Origin) error {
	if err := frame.EnsureNone(origin); err != nil {
		return err
	}
	_, refused, err := process(c, e.verifier, e.Data)
	if err == nil && len(refused) > 0 {
		return refused[0]
	}
	return err
}

// WithVerifier returns the pallet with calls that check signatures by v.
func WithVerifier(v Verifier) frame.Pallet {
	return frame.Pallet{Name: Pallet.Name, DecodeCall: func(d *scale.Decoder, index uint8) frame.Call {
		if enter, ok := decodeCall(d, index).(Enter); ok {
			return verified{enter, v}
		}
		return nil
	}}
}

// Item is a list of the inherent.
type Item string

// Values of Item.
const (
	Bitfield  Item = "bitfield"
	Candidate Item = "candidate"
	Dispute   Item = "dispute"
)

// Refusal says why a part of an inherent cannot be in the block.
type Refusal struct {
	Item Item
	// Index is the position in the list.
	Index  int
	Reason error
}

// Filter returns what of data can be in the block that c is in, and why the rest
// cannot. c must be as it will be when the inherent is applied: the block is
// begun, and no inherent that comes first is missing. It is not changed. An
// error means that no data with this parent header can be.
func Filter(c *frame.Context, v Verifier, data primitives.ParachainsInherentData) (kept primitives.ParachainsInherentData, refused []Refusal, err error) {
	err = c.Transaction(func() error {
		var err error
		if kept, refused, err = process(c, v, data); err != nil {
			return err
		}
		return undo{}
	})
	if err == (undo{}) {
		err = nil
	}
	return kept, refused, err
}

// undo makes a transaction leave no trace.
type undo struct{}

func (undo) Error() string { return "undone" }

// Finalize ends the block; ErrMissing if the inherent is not in it.
func Finalize(c *frame.Context) error {
	if !Included.Get(c.State) {
		return ErrMissing
	}
	Included.Delete(c.State)
	return nil
}
