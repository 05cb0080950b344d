package relaychain_test

import (
	"fmt"
	"slices"

	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// Notes of a node.
type (
	// bootedNote says what a node finds finalized on its disk.
	bootedNote struct{ final primitives.BlockID }
	// executedNote says what executing a block gave.
	executedNote struct {
		header primitives.Header
		root   primitives.Hash
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
	rejectedNote  struct {
		what   string
		reason error
	}
	// wireNote is a message on its way.
	wireNote struct{ engine.Output }
)

// observer checks the invariants after every event.
type observer struct {
	world *world
	// fail reports a broken invariant.
	fail func(format string, args ...any)

	known  map[primitives.Hash]primitives.Header
	roots  map[primitives.Hash]primitives.Hash // by block
	chosen map[[2]primitives.Hash]primitives.BlockID
	// compared counts blocks executed, and choices made, by a second node.
	executedAgain, chosenAgain int

	sets  map[primitives.SetID][]primitives.GRANDPAAuthority
	canon map[primitives.BlockNumber]primitives.Hash
	slots map[primitives.Slot]bool // that have a final block
	final []primitives.BlockNumber // by node
	top   primitives.BlockNumber
	best  primitives.BlockNumber
	// sealed is the header of each author and slot on the wire, voted the
	// target of each vote; headers that were looked at are in seen.
	sealed map[sealKey]primitives.Hash
	voted  map[string]primitives.BlockID
	seen   map[primitives.Hash]bool
}

type sealKey struct {
	author int
	slot   primitives.Slot
}

func newObserver(w *world, fail func(string, ...any)) *observer {
	genesis := w.genesis.Hash()
	authorities := make([]primitives.GRANDPAAuthority, len(w.keys))
	for i, k := range w.keys {
		authorities[i] = primitives.GRANDPAAuthority{Key: k.Ed25519Public(), Weight: 1}
	}
	return &observer{
		world: w, fail: fail,
		known:  map[primitives.Hash]primitives.Header{genesis: w.genesis},
		roots:  map[primitives.Hash]primitives.Hash{},
		chosen: map[[2]primitives.Hash]primitives.BlockID{},
		sets:   map[primitives.SetID][]primitives.GRANDPAAuthority{0: authorities},
		canon:  map[primitives.BlockNumber]primitives.Hash{0: genesis},
		slots:  map[primitives.Slot]bool{},
		final:  make([]primitives.BlockNumber, len(w.keys)),
		sealed: map[sealKey]primitives.Hash{},
		voted:  map[string]primitives.BlockID{},
		seen:   map[primitives.Hash]bool{},
	}
}

func (o *observer) observe(_ primitives.Millis, id engine.NodeID, note any) {
	switch note := note.(type) {
	case bootedNote:
		if note.final.Number != o.final[id] {
			o.fail("node %d lost finality: block %d on disk, %d before", id, note.final.Number, o.final[id])
		}
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
		o.sets[note.Set] = note.Authorities
	case wireNote:
		o.sent(id, note.Output)
	case evidenceNote:
		o.fail("I-5: node %d has evidence against %x", id, note.First.ID[:4])
	case alarmNote:
		o.fail("node %d alarm: %v at block %d", id, note.Reason, note.Block.Number)
	case rejectedNote:
		o.fail("node %d rejected an honest %s: %v", id, note.what, note.reason)
	}
}

// executed checks the half of I-4 on states.
func (o *observer) executed(id engine.NodeID, note executedNote) {
	hash := note.header.Hash()
	before, ok := o.roots[hash]
	if ok && before != note.root {
		o.fail("I-4: node %d has state %s after block %d, another one %s", id, note.root, note.header.Number, before)
	}
	if ok {
		o.executedAgain++
	}
	o.roots[hash], o.known[hash] = note.root, note.header
	o.best = max(o.best, note.header.Number)
}

// finalized checks I-1 and that the proof of finality holds.
func (o *observer) finalized(id engine.NodeID, e grandpa.Finalize) {
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
		hash = header.ParentHash
	}
	o.top = max(o.top, e.Block.Number)
}

// sent reads what a node sends, for I-5.
func (o *observer) sent(id engine.NodeID, out engine.Output) {
	kind, data := byte(0), []byte(nil)
	switch out := out.(type) {
	case engine.Publish:
		kind, data = map[string]byte{topicBlocks: kindBlock, topicFinality: kindFinality}[out.Topic], out.Data
	case engine.Send:
		kind, data = out.Data[0], out.Data[1:]
	}
	switch kind {
	case kindBlock:
		var b primitives.Block
		must(scale.Unmarshal(data, &b))
		o.header(id, b.Header)
	case kindFinality:
		m, err := grandpa.Decode(data)
		must(err)
		o.votes(id, m)
	}
}

// header notes a header under the key that sealed it.
func (o *observer) header(id engine.NodeID, h primitives.Header) {
	hash := h.Hash()
	if o.seen[hash] {
		return
	}
	o.seen[hash] = true
	unsealed, seal, err := h.Unsealed()
	must(err)
	preHash := unsealed.Hash()
	author := slices.IndexFunc(o.world.keys, func(k cryptotest.Keys) bool {
		s := k.Sr25519(preHash[:])
		return string(s[:]) == string(seal.Data)
	})
	if author < 0 {
		o.fail("node %d sent a header that nobody sealed", id)
	}
	claim, err := h.BABEPreDigest()
	must(err)
	_, slot := claim.Author()
	key := sealKey{author, slot}
	if before, ok := o.sealed[key]; ok && before != hash {
		o.fail("I-5: node %d sealed %s and %s in slot %d", author, before, hash, slot)
	}
	o.sealed[key] = hash
}

func (o *observer) votes(id engine.NodeID, m grandpa.Message) {
	switch m := m.(type) {
	case grandpa.Vote:
		o.vote(id, m.Set, m.Round, m.Signed)
	case grandpa.CatchUp:
		for _, v := range m.Prevotes {
			o.vote(id, m.Set, m.Round, primitives.SignedMessage{Message: v.Prevote, Signature: v.Signature, ID: v.ID})
		}
		for _, v := range m.Precommits {
			o.vote(id, m.Set, m.Round, primitives.SignedMessage{Message: v.Precommit, Signature: v.Signature, ID: v.ID})
		}
	}
}

// vote notes a vote, if it is signed, under its voter and round.
func (o *observer) vote(id engine.NodeID, set primitives.SetID, round primitives.Round, v primitives.SignedMessage) {
	if !o.world.scheme.Ed25519(v.ID, primitives.GRANDPAPayload(v.Message, round, set), v.Signature) {
		o.fail("node %d sent a forged vote", id)
	}
	key, target := fmt.Sprintf("%x %d %d %T", v.ID, set, round, v.Message), v.Message.Target()
	if before, ok := o.voted[key]; ok && before != target {
		o.fail("I-5: equivocation: %s: %v and %v", key, before.Number, target.Number)
	}
	o.voted[key] = target
}

// lowest returns the lowest finalized height.
func (o *observer) lowest() primitives.BlockNumber { return slices.Min(o.final) }
