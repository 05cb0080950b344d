package plan

import (
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Event is what happened.
type Event interface{ event() }

type (
	// Begin: the first event.
	Begin struct{}
	// Chunk: the chunk that was asked for in ask ID came and is right.
	Chunk struct{ ID uint64 }
	// Data: the data that was asked for in ask ID came and is right.
	Data struct{ ID uint64 }
	// Absent: the validator does not hold it.
	Absent struct{ ID uint64 }
	// Failed: there is no answer.
	Failed struct{ ID uint64 }
	// Lied: what came is not what the erasure root commits to.
	Lied struct{ ID uint64 }
	// Wake: time has passed.
	Wake struct{}
)

func (Begin) event()  {}
func (Chunk) event()  {}
func (Data) event()   {}
func (Absent) event() {}
func (Failed) event() {}
func (Lied) event()   {}
func (Wake) event()   {}

// Effect is what the shell does.
type Effect interface{ effect() }

type (
	// AskChunk: ask validator From for its chunk, whose index is From.
	AskChunk struct {
		ID   uint64
		From primitives.ValidatorIndex
	}
	// AskData: ask validator From for all data.
	AskData struct {
		ID   uint64
		From primitives.ValidatorIndex
	}
	// Drop: break off ask ID; its end is not waited for.
	Drop struct{ ID uint64 }
	// Blame: the one asked in ask ID lied.
	Blame struct{ ID uint64 }
	// Assemble: recover from the chunks that are held; enough are. The last effect.
	Assemble struct{}
	// Accept: the data of ask ID is it. The last effect.
	Accept struct{ ID uint64 }
	// GiveUp: the deadline has passed. The last effect.
	GiveUp struct{}
)

func (AskChunk) effect() {}
func (AskData) effect()  {}
func (Drop) effect()     {}
func (Blame) effect()    {}
func (Assemble) effect() {}
func (Accept) effect()   {}
func (GiveUp) effect()   {}
