package grandpa

import "github.com/rampart-chain/rampart/relay/primitives"

// Peer names a neighbor; what it is made of is the shell's affair.
type Peer string

// Event is what happens to a Core.
type Event interface{ event() }

// Wake says that the time Next named has come.
type Wake struct{}

// BlockImported is a block that passed all checks but finality. Parents come
// first; the same block may come again.
type BlockImported struct {
	Hash   primitives.Hash
	Header primitives.Header
}

// BestBlock is the block that may be voted for: the best one that approvals and
// disputes allow. It replaces the one before.
type BestBlock struct{ Hash primitives.Hash }

// Received is a message of a peer. Exactly one Verdict answers it.
type Received struct {
	From    Peer
	Message Message
}

// JustificationReceived is the proof of finality of an imported block, found by
// block sync. Exactly one Verdict answers it, and Finalize if it holds.
type JustificationReceived struct {
	From          Peer
	Justification primitives.GRANDPAJustification
}

// FinalizedElsewhere says that an imported block is final, proven to the shell
// or restored by it. It may lie beyond set changes.
type FinalizedElsewhere struct{ Block primitives.BlockID }

// Signed answers Sign.
type Signed struct {
	Request   Sign
	Signature primitives.Signature
	// Refused says that the guard forbids the vote; Signature is then zero.
	Refused bool
}

// Keys replaces the public keys that this node votes with, from the next set on: in
// the present one a key that is new here may have voted elsewhere.
type Keys struct{ Keys []primitives.ED25519Public }

// Persisted answers Persist: the state, and every one before it, is durable.
type Persisted struct{ Sequence uint64 }

func (Wake) event()                  {}
func (BlockImported) event()         {}
func (BestBlock) event()             {}
func (Received) event()              {}
func (JustificationReceived) event() {}
func (FinalizedElsewhere) event()    {}
func (Signed) event()                {}
func (Persisted) event()             {}
func (Keys) event()                  {}

// Effect is what a Core asks for. Effects are performed in order.
type Effect interface{ effect() }

// Sign asks for the signature of Key over Message in Round of Set. The signer
// makes its guard durable, signs and answers with Signed. The same request may
// come again after a restart.
//
//frame:codec
type Sign struct {
	Set     primitives.SetID
	Round   primitives.Round
	Key     primitives.ED25519Public
	Message primitives.GRANDPAMessage
}

// Persist asks for State to be made durable, to be given to New after a
// restart; Persisted answers. Only the latest one matters.
type Persist struct {
	Sequence uint64
	State    State
}

// Broadcast asks for a Vote or CommitMessage to be gossiped.
type Broadcast struct{ Message Message }

// SendTo asks for messages to be sent to one peer, not gossiped.
type SendTo struct {
	To       Peer
	Messages []Message
}

// Fetch asks block sync for blocks that were voted for and are not known, from
// a peer that may have them. They may be on any fork, or not exist.
type Fetch struct {
	From   Peer
	Blocks []primitives.BlockID
}

// Finalize says that Block, a descendant of the one finalized before, is final.
// After a restart it may name blocks that were final before, until
// FinalizedElsewhere has said so.
type Finalize struct {
	Block         primitives.BlockID
	Set           primitives.SetID
	Round         primitives.Round
	Justification primitives.GRANDPAJustification
	// Keep says that the justification must be stored with the block: it enacts
	// a set change, or is the first of its period.
	Keep bool
}

// SetChanged says that a new authority set is in force after Block.
type SetChanged struct {
	Block       primitives.BlockID
	Set         primitives.SetID
	Authorities []primitives.GRANDPAAuthority
}

// Judgment is one of Accept, Reject and Ignore.
type Judgment uint8

// Values of Judgment.
const (
	// Ignore: no use here; neither pass it on nor hold it against the peer.
	Ignore Judgment = iota
	// Accept: valid and new; gossip may pass it on.
	Accept
	// Reject: the peer broke a rule.
	Reject
)

// Verdict judges the message of the event just given. Reason is nil if
// accepted, else a Reason.
type Verdict struct {
	From     Peer
	Judgment Judgment
	Reason   error
}

// Equivocation is the evidence that a voter signed two votes of a phase.
type Equivocation struct {
	Set           primitives.SetID
	Round         primitives.Round
	First, Second primitives.SignedMessage
}

// Alarm says that something happened which an operator must look at: a Reason,
// and the block concerned if there is one.
type Alarm struct {
	Reason error
	Block  primitives.BlockID
}

func (Sign) effect()         {}
func (Persist) effect()      {}
func (Broadcast) effect()    {}
func (SendTo) effect()       {}
func (Fetch) effect()        {}
func (Finalize) effect()     {}
func (SetChanged) effect()   {}
func (Verdict) effect()      {}
func (Equivocation) effect() {}
func (Alarm) effect()        {}
