package collation

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

// Keys replaces the public keys this node backs with.
type Keys struct{ Keys []primitives.SR25519Public }

// LeafGone says that no block will be built on a leaf any more.
type LeafGone struct{ Leaf primitives.Hash }

// Extended says that the chains of paras grew: a candidate was added to them.
type Extended struct{}

// Offered is the offer of a peer. Exactly one Verdict answers it.
type Offered struct {
	From  protocol.PeerID
	Offer Offer
}

// Disconnected says that a peer is gone, and with it its offers.
type Disconnected struct{ Peer protocol.PeerID }

// Fetched answers Fetch. PoVHash is PoV.Hash, computed where the answer was
// received: the PoV is large.
type Fetched struct {
	Fetch   Fetch
	Receipt primitives.CandidateReceipt
	PoV     primitives.PoV
	PoVHash primitives.Hash
}

// FetchFailed answers Fetch when nothing came, or nothing that decodes.
type FetchFailed struct{ Fetch Fetch }

// Judged answers Second, as package backing says: Reason is nil if the candidate
// was seconded. Fault says that else the collator is to blame.
type Judged struct {
	Candidate primitives.Hash
	Reason    error
	Fault     bool
}

func (Wake) event()         {}
func (ActiveLeaf) event()   {}
func (Keys) event()         {}
func (LeafGone) event()     {}
func (Extended) event()     {}
func (Offered) event()      {}
func (Disconnected) event() {}
func (Fetched) event()      {}
func (FetchFailed) event()  {}
func (Judged) event()       {}

// Effect is what a Core asks for. Effects are performed in order.
type Effect interface{ effect() }

// Fetch asks for a collation of a peer. Fetched or FetchFailed answers, within
// the time that the request protocol gives.
type Fetch struct {
	From    protocol.PeerID
	Request Request
}

// Second hands a candidate to package backing; Judged answers.
type Second struct {
	Receipt        primitives.CandidateReceipt
	ValidationData primitives.PersistedValidationData
	PoV            primitives.PoV
}

// Verdict judges the offer just given. Reason is nil if accepted, else a Reason.
type Verdict struct {
	From     protocol.PeerID
	Judgment protocol.Verdict
	Reason   error
}

// Report says that a peer broke a rule, or was late if Reason is ErrDeadline.
type Report struct {
	Peer   protocol.PeerID
	Reason error
}

func (Fetch) effect()   {}
func (Second) effect()  {}
func (Verdict) effect() {}
func (Report) effect()  {}
