package plan

import (
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Info is what the header of a block says.
type Info struct {
	Number primitives.BlockNumber
	Hash   primitives.Hash
	Parent primitives.Hash
}

// Event is what happened.
type Event interface{ event() }

type (
	// Head: our best and finalized block are these now.
	Head struct{ Best, Finalized primitives.BlockID }
	// Claim: a peer says that it has a block, its best as far as we know.
	Claim struct {
		Peer protocol.PeerID
		Best primitives.BlockID
	}
	// Gone: a peer has left.
	Gone struct{ Peer protocol.PeerID }
	// Fetched: the answer to a Fetch, in the order received.
	Fetched struct {
		ID     uint64
		Blocks []Info
	}
	// Failed: there is no answer to a Fetch: refused, too late, or malformed.
	Failed struct{ ID uint64 }
	// Imported: the blocks of an Import were imported.
	Imported struct{ ID uint64 }
	// Invalid: a block of an Import breaks a rule.
	Invalid struct{ ID uint64 }
	// Stuck: the blocks of an Import could not be imported and it is nobody's fault.
	Stuck struct{ ID uint64 }
	// Wake: time has passed.
	Wake struct{}
)

func (Head) event()     {}
func (Claim) event()    {}
func (Gone) event()     {}
func (Fetched) event()  {}
func (Failed) event()   {}
func (Imported) event() {}
func (Invalid) event()  {}
func (Stuck) event()    {}
func (Wake) event()     {}

// Effect is what the shell does.
type Effect interface{ effect() }

type (
	// Fetch: ask Peer for Max blocks from number From, ascending. The answer is
	// Fetched or Failed, with this ID; the blocks are kept until Drop or the end of
	// the Import with this ID.
	Fetch struct {
		ID   uint64
		Peer protocol.PeerID
		From primitives.BlockNumber
		Max  uint32
	}
	// Import: import the blocks of Fetch ID, without the first Skip, which are known.
	// The answer is Imported, Invalid or Stuck.
	Import struct {
		ID   uint64
		Peer protocol.PeerID
		Skip int
	}
	// Drop: forget the blocks of Fetch ID; if it is under way, break it off.
	Drop struct{ ID uint64 }
	// Report: Peer did what no honest node does.
	Report struct {
		Peer   protocol.PeerID
		Reason reputation.Reason
	}
)

func (Fetch) effect()  {}
func (Import) effect() {}
func (Drop) effect()   {}
func (Report) effect() {}
