package relaychain

import (
	"errors"
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/availability/recovery/plan"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

var errUnavailable = errors.New("data could not be recovered in time")

// recovery is the recovery of the data of one candidate. It stands in for
// availability/recovery.
type recovery struct {
	core       *plan.Core
	receipt    primitives.CandidateReceipt
	commitment wire.Commitment
	chunks     []chunk.Chunk
	data       map[uint64]*primitives.AvailableData
	validators []engine.NodeID
}

// wantRecovered begins to recover every third candidate of the para that the
// block with the state includes, as a collator does that lacks the block.
func (c *Collator) wantRecovered(now primitives.Millis, state *frame.State) {
	for _, event := range inclusion.CandidateEvents.Get(state) {
		e, ok := event.(inclusion.CandidateIncluded)
		if !ok || e.Receipt.Descriptor.ParaID != c.para || c.misbehavior != Honest {
			continue
		}
		hash := e.Receipt.Hash()
		if hash[0]%3 != 0 || c.recovered[hash] {
			continue
		}
		parent := c.world.executed.blocks[c.leaf.ParentHash]
		if parent == nil {
			continue // too long ago for the world to remember
		}
		c.recovered[hash] = true
		// Nothing pending outlives its session, in the last block of which there is
		// the next one in the state after it already.
		validators := c.world.paras.nodesOf(shared.ActiveValidatorKeys.Get(frame.NewState(parent.state)))
		core, err := plan.New(plan.Params{}, plan.Target{Validators: len(validators)}, hash)
		must(err)
		c.recoveries[hash] = &recovery{
			core: core, receipt: e.Receipt, validators: validators, data: map[uint64]*primitives.AvailableData{},
			commitment: wire.Commitment{Root: e.Receipt.Descriptor.ErasureRoot, Validators: len(validators)},
		}
		c.stepRecovery(now, hash, plan.Begin{})
	}
}

// recover wakes all recoveries.
func (c *Collator) recover(now primitives.Millis) {
	hashes := slices.SortedFunc(maps.Keys(c.recoveries), func(a, b primitives.Hash) int { return slices.Compare(a[:], b[:]) })
	for _, hash := range hashes {
		c.stepRecovery(now, hash, plan.Wake{})
	}
}

func (c *Collator) stepRecovery(now primitives.Millis, hash primitives.Hash, ev plan.Event) {
	r := c.recoveries[hash]
	if r == nil {
		return
	}
	for _, effect := range r.core.Step(now, ev) {
		switch e := effect.(type) {
		case plan.AskChunk:
			c.askPart(now, r, e.ID, e.From, askChunk, scale.Marshal(wire.ChunkRequest{Candidate: hash, Index: e.From}))
		case plan.AskData:
			c.askPart(now, r, e.ID, e.From, askData, scale.Marshal(wire.DataRequest{Candidate: hash}))
		case plan.Blame:
			c.emit(engine.Note{Payload: countNote("wrong data blamed")})
		case plan.Assemble:
			data, err := r.assemble()
			c.finish(hash, data, err)
		case plan.Accept:
			c.finish(hash, *r.data[e.ID], nil)
		case plan.GiveUp:
			c.finish(hash, primitives.AvailableData{}, errUnavailable)
		}
	}
}

// askPart asks a validator for a chunk, or for all data.
func (c *Collator) askPart(now primitives.Millis, r *recovery, id uint64, from primitives.ValidatorIndex, protocol byte, request []byte) {
	hash := r.receipt.Hash()
	to := r.validators[from]
	c.ask(now, to, protocol, request, func(now primitives.Millis, answer []byte, ok bool) {
		ev, err := plan.Event(plan.Failed{ID: id}), error(nil)
		switch {
		case !ok:
		case protocol == askChunk:
			var part *chunk.Chunk
			if part, err = r.commitment.Chunk(answer, from); part != nil {
				r.chunks = append(r.chunks, *part)
				ev = plan.Chunk{ID: id}
			} else {
				ev = plan.Absent{ID: id}
			}
		default:
			if r.data[id], err = r.commitment.Data(answer); r.data[id] != nil {
				ev = plan.Data{ID: id}
			} else {
				ev = plan.Absent{ID: id}
			}
		}
		if err != nil {
			ev = plan.Lied{ID: id}
			c.emit(engine.Note{Payload: reportNote{to, err}})
		}
		c.stepRecovery(now, hash, ev)
	})
}

// assemble recovers from chunks, each of which is right.
func (r *recovery) assemble() (data primitives.AvailableData, err error) {
	padded, err := chunk.Recover(r.commitment.Validators, r.commitment.Root, r.chunks)
	if err != nil {
		return data, err
	}
	_, err = chunk.Unpad(r.commitment.Validators, padded, func(padded []byte) (int, error) {
		d := scale.NewDecoder(padded)
		data.DecodeSCALE(d)
		return d.Offset(), d.Err()
	})
	return data, err
}

// finish ends a recovery.
func (c *Collator) finish(hash primitives.Hash, data primitives.AvailableData, err error) {
	r := c.recoveries[hash]
	delete(c.recoveries, hash)
	c.emit(engine.Note{Payload: recoveredNote{r.receipt, data, len(r.chunks), r.commitment.Validators, err}})
}
