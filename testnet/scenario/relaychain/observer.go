package relaychain

import (
	"slices"
	"strings"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// Notes of a node.
type (
	// bootedNote says what a node finds finalized on its disk.
	bootedNote struct {
		final primitives.BlockID
		has   func(primitives.Hash) bool
	}
	// executedNote says what executing a block gave.
	executedNote struct {
		block primitives.Block
		root  primitives.Hash
		state *stateView // after it
		taken bool       // from others that executed it
	}
	// chosenNote says which block is best among members and the finalized one.
	chosenNote struct {
		final, members primitives.Hash
		best           primitives.BlockID
	}
	finalizedNote struct{ grandpa.Finalize }
	setNote       struct{ grandpa.SetChanged }
	evidenceNote  struct{ grandpa.Equivocation }
	alarmNote     struct{ grandpa.Alarm }
	// unsignedNote says what the guard refused to sign, and why.
	unsignedNote struct {
		what   string
		reason error
	}
	// rejectedNote says what was bad: a message of a peer, or a block.
	rejectedNote struct {
		what   string
		from   engine.NodeID
		block  *primitives.Header
		reason error
	}
	babeEvidenceNote struct{ babe.EquivocationProof }
	// countNote is a rare event.
	countNote string
	// wireNote is a message on its way.
	wireNote struct{ engine.Output }
)

// Observer checks the invariants after every event.
type Observer struct {
	world *World
	// fail reports a broken invariant.
	fail func(format string, args ...any)

	// Sometimes counts rare events.
	Sometimes engine.Sometimes

	known  map[primitives.Hash]primitives.Header
	roots  map[primitives.Hash]firstRoot // by block
	chosen map[[2]primitives.Hash]primitives.BlockID
	// executedAgain counts blocks executed, chosenAgain choices made, by another node.
	executedAgain, chosenAgain int

	sets  map[primitives.SetID][]primitives.GRANDPAAuthority
	canon map[primitives.BlockNumber]primitives.Hash
	slots map[primitives.Slot]bool // that have a final block
	final []primitives.BlockNumber // by node
	top   primitives.BlockNumber
	best  primitives.BlockNumber
	wire  overheard
	// Byzantine nodes may do anything; what they say of themselves does not count.
	Byzantine map[engine.NodeID]bool
	// excused nodes run under conditions in which they may equivocate.
	excused map[engine.NodeID]bool
	// carried are the signed transactions of blocks that are not final, by block;
	// included the final blocks of transactions.
	carried  map[primitives.Hash][]primitives.Hash
	included map[primitives.Hash]primitives.BlockNumber
	paras    *paraObserver
}

// NewObserver returns an observer of the nodes of w. Its fail is told of every
// broken invariant.
func NewObserver(w *World, fail func(string, ...any)) *Observer {
	genesis := w.genesis.Hash()
	authorities := make([]primitives.GRANDPAAuthority, len(w.keys))
	for i, k := range w.keys {
		authorities[i] = primitives.GRANDPAAuthority{Key: k.Ed25519Public(), Weight: 1}
	}
	o := &Observer{
		world: w, fail: fail, Sometimes: engine.Sometimes{},
		known:     map[primitives.Hash]primitives.Header{genesis: w.genesis},
		roots:     map[primitives.Hash]firstRoot{},
		chosen:    map[[2]primitives.Hash]primitives.BlockID{},
		sets:      map[primitives.SetID][]primitives.GRANDPAAuthority{0: authorities},
		canon:     map[primitives.BlockNumber]primitives.Hash{0: genesis},
		slots:     map[primitives.Slot]bool{},
		final:     make([]primitives.BlockNumber, len(w.keys)),
		wire:      newOverheard(),
		Byzantine: map[engine.NodeID]bool{}, excused: map[engine.NodeID]bool{},
		carried: map[primitives.Hash][]primitives.Hash{}, included: map[primitives.Hash]primitives.BlockNumber{},
	}
	o.paras = newParaObserver(o, w)
	return o
}

func (o *Observer) observe(_ primitives.Millis, id engine.NodeID, note any) {
	if w, ok := note.(wireNote); ok {
		o.sent(id, w.Output)
	}
	if did, ok := note.(misdeedNote); ok {
		o.Sometimes.Add("misdeed: " + string(did))
		if did == secondsTwice {
			o.wire.guilty[offence{id, "statement"}] = true
		}
	}
	if o.Byzantine[id] {
		return
	}
	switch note := note.(type) {
	case bootedNote:
		o.promised(id, note)
		if note.final.Number < o.final[id] {
			o.fail("I-1: node %d lost finality: block %d on disk, %d before", id, note.final.Number, o.final[id])
		}
		if hash, ok := o.canon[note.final.Number]; ok && hash != note.final.Hash {
			o.fail("I-1: node %d finalized another block %d", id, note.final.Number)
		}
		o.final[id] = note.final.Number // a crash may have come before it told so
	case executedNote:
		o.executed(id, note)
	case chosenNote:
		key := [2]primitives.Hash{note.final, note.members}
		before, ok := o.chosen[key]
		if ok && before != note.best {
			o.fail("I-4: node %d prefers block %d, %s; another one with the same blocks %d, %s", id, note.best.Number, note.best.Hash, before.Number, before.Hash)
		}
		if ok {
			o.chosenAgain++
		}
		o.chosen[key] = note.best
	case finalizedNote:
		o.finalized(id, note.Finalize)
	case setNote:
		if before, ok := o.sets[note.Set]; ok && !slices.Equal(before, note.Authorities) {
			o.fail("node %d has other authorities of set %d", id, note.Set)
		}
		if _, ok := o.sets[note.Set-1]; !ok {
			o.fail("I-7: node %d is in set %d, nobody was in the one before", id, note.Set)
		}
		o.sets[note.Set] = note.Authorities
	case evidenceNote:
		o.evidence(id, o.voter(note.First.ID), "vote")
	case babeEvidenceNote:
		o.evidence(id, engine.NodeID(o.author(note.First)), "block")
	case alarmNote:
		o.Sometimes.Add("alarm")
		if note.Reason == grandpa.ErrSignRefused || o.excused[id] {
			break // the guard did its work
		}
		o.fail("node %d alarm: %v at block %d", id, note.Reason, note.Block.Number)
	case unsignedNote:
		o.Sometimes.Add("guard refusal")
		o.Sometimes.Add(note.what + " refused")
	case engine.Exited:
		o.Sometimes.Add("process exit")
		if strings.HasPrefix(note.Reason, "killed at sync") || strings.HasPrefix(note.Reason, "killed at guard sync") {
			o.Sometimes.Add("crash between write and sync")
		}
	case rejectedNote:
		if o.Byzantine[note.blame(o)] {
			o.Sometimes.Add("rejected " + note.what)
			break
		}
		o.fail("node %d rejected an honest %s: %v", id, note.what, note.reason)
	case countNote:
		o.Sometimes.Add(string(note))
	case paraNote:
		o.paras.observe(id, note)
	}
}

// blame returns the node that made what was rejected: of a block its author.
func (r rejectedNote) blame(o *Observer) engine.NodeID {
	if r.block != nil {
		if author := o.author(*r.block); author >= 0 {
			return engine.NodeID(author)
		}
	}
	return r.from
}

// firstRoot is the state root after a block, and who had it first.
type firstRoot struct {
	primitives.Hash
	of engine.NodeID
}

// executed checks the half of I-4 on states.
func (o *Observer) executed(id engine.NodeID, note executedNote) {
	header := note.block.Header
	hash := header.Hash()
	before, ok := o.roots[hash]
	if ok && before.Hash != note.root {
		o.fail("I-4: node %d has state %s after block %d, another one %s", id, note.root, header.Number, before.Hash)
	}
	if ok && before.of != id && !note.taken {
		o.executedAgain++
	}
	if !ok {
		o.roots[hash], o.known[hash] = firstRoot{note.root, id}, header
		o.best = max(o.best, header.Number)
		o.carry(hash, note.block)
		o.paras.executed(note)
	}
}

// finalized checks I-1 and that the proof of finality holds.
func (o *Observer) finalized(id engine.NodeID, e grandpa.Finalize) {
	set, err := grandpa.NewVoterSet(o.sets[e.Set])
	must(err)
	if err := grandpa.VerifyJustification(set, e.Set, e.Justification, o.world.scheme); err != nil {
		o.fail("I-2: node %d block %d: %v", id, e.Block.Number, err)
	}
	if e.Block.Number <= o.final[id] {
		o.fail("node %d finalized block %d after %d", id, e.Block.Number, o.final[id])
	}
	o.final[id] = e.Block.Number
	for number, hash := e.Block.Number, e.Block.Hash; ; number-- {
		if before, ok := o.canon[number]; ok {
			if before != hash {
				o.fail("I-1: node %d finalized another block %d", id, number)
			}
			break
		}
		header := o.known[hash]
		claim, err := header.BABEPreDigest()
		must(err)
		_, slot := claim.Author()
		o.canon[number], o.slots[slot] = hash, true
		o.include(hash, number)
		hash = header.ParentHash
	}
	o.top = max(o.top, e.Block.Number)
}

// Best returns the greatest height that a node executed.
func (o *Observer) Best() primitives.BlockNumber { return o.best }

// Top returns the greatest finalized height.
func (o *Observer) Top() primitives.BlockNumber { return o.top }

// Lowest returns the lowest finalized height of all validators, running or not.
func (o *Observer) Lowest() primitives.BlockNumber { return slices.Min(o.final) }
