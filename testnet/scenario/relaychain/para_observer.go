package relaychain

import (
	"bytes"
	"errors"
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// paraObserver checks the invariants of parachains. It computes what every block
// leads to by itself, from the candidates that are enacted in it, in all forks.
type paraObserver struct {
	*Observer
	world *paraWorld
	// blocks are the blocks seen, with what they lead to.
	blocks map[primitives.Hash]*observedBlock
	// holders are the honest nodes that hold a right chunk of a candidate, by its
	// index.
	holders map[primitives.Hash]map[erasure.Index]engine.NodeID
	// enacted counts the blocks in which a candidate is.
	enacted map[primitives.Hash]int
	// low is the lowest finalized height for which blocks were forgotten.
	low primitives.BlockNumber
	// fetches are the first fetches of collations in a slot of package collation,
	// and the first ones of an honest collator there.
	fetches map[fetchKey]firstFetch
}

// observedBlock is a block as the observer knows it.
type observedBlock struct {
	header   primitives.Header
	inherent primitives.ParachainsInherentData
	model    *paraModel
	state    *stateView
}

type fetchKey struct {
	node        engine.NodeID
	para        primitives.ParaID
	relayParent primitives.Hash
}

type firstFetch struct {
	any, honest primitives.Millis // 0: none
}

func newParaObserver(o *Observer, w *World) *paraObserver {
	p := &paraObserver{
		Observer: o, world: w.paras, blocks: map[primitives.Hash]*observedBlock{},
		holders: map[primitives.Hash]map[erasure.Index]engine.NodeID{}, enacted: map[primitives.Hash]int{},
		fetches: map[fetchKey]firstFetch{},
	}
	p.blocks[w.genesis.Hash()] = &observedBlock{header: w.genesis, model: genesisModel(w.paras), state: w.state}
	return p
}

// restored takes a node's chunks from it: its disk is an old copy.
func (p *paraObserver) restored(id engine.NodeID) {
	for _, holders := range p.holders {
		maps.DeleteFunc(holders, func(_ erasure.Index, holder engine.NodeID) bool { return holder == id })
	}
}

// observe takes a note of an honest node.
func (p *paraObserver) observe(id engine.NodeID, note paraNote) {
	switch note := note.(type) {
	case heldNote:
		p.held(id, note)
	case storedNote:
		for candidate, holders := range p.holders {
			for _, holder := range holders {
				if holder == id && !note.has(candidate) {
					p.fail("I-22: node %d lost a chunk that it held", id)
				}
			}
		}
	case statedNote:
		if made, known := p.world.made[note.Statement.CandidateHash]; !known || made.invalid {
			p.fail("I-24: node %d vouches for an invalid candidate", id)
		}
	case refusedNote:
		p.refused(id, note.why)
	case backingNote:
		p.told(id, note.Effect)
	case reportNote:
		p.reported(id, note)
	case fetchNote:
		p.fetched(id, note)
	case recoveredNote:
		p.recovered(id, note)
	case collatorNote:
		p.fail("collator %d cannot build: %v", id, note.reason)
	}
}

func (p *paraObserver) held(id engine.NodeID, note heldNote) {
	c := note.chunk
	if err := chunk.Verify(note.commitment.Root, note.commitment.Validators, c.Index, c.Data, c.Proof); err != nil {
		p.fail("node %d stores a wrong chunk: %v", id, err)
		return
	}
	if made, ok := p.world.made[note.candidate]; ok && made.receipt.Descriptor.ErasureRoot != note.commitment.Root {
		p.fail("node %d stores a chunk of other data", id)
	}
	if p.holders[note.candidate] == nil {
		p.holders[note.candidate] = map[erasure.Index]engine.NodeID{}
	}
	p.holders[note.candidate][c.Index] = id
}

// refused checks what an author left out of its block: what backing gives it can
// be in the block, but for what only the block itself shows.
func (p *paraObserver) refused(id engine.NodeID, why error) {
	var refusal inherent.Refusal
	if !errors.As(why, &refusal) {
		return
	}
	switch refusal.Reason {
	case inherent.ErrSessionEnds:
		p.Sometimes.Add("candidate left out: session ends")
	case inclusion.ErrCoreOccupied:
		p.Sometimes.Add("candidate left out: core occupied")
	case inclusion.ErrValidationData:
		p.Sometimes.Add("candidate left out: what it builds on timed out")
	default:
		p.fail("I-21: node %d left out of its block: %v", id, why)
	}
}

// told checks what backing says about others and itself.
func (p *paraObserver) told(id engine.NodeID, effect backing.Effect) {
	switch e := effect.(type) {
	case backing.Refuted:
		if made, known := p.world.made[e.Candidate]; known && !made.invalid {
			p.fail("I-24: node %d refutes a valid candidate: %v", id, e.Reason)
		}
		p.Sometimes.Add("candidate refuted")
	case backing.Equivocation:
		against, known := p.world.nodeOf[e.Key]
		if !known || !p.Byzantine[against] {
			p.fail("I-5: node %d has evidence against honest validator %d: %v", id, against, e.Reason)
		}
		p.wire.caught[offence{against, "statement"}] = true
		p.Sometimes.Add("statement evidence")
	case backing.Alarm:
		if e.Reason == backing.ErrOwnEquivocated {
			p.fail("I-5: node %d equivocated", id)
		}
		p.Sometimes.Add("backing alarm")
	case backing.Abstained:
		p.Sometimes.Add("abstained")
	}
}

// reported checks that honest nodes are held nothing against but being late.
func (p *paraObserver) reported(id engine.NodeID, note reportNote) {
	if p.Byzantine[note.peer] {
		p.Sometimes.Add("byzantine peer reported")
		return
	}
	if note.reason == collation.ErrDeadline || note.reason == collation.ErrFetch {
		p.Sometimes.Add("late peer reported")
		return
	}
	p.fail("node %d reports honest node %d: %v", id, note.peer, note.reason)
}

// fetched notes when collations were asked for.
func (p *paraObserver) fetched(id engine.NodeID, note fetchNote) {
	key := fetchKey{id, note.Request.Para, note.Request.RelayParent}
	f := p.fetches[key]
	if f.any == 0 {
		f.any = note.at
	}
	if f.honest == 0 && !p.Byzantine[paraNode(note.From)] {
		f.honest = note.at
	}
	p.fetches[key] = f
}

// recovered checks the outcome of a recovery of a candidate that is included: its
// data must come.
func (p *paraObserver) recovered(id engine.NodeID, note recoveredNote) {
	hash := note.receipt.Hash()
	if note.err != nil {
		p.fail("I-9: node %d could not recover an included candidate: %v", id, note.err)
		return
	}
	made := p.world.made[hash]
	if !bytes.Equal(note.data.PoV.BlockData, made.pov.BlockData) || note.data.ValidationData.Hash() != made.data.Hash() {
		p.fail("node %d recovered other data", id)
	}
	p.Sometimes.Add("recovered")
	if k, err := erasure.RecoveryThreshold(note.validators); err == nil && k == note.chunks {
		p.Sometimes.Add("recovered from exactly f+1 chunks")
	}
}

// executed checks a block that was executed for the first time.
func (p *paraObserver) executed(note executedNote) {
	if p.world.Count == 0 {
		return
	}
	header := note.block.Header
	parent := p.blocks[header.ParentHash]
	if parent == nil {
		p.fail("block %d was executed before its parent", header.Number)
		return
	}
	b := &observedBlock{header: header, inherent: inherentOf(note.block), state: note.state}
	b.model = p.follow(parent, b)
	p.blocks[header.Hash()] = b
	p.forget(slices.Min(p.final))
}

// forget drops the states of blocks that all nodes have below the finalized one,
// and blocks far below.
func (p *paraObserver) forget(low primitives.BlockNumber) {
	if low <= p.low {
		return
	}
	p.low = low
	for hash, old := range p.blocks {
		if old.header.Number+16 < low {
			old.state = nil
		}
		if old.header.Number+4*maxViews < low {
			delete(p.blocks, hash)
		}
	}
}

// inherentPrefix is what the encoding of the parachains inherent begins with: up
// to its arguments.
var inherentPrefix = func() []byte {
	empty := primitives.ParachainsInherentData{}
	whole := runtime.Bare(inherent.Enter{Data: empty})
	return whole[:len(whole)-len(empty.AppendSCALE(nil))]
}()

// inherentOf returns the parachains inherent of a block.
func inherentOf(b primitives.Block) (data primitives.ParachainsInherentData) {
	for _, x := range b.Extrinsics {
		if rest, ok := bytes.CutPrefix(x, inherentPrefix); ok {
			must(scale.Unmarshal(rest, &data))
			return data
		}
	}
	panic("block without the parachains inherent")
}

// available checks I-9 when block enacts a candidate that the parent's state has
// as pending on a core: by the bits in the blocks since it was backed, each signed
// by a validator of the session.
func (p *paraObserver) available(block *observedBlock, pending inclusion.Pending, backedIn primitives.BlockNumber) {
	before := frame.NewState(p.blocks[block.header.ParentHash].state)
	validators := shared.ActiveValidatorKeys.Get(before)
	said := map[primitives.ValidatorIndex]bool{}
	for b := block; b != nil && b.header.Number > backedIn; b = p.blocks[b.header.ParentHash] {
		context := primitives.SigningContext{SessionIndex: pending.Descriptor.SessionIndex, Parent: b.header.ParentHash}
		for _, bits := range b.inherent.Bitfields {
			key := validators[bits.ValidatorIndex]
			if !p.Observer.world.scheme.Sr25519(key, primitives.BitfieldPayload(bits.Bitfield, context), bits.Signature) {
				p.fail("I-9: block %d has a bitfield that validator %d did not sign", b.header.Number, bits.ValidatorIndex)
			}
			if bits.Bitfield.Get(int(pending.Core)) {
				said[bits.ValidatorIndex] = true
			}
		}
	}
	n := len(validators)
	if len(said) < bitfield.Threshold(n) {
		p.fail("I-9: a candidate is enacted in block %d with %d of %d bits", block.header.Number, len(said), n)
	}
	if honest, f := len(p.holders[pending.Hash]), (n-1)/3; honest < f+1 {
		p.fail("I-9: a candidate is enacted in block %d of which %d honest nodes hold a chunk", block.header.Number, honest)
	}
}
