package relaychain

import (
	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// paraNote is a note about parachains.
type paraNote interface{ paraNote() }

type (
	// refusedNote says what an author left out of a block.
	refusedNote struct{ why error }
	// heldNote says that a node holds its chunk, durably.
	heldNote struct {
		candidate  primitives.Hash
		commitment wire.Commitment
		chunk      chunk.Chunk
	}
	// storedNote says, at a start, which candidates a node holds its chunk of.
	storedNote struct{ has func(primitives.Hash) bool }
	// statedNote says that a node signs a statement.
	statedNote struct{ backing.Sign }
	// backingNote is what backing says for people to know.
	backingNote struct{ backing.Effect }
	// reportNote says that a node holds something against a peer.
	reportNote struct {
		peer   engine.NodeID
		reason error
	}
	// fetchNote says that a node asks for a collation.
	fetchNote struct {
		collation.Fetch
		at primitives.Millis
	}
	// recoveredNote says how a recovery ended.
	recoveredNote struct {
		receipt    primitives.CandidateReceipt
		data       primitives.AvailableData
		chunks     int
		validators int
		err        error
	}
	// collatorNote says that an honest collator could not build.
	collatorNote struct{ reason error }
)

func (refusedNote) paraNote()   {}
func (heldNote) paraNote()      {}
func (storedNote) paraNote()    {}
func (statedNote) paraNote()    {}
func (backingNote) paraNote()   {}
func (reportNote) paraNote()    {}
func (fetchNote) paraNote()     {}
func (recoveredNote) paraNote() {}
func (collatorNote) paraNote()  {}

// misdeedNote says what a byzantine node did. An observer counts it.
type misdeedNote string

// secondsTwice is the misdeed of which honest nodes must have evidence.
const secondsTwice = misdeedNote("second candidate on a head")
