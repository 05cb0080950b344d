package txpool

import "github.com/rampart-chain/rampart/relay/primitives"

// Peer names a neighbor; what it is made of is the shell's affair.
type Peer string

// RequestID names a request of a user: a submission, its watcher if it asks for
// one, or a repetition. The shell never uses one twice.
type RequestID uint64

// Event is what happens to a Core. It keeps the slices of events, which must not
// change any more.
type Event interface{ event() }

// Wake says that the time Next named has come.
type Wake struct{}

// Submit is an extrinsic of a user of this node. Exactly one Accepted or Refused
// answers it, at once or after its validation.
type Submit struct {
	Request   RequestID
	Extrinsic primitives.Extrinsic
	// Watch asks for Notify effects to watcher Request once accepted. An
	// extrinsic that is in the pool or in a recent block can be watched too.
	Watch bool
}

// Unwatch ends a watcher; it is told nothing any more.
type Unwatch struct{ Watcher RequestID }

// Repeat asks for an extrinsic to be put into the pool again after every new best
// block, whatever became of it, until Stop. Exactly one Accepted or Refused
// answers it at once; the extrinsic itself may be invalid.
//
// Source: JSON-RPC specification, transaction_v1_broadcast.
type Repeat struct {
	Request   RequestID
	Extrinsic primitives.Extrinsic
}

// Stop ends the Repeat of that request. Accepted answers it, or Refused with
// ErrUnknownRequest.
type Stop struct{ Request RequestID }

// Heard is an extrinsic from gossip. Exactly one Judged answers it, at once or
// after its validation.
type Heard struct {
	From      Peer
	Extrinsic primitives.Extrinsic
}

// Validated answers Validate.
type Validated struct {
	Hash     primitives.Hash
	At       primitives.BlockID
	Validity Validity
}

// Sent says that an extrinsic was sent to peers, because of Broadcast or because
// its message was judged acceptable. Watchers are told at most 64 of them.
type Sent struct {
	Hash  primitives.Hash
	Peers []Peer
}

// Block is a block of the chain, with all of its body.
type Block struct {
	ID   primitives.BlockID
	Body []primitives.Extrinsic
}

// NewBest is a new best block: the blocks left, highest first, and those entered,
// lowest first. The last entered is the best one.
type NewBest struct {
	Retracted []Block
	Enacted   []Block
}

// Finalized says that blocks are final, lowest first. They may come before the
// NewBest that enters them.
type Finalized struct{ Blocks []primitives.BlockID }

// Unfit names transactions that an author got from Ready and that could not be
// applied, though the block had room. They are validated again; one that comes
// back as valid and is unfit again is invalid.
type Unfit struct{ Hashes []primitives.Hash }

// SummaryHeard is what a peer has; it is sent what it lacks.
type SummaryHeard struct {
	From    Peer
	Summary Summary
}

func (Wake) event()         {}
func (Submit) event()       {}
func (Unwatch) event()      {}
func (Repeat) event()       {}
func (Stop) event()         {}
func (Heard) event()        {}
func (Validated) event()    {}
func (Sent) event()         {}
func (NewBest) event()      {}
func (Finalized) event()    {}
func (Unfit) event()        {}
func (SummaryHeard) event() {}

// Validity is what the runtime says of an extrinsic: Valid, Invalid or Unknown.
type Validity interface{ validity() }

// Valid says that an extrinsic can be in a block once what it requires is.
//
// Source: substrate/primitives/runtime/src/transaction_validity.rs, ValidTransaction.
type Valid struct {
	// Priority orders transactions; the higher the better.
	Priority uint64
	// Requires are the tags that must be provided before; Provides are those
	// this one provides, at least one. At most 16 of each, of 1 to 128 bytes.
	Requires, Provides []Tag
	// Longevity is for how many blocks this validity holds at least.
	Longevity uint64
	// Propagate says that other nodes may have it.
	Propagate bool
}

// Invalid says that an extrinsic cannot be in a block, and why.
type Invalid struct {
	Reason error
	// Always says that no state makes it valid: it does not decode, or its
	// signature is wrong. A peer that sends such a one broke a rule.
	Always bool
}

// Unknown says that the runtime, or this node, cannot tell, and why.
type Unknown struct{ Reason error }

func (Valid) validity()   {}
func (Invalid) validity() {}
func (Unknown) validity() {}

// Effect is what a Core asks for. Effects are performed in order.
type Effect interface{ effect() }

// Source says where an extrinsic comes from, for its validation.
//
// Source: substrate/primitives/runtime/src/transaction_validity.rs, TransactionSource.
type Source uint8

// Values of Source, as the runtime's validation encodes them.
const (
	InBlock  Source = iota // was in a block that is no longer of the best chain
	Local                  // submitted to this node
	External               // from gossip
)

// Validate asks the runtime what it says of an extrinsic on the state after At.
type Validate struct {
	Hash      primitives.Hash
	Extrinsic primitives.Extrinsic
	At        primitives.BlockID
	Source    Source
}

// Accepted answers Submit, Repeat and Stop.
type Accepted struct {
	Request RequestID
	Hash    primitives.Hash
}

// Refused answers Submit, Repeat and Stop. Reason is or wraps a Reason; Code
// gives its number.
type Refused struct {
	Request RequestID
	Hash    primitives.Hash
	Reason  error
}

// Judgment is one of Accept, Reject and Ignore.
type Judgment uint8

// Values of Judgment.
const (
	// Ignore: no use here; neither pass it on nor hold it against the peer.
	Ignore Judgment = iota
	// Accept: ready and new; gossip may pass it on.
	Accept
	// Reject: the peer broke a rule.
	Reject
)

// Judged answers Heard. Reason is nil if accepted, else is or wraps a Reason.
type Judged struct {
	From     Peer
	Hash     primitives.Hash
	Judgment Judgment
	Reason   error
}

// Notify tells watchers, in the order in which they came, the status of a
// transaction. No other follows one that is Final.
type Notify struct {
	Watchers []RequestID
	Hash     primitives.Hash
	Status   Status
}

// Broadcast asks for an extrinsic to be gossiped; Sent says to whom it was.
type Broadcast struct {
	Hash      primitives.Hash
	Extrinsic primitives.Extrinsic
}

// SendTo asks for extrinsics to be sent to one peer, not gossiped.
type SendTo struct {
	To         Peer
	Extrinsics []primitives.Extrinsic
}

func (Validate) effect()  {}
func (Accepted) effect()  {}
func (Refused) effect()   {}
func (Judged) effect()    {}
func (Notify) effect()    {}
func (Broadcast) effect() {}
func (SendTo) effect()    {}
