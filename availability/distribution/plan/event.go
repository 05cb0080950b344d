package plan

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Candidate is a candidate that a block shows pending availability.
type Candidate struct {
	Core primitives.CoreIndex
	Hash primitives.Hash
	// Root is the erasure root of its descriptor.
	Root primitives.Hash
	// Backers are the members of its backing group.
	Backers []primitives.ValidatorIndex
	// Held: the own chunk is stored already.
	Held bool
}

// Outcome is how a fetch ended.
type Outcome uint8

// Outcomes.
const (
	// Fetched: the chunk is right and durable.
	Fetched Outcome = iota
	// Absent: the validator does not hold it.
	Absent
	// Failed: no answer, or it could not be stored. Nobody is blamed.
	Failed
	// Lied: what came is not the chunk.
	Lied
)

// String returns the outcome as metrics name it.
func (o Outcome) String() string {
	switch o {
	case Fetched:
		return "fetched"
	case Absent:
		return "absent"
	case Failed:
		return "failed"
	case Lied:
		return "lied"
	}
	return "unknown"
}

// Event is what happened.
type Event interface{ event() }

type (
	// Block: a relay block was imported. Blocks that are imported while the node
	// catches up should not be told.
	Block struct {
		Hash    primitives.Hash
		Number  primitives.BlockNumber
		Session primitives.SessionIndex
		// Validators is how many active validators the session has.
		Validators int
		// Own is this node among them, nil if it is none: nothing is fetched then.
		Own *primitives.ValidatorIndex
		// Cores is how many availability cores there are.
		Cores int
		// Occupied are those with a pending candidate.
		Occupied []Candidate
	}
	// Stored: the own chunk of a candidate was stored without a fetch.
	Stored struct{ Candidate primitives.Hash }
	// Ended: a fetch ended.
	Ended struct {
		ID      uint64
		Outcome Outcome
	}
	// Finalized: a block of a session is final.
	Finalized struct {
		Number  primitives.BlockNumber
		Session primitives.SessionIndex
	}
	// Wake: time has passed.
	Wake struct{}
)

func (Block) event()     {}
func (Stored) event()    {}
func (Ended) event()     {}
func (Finalized) event() {}
func (Wake) event()      {}

// Effect is what the shell does.
type Effect interface{ effect() }

type (
	// Fetch: ask validator From of Session for chunk Index, check it, store it
	// until Number is pruned. The answer is Ended.
	Fetch struct {
		ID         uint64
		Candidate  primitives.Hash
		Root       primitives.Hash
		Session    primitives.SessionIndex
		Validators int
		Index      primitives.ValidatorIndex
		From       primitives.ValidatorIndex
		Number     primitives.BlockNumber
	}
	// Drop: break off fetch ID; its end is not waited for.
	Drop struct{ ID uint64 }
	// Blame: the one asked in fetch ID sent a wrong chunk.
	Blame struct{ ID uint64 }
	// Held: the own chunk of the candidate is stored.
	Held struct{ Candidate primitives.Hash }
	// Bitfield: sign Bits as validator Own of Session, with Block as the signing
	// context's parent, and gossip it. Bits has one bit per availability core.
	Bitfield struct {
		Block   primitives.Hash
		Number  primitives.BlockNumber
		Session primitives.SessionIndex
		Own     primitives.ValidatorIndex
		Bits    scale.BitVec
	}
	// Prune: delete what was stored for blocks up to UpTo.
	Prune struct{ UpTo primitives.BlockNumber }
)

func (Fetch) effect()    {}
func (Drop) effect()     {}
func (Blame) effect()    {}
func (Held) effect()     {}
func (Bitfield) effect() {}
func (Prune) effect()    {}
