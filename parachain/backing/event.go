package backing

import (
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Event is what happens to a Core.
type Event interface{ event() }

// Wake says that the time Next named has come.
type Wake struct{}

// ActiveLeaf is a block on which others may be built.
type ActiveLeaf struct{ Leaf *prospective.Leaf }

// Keys replaces the public keys this node backs with, for relay parents that are not
// taken up yet.
type Keys struct{ Keys []primitives.SR25519Public }

// LeafGone says that no block will be built on a leaf any more: it has a child, or
// a fork was finalized or abandoned. Its child is to be given before.
type LeafGone struct{ Leaf primitives.Hash }

// CollationReady is a candidate of a collator whose descriptor was checked.
// Exactly one Judged answers it unless the relay parent goes first.
type CollationReady struct {
	Receipt        primitives.CandidateReceipt
	ValidationData primitives.PersistedValidationData
	PoV            primitives.PoV
}

// Outcome says how validation ended.
type Outcome uint8

// Values of Outcome.
const (
	// Failed: this machine could not execute the candidate; that says nothing
	// about it. Anything not certainly caused by the candidate is this.
	Failed Outcome = iota
	// Invalid: the validation function refuses the candidate.
	Invalid
	// Executed: the validation function accepts the candidate.
	Executed
)

// Validated answers Validate.
type Validated struct {
	Candidate primitives.Hash
	Outcome   Outcome
	// Reason says why not, unless Executed.
	Reason error
	// Commitments are the outcome of execution, and ErasureRoot that of the
	// available data, if Executed.
	Commitments primitives.CandidateCommitments
	ErasureRoot primitives.Hash
}

// Stored answers StoreAvailableData: the data is durable, or Reason says why not.
type Stored struct {
	Candidate primitives.Hash
	Reason    error
}

// PoVFetched answers FetchPoV. PoVHash is PoV.Hash, computed where the answer was
// received: the PoV is large.
type PoVFetched struct {
	Fetch   FetchPoV
	Peer    protocol.PeerID
	PoV     primitives.PoV
	PoVHash primitives.Hash
}

// PoVFailed answers FetchPoV when nothing came.
type PoVFailed struct{ Fetch FetchPoV }

// Received is a message of a peer. Exactly one Verdict answers it.
type Received struct {
	From    protocol.PeerID
	Message Message
}

// Signed answers Sign.
type Signed struct {
	Request   Sign
	Signature primitives.Signature
	// Refused says that the guard forbids the statement; Signature is then zero.
	Refused bool
}

func (Wake) event()           {}
func (ActiveLeaf) event()     {}
func (Keys) event()           {}
func (LeafGone) event()       {}
func (CollationReady) event() {}
func (Validated) event()      {}
func (Stored) event()         {}
func (PoVFetched) event()     {}
func (PoVFailed) event()      {}
func (Received) event()       {}
func (Signed) event()         {}

// Effect is what a Core asks for. Effects are performed in order.
type Effect interface{ effect() }

// Validate asks for a candidate to be executed by the validation function whose
// hash is in its descriptor, and for the erasure root of PoV and ValidationData
// over Validators chunks. Validated answers. At most Params.Validations are under
// way at a time.
type Validate struct {
	Candidate      primitives.Hash
	Receipt        primitives.CandidateReceipt
	ValidationData primitives.PersistedValidationData
	PoV            primitives.PoV
	Validators     int
}

// FetchPoV asks for the proof of validity of a candidate, from a validator that
// voted for it. PoVFetched or PoVFailed answers.
type FetchPoV struct {
	Candidate primitives.Hash
	From      primitives.ValidatorIndex
	Session   primitives.SessionIndex
	Key       primitives.SR25519Public
	// PoVHash is what the PoV must hash to.
	PoVHash primitives.Hash
}

// StoreAvailableData asks for what a backer must be able to serve to be made
// durable: the PoV, and the chunks made of it. Stored answers.
type StoreAvailableData struct {
	Candidate primitives.Hash
	Receipt   primitives.CandidateReceipt
	Data      primitives.AvailableData
	// Validators is the number of chunks.
	Validators int
}

// Sign asks for the signature of Key over Statement in Context; at most
// MaxSeconded candidates may be seconded in it. The signer makes its guard
// durable, signs and answers with Signed.
type Sign struct {
	Key         primitives.SR25519Public
	Context     primitives.SigningContext
	Statement   primitives.CompactStatement
	MaxSeconded int
}

// Broadcast asks for a Seconded or Valid to be gossiped.
type Broadcast struct{ Message Message }

// SendTo asks for messages to be sent to one peer, not gossiped.
type SendTo struct {
	To       protocol.PeerID
	Messages []Message
}

// Extended says that the chains of paras grew by a candidate.
type Extended struct{ Candidate primitives.Hash }

// Judged says what became of a CollationReady: Reason is nil if this node voted
// for it. Fault says that else the collator is to blame.
type Judged struct {
	Candidate primitives.Hash
	Reason    error
	Fault     bool
}

// Refuted says that a candidate for which Seconders signed is certainly not valid.
type Refuted struct {
	Candidate primitives.Hash
	Receipt   primitives.CandidateReceipt
	Session   primitives.SessionIndex
	Seconders []primitives.ValidatorIndex
	Reason    error
}

// Abstained says why this node does not vote for a candidate that it looked at
// and that is not refuted.
type Abstained struct {
	Candidate primitives.Hash
	Reason    error
}

// Alarm says that something happened which an operator must look at. Candidate is
// the one concerned.
type Alarm struct {
	Candidate primitives.Hash
	Reason    error
}

// Verdict judges the message just given. Reason is nil if accepted.
type Verdict struct {
	From     protocol.PeerID
	Judgment protocol.Verdict
	Reason   error
}

// Report says that a peer broke a rule, where no Verdict can say so.
type Report struct {
	Peer   protocol.PeerID
	Reason error
}

// OwnHeard says that a statement which an own key signed came from a peer. The
// signature was verified. Who holds the key must know the statement: this node
// signed it before, or another one uses the key.
type OwnHeard struct {
	Key       primitives.SR25519Public
	Context   primitives.SigningContext
	Statement primitives.CompactStatement
}

// Equivocation is the evidence that a validator signed what it must not have.
type Equivocation struct {
	Context   primitives.SigningContext
	Validator primitives.ValidatorIndex
	Key       primitives.SR25519Public
	// Statements are the contradicting ones with their candidates: two, or for
	// ErrTooMany one more than allowed.
	Statements []Statement
	// Reason is ErrTooMany, ErrConflicting or ErrBothKinds.
	Reason error
}

// Statement is a signed statement with the receipt of its candidate.
type Statement struct {
	Kind      primitives.StatementKind
	Receipt   primitives.CandidateReceipt
	Signature primitives.Signature
}

func (Validate) effect()           {}
func (FetchPoV) effect()           {}
func (StoreAvailableData) effect() {}
func (Sign) effect()               {}
func (Broadcast) effect()          {}
func (SendTo) effect()             {}
func (Extended) effect()           {}
func (Judged) effect()             {}
func (Refuted) effect()            {}
func (Abstained) effect()          {}
func (Alarm) effect()              {}
func (Verdict) effect()            {}
func (Report) effect()             {}
func (OwnHeard) effect()           {}
func (Equivocation) effect()       {}
